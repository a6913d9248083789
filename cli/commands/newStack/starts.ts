import { readFileSync } from "node:fs";
import { appLayers, apps, storesUsed } from "../../../components/apps";
import { type presets, withPresets } from "../../../components/apps/presets";
import { type Given, usesStore } from "../../../components/clouds/shared/newStack";
import { exampleFile, exampleStacks } from "../../../engine/stack/examples";
import { parseStackFile } from "../../../engine/stack/stackFile";

/** A process of an app of a starting point. */
interface StartProcess {
  readonly name: string;
  readonly replicas: number;
  /** The images of its sidecars, by their names. */
  readonly sidecars: Readonly<Record<string, string>>;
}

/** An app of a starting point: what is asked about it, and where the answers go. */
export interface StartApp {
  readonly name: string;
  /** The process that others reach: the one with a route, else with a port. */
  readonly process?: string;
  readonly port?: number;
  /** The host of the example; undefined for an app that has no public address. */
  readonly host?: string;
  /** How likely it is the one that people reach: 2 with pages, 1 with WebSockets alone, 0 without an address. */
  readonly openness: 0 | 1 | 2;
  /** Whether attempts to log in are limited at that address. */
  readonly hasLogin: boolean;
  /** Where the platform knows its image, and with it everything but the answers. */
  readonly preset?: keyof typeof presets;
  /** Whether it makes an account by itself, whose address a person gives. */
  readonly hasFirstLogin: boolean;
  /** The folder that the example's image is built from. */
  readonly source: string;
  readonly processes: readonly StartProcess[];
  /** What it uses of the stores. */
  readonly uses: Readonly<Record<string, unknown>>;
}

/** One of `examples/` as the beginning of a person's own stack. */
export interface Start {
  /** What it is, in the first sentence of its file. */
  readonly summary: string;
  /** The apps that its file declares: the first is the one that people reach. */
  readonly apps: readonly StartApp[];
  /** The stores that its apps use. */
  readonly stores: string;
}

interface WrittenProcess {
  readonly port?: number;
  readonly replicas?: number;
  readonly sidecars?: Readonly<Record<string, { readonly image: string }>>;
  readonly route?: { readonly host?: string; readonly loginPath?: string; readonly socketsOnly?: boolean };
}

interface WrittenApp {
  readonly preset?: keyof typeof presets;
  readonly firstLogin?: object;
  readonly image: { readonly source: string };
  readonly processes: Readonly<Record<string, WrittenProcess>>;
  readonly uses?: Readonly<Record<string, unknown>>;
}

/** Every starting point, by the name of its folder. */
export const starts: Readonly<Record<string, Start>> = Object.fromEntries(
  exampleStacks()
    .sort()
    .map((name) => [name, startIn(readFileSync(exampleFile(name), "utf8"), name)]),
);

function startIn(text: string, name: string): Start {
  const { config } = parseStackFile(text, name);
  // Whatever the project is called: whoever renames it leaves the examples as they are. What Pulumi.yaml gives comes last.
  const entries = Object.entries(config).map(([key, value]) => [key.split(":")[1]!, value] as const);
  const given: Readonly<Record<string, unknown>> = Object.fromEntries(entries.reverse());
  const layers = { ...given, apps: withPresets(given.apps) };
  const written = layers.apps as Readonly<Record<string, WrittenApp>>;
  const found = Object.entries(written).map(([app, settings]) => startApp(app, settings));
  const { postgres, redis } = storesUsed(layers);
  const [, summary = name] = /^# ([\s\S]*?[^\d])\. /.exec(text.replaceAll("\n# ", " ")) ?? [];
  return {
    summary,
    apps: found.sort((a, b) => b.openness - a.openness),
    stores: postgres && redis ? "both" : postgres ? "postgres" : redis ? "redis" : "none",
  };
}

function startApp(name: string, { image, processes, uses = {}, preset, firstLogin }: WrittenApp): StartApp {
  const all = Object.entries(processes);
  const found = all.find(([, { route }]) => route) ?? all.find(([, { port }]) => port !== undefined);
  const [process, { port, route }] = found ?? [undefined, {} as WrittenProcess];
  return {
    ...{ name, source: image.source, uses, ...(preset && { preset }) },
    ...{
      openness: route?.host === undefined ? 0 : route.socketsOnly ? 1 : 2,
      hasLogin: route?.loginPath !== undefined,
      hasFirstLogin: firstLogin !== undefined,
    },
    processes: all.map(([process, { replicas = 1, sidecars = {} }]) => ({
      ...{ name: process, replicas },
      sidecars: Object.fromEntries(Object.entries(sidecars).map(([sidecar, { image }]) => [sidecar, image])),
    })),
    ...(process !== undefined && { process }),
    ...(port !== undefined && { port }),
    ...(route?.host !== undefined && { host: route.host }),
  };
}

/** The starting point that was chosen, if any yet. */
export function startOf({ example }: Given): Start | undefined {
  return example !== undefined && Object.hasOwn(starts, example) ? starts[example] : undefined;
}

/** The app that people reach. */
export function mainApp(given: Given): StartApp | undefined {
  return startOf(given)?.apps[0];
}

/** The app that uses the stores: the one that does so in the example, else the one that people reach. */
export function storeApp(given: Given): StartApp | undefined {
  const all = startOf(given)?.apps ?? [];
  return all.find(({ uses }) => uses.postgres === true || uses.redis === true) ?? all[0];
}

/** The layers of the apps with code of their own; the last of all declares the others. */
const ownLayers = Object.keys(appLayers).filter((layer) => layer !== "apps");
/** What of the public addresses is about these apps alone. */
const ownAddresses = Object.keys(apps).map((key) => `edge.${key}`);
/** And about apps at which people log in. */
const loginLimits = ["edge.limits.login", "edge.limits.loginBurst"];

/** Whether the stack has a setting: a starting point without some apps or stores has nothing of theirs. */
export function concerns(given: Given): (path: string) => boolean {
  const start = startOf(given);
  const absent = [
    ...(start ? [...ownLayers, ...ownAddresses] : []),
    ...(start && !start.apps.some(({ hasLogin }) => hasLogin) ? loginLimits : []),
    ...(["postgres", "redis"] as const).filter((store) => !usesStore(given, store)),
  ];
  return (path) => !absent.some((one) => path === one || path.startsWith(`${one}.`));
}

/** The paths of a committed stack that the stack does without. */
export function leftOut(given: Given): string[] {
  const isThere = concerns(given);
  return [...ownLayers, ...ownAddresses, ...loginLimits, "postgres", "redis"].filter((path) => !isThere(path));
}
