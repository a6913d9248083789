import { apps } from "../../components/apps";
import { processName } from "../../components/apps/declared/spec";
import type { AppModule } from "../../components/apps/shared/module";
import { consoleComponent, product } from "../../components/naming";

const modules = Object.values<AppModule>(apps);

/** The pods of the apps that run until they are told to stop, in the order of the apps. */
export const appTiers: readonly string[] = modules.flatMap(({ pods }) => Object.keys(pods));

/** The parts of the platform, in the order in which they are told. */
export const tiers: readonly string[] = ["edge", ...appTiers, "jobs", "pooler", "postgres", "redis"];

const byRole: Readonly<Record<string, string>> = {
  "edge/proxy": "edge",
  ...Object.fromEntries(
    modules
      .flatMap(({ pods }) => Object.entries(pods))
      .map(([tier, { name, component }]) => [`${name}/${component}`, tier]),
  ),
  "postgres/server": "postgres",
  "postgres/pooler": "pooler",
  "redis/server": "redis",
};

/** What everything of the platform carries; selectors are made of it. */
export const platformSelector = "app.kubernetes.io/part-of=switchboard";

/** What servers and the proxy are called: the other names are apps of a stack's file. */
const fixedNames = new Set([product, "edge", "postgres", "redis"]);
/** What runs and ends, of an app of a stack's file. */
const ending = new RegExp(`^(release|after|schedule-.*|${consoleComponent})$`);

/**
 * The tier of an object by its labels: a process of an app of the stack's file is called as its Deployment is. Migrations,
 * scheduled and other jobs are one tier.
 */
export function tierOf(labels: Readonly<Record<string, string>> | undefined): string {
  const { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component } = labels ?? {};
  const known = byRole[`${name}/${component}`];
  if (known !== undefined) return known;
  if (name === undefined || component === undefined || fixedNames.has(name)) return "jobs";
  const ends = ending.test(component) || (Object.hasOwn(apps, name) && component === "migration");
  return !ends ? processName(name, component) : "jobs";
}
