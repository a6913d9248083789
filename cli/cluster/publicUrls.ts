import { apps } from "../../components/apps";
import type { AppModule } from "../../components/apps/shared/module";

/**
 * The public addresses of a stack's apps, by the names that people call them.
 *
 * @param outputs those of the stack
 */
export function publicUrls(outputs: Readonly<Record<string, unknown>>): [name: string, url: string][] {
  const own = Object.entries<AppModule>(apps).map(
    ([name, { health }]) => [name, health && outputs[health.output]] as const,
  );
  const declared = Object.entries((outputs.urls ?? {}) as Readonly<Record<string, unknown>>);
  return [...own, ...declared].flatMap(([name, url]) => (typeof url === "string" ? [[name, url]] : []));
}
