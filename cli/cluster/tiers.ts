import { apps } from "../../components/apps";
import type { AppModule } from "../../components/apps/shared/module";

const modules = Object.values<AppModule>(apps);

/** The pods of the apps that run until they are told to stop, in the order of the apps. */
export const appTiers: readonly string[] = modules.flatMap(({ pods }) => Object.keys(pods));

/** The parts of the platform, in the order in which they are told. */
export const tiers: readonly string[] = ["edge", ...appTiers, "jobs", "postgres", "redis"];

const byRole: Readonly<Record<string, string>> = {
  "edge/proxy": "edge",
  ...Object.fromEntries(
    modules
      .flatMap(({ pods }) => Object.entries(pods))
      .map(([tier, { name, component }]) => [`${name}/${component}`, tier]),
  ),
  "postgres/server": "postgres",
  "redis/server": "redis",
};

/** What everything of the platform carries; selectors are made of it. */
export const platformSelector = "app.kubernetes.io/part-of=switchboard";

/** Labels of an object; migrations, scheduled and other jobs are one tier. */
export function tierOf(labels: Readonly<Record<string, string>> | undefined): string {
  return byRole[`${labels?.["app.kubernetes.io/name"]}/${labels?.["app.kubernetes.io/component"]}`] ?? "jobs";
}
