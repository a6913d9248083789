import { apps } from "../../components/apps";
import { processIdentity, processName } from "../../components/apps/declared/spec";
import { presetOf, withPresets } from "../../components/apps/presets";
import type { ConsoleSpec } from "../../components/apps/shared/console";
import type { AppHealth, BacklogSource } from "../../components/apps/shared/health";
import type { AppModule } from "../../components/apps/shared/module";
import { mapIn } from "../../components/schema/mapIn";
import { layersAt } from "../../engine/stack/stackFile";
import type { Target } from "../../engine/stack/target";
import { UserError } from "../../lib/userError";

const modules: Readonly<Record<string, AppModule>> = apps;

/** The apps that every stack has, in the order in which they are made. */
export const appNames: readonly string[] = Object.keys(modules);

/** What commands need to know of one app of a stack. */
export interface RunnableApp {
  /** The Deployment whose image and configuration it has. */
  readonly workload: string;
  /** Undefined for an app without one. */
  readonly console: ConsoleSpec | undefined;
}

/** A limit with room for most interpreters; `--memory` gives another. */
const usualMemory = "512Mi";
/** As much as one script may have that comes on stdin. */
const longestScript = 1024 * 1024;

/**
 * An app of a stack by its name: one with code of its own, or one that the stack's file declares.
 * @throws UserError that names the apps there are
 */
export function appOf(name: string, target: Target): RunnableApp {
  const declared = declaredApps(target);
  if (!Object.hasOwn(declared, name)) {
    if (Object.hasOwn(modules, name)) {
      const { console } = modules[name]!;
      return { workload: console?.workload ?? name, console };
    }
    const there = [...appNames, ...Object.keys(declared)].join(", ");
    throw new UserError(`stack ${target.stack} has no app ${name}`, `name one of ${there}`);
  }
  return runnable(name, declared[name]);
}

function runnable(name: string, given: unknown): RunnableApp {
  const app = mapIn(given);
  const [[process, first] = []] = Object.entries(mapIn(app.processes));
  if (process === undefined) throw new UserError(`apps.${name}.processes is empty`, "give at least one process");
  const settings = mapIn(first);
  const workload = processName(name, process, settings);
  if (app.console === undefined) return { workload, console: undefined };
  const console = consoleOf(workload, mapIn(app.console));
  // The script of a release speaks with the node at POD_IP, which is its own pod's everywhere else.
  if (settings.cluster === undefined) return { workload, console };
  const livePod = { identity: processIdentity(name, process), variable: "POD_IP" };
  const warning = `what is typed runs inside a live node of ${name}: it can end that node`;
  return { workload, console: { ...console, livePod, warning } };
}

/**
 * How an app is seen; undefined for one of which nothing is known but its address.
 * @param declared as `declaredApps` reads them
 */
export function healthOf(name: string, declared: DeclaredApps): AppHealth | undefined {
  if (!Object.hasOwn(declared, name)) return modules[name]?.health;
  const health = presetOf(declared[name])?.health;
  const servers = health?.servers && { ...health.servers, workload: runnable(name, declared[name]).workload };
  return health && { ...health, ...(servers && { servers }) };
}

/** What of the apps of a stack's file logs how many jobs wait. */
export function declaredBacklogs(declared: DeclaredApps): BacklogSource[] {
  return Object.entries(declared).flatMap(([name, app]) =>
    Object.entries(mapIn(mapIn(app).processes)).flatMap(([process, given]) => {
      const settings = mapIn(given);
      if (typeof settings.backlog !== "string") return [];
      const workload = processName(name, process, settings);
      return [{ workload, pods: processIdentity(name, process), message: settings.backlog }];
    }),
  );
}

/** The apps that a stack's file declares, by name, unchecked. */
type DeclaredApps = Readonly<Record<string, unknown>>;

/** Reads them, with what their presets fill in. */
export function declaredApps(target: Target): DeclaredApps {
  return mapIn(withPresets(layersAt(target.stackFile).apps));
}

/** What is known of a pod for a shell, where the app has no console. */
export function shellOf(workload: string): ConsoleSpec {
  return consoleOf(workload, {});
}

function consoleOf(workload: string, settings: Readonly<Record<string, unknown>>): ConsoleSpec {
  const words = (value: unknown) => (Array.isArray(value) ? value.map(String) : undefined);
  const { expression } = settings;
  return {
    workload,
    memory: usualMemory,
    prompt: words(settings.command) ?? ["sh"],
    script: words(settings.script) ?? ["sh", "-s"],
    // Not as a pattern of `replace`: what is typed may hold its signs.
    expressionScript: (text) => (typeof expression === "string" ? expression.split("%s").join(text) : text),
    longest: longestScript,
  };
}
