import { statSync } from "node:fs";
import { join } from "node:path";
import { presets } from "../../../components/apps/presets";
import { domainOf, type Given, type Question, usesStore } from "../../../components/clouds/shared/newStack";
import { repositoryOf } from "../../../components/registry/reference";
import { type Change, removed } from "../../../components/schema/change";
import { repository } from "../../../lib/paths";
import { kindOf } from "./kinds";
import { mainApp, type StartApp, startOf, starts, storeApp } from "./starts";

/**
 * What belongs to the sources of an example and to no other image, below `apps`. The platform's defaults stand in its
 * place: the image's own command, and a probe that its port accepts connections.
 */
const ofTheSources: Readonly<Record<string, readonly string[]>> = {
  "node-api": ["api.processes.web.probe", "api.env"],
  rails: ["desk.schedules"],
  "three-tier": [
    ...["web.user", "web.processes.pages.probe"],
    ...["backend.processes.api.command", "backend.processes.api.probe", "backend.release", "backend.console"],
  ],
};

/** How the answers about an app are called: the app that people reach has the plain names. */
function keyOf(app: StartApp, what: "image" | "port", isMain: boolean): string {
  return isMain ? what : `${app.name}${what[0]!.toUpperCase()}${what.slice(1)}`;
}

function flagOf(app: StartApp, what: "image" | "port", isMain: boolean): string {
  return isMain ? what : `${app.name}-${what}`;
}

/** The answer about the host of an app: `host` of the one that people reach, `chatHost` of one beside it. */
function hostKey(app: StartApp, isMain: boolean): string {
  return isMain ? "host" : `${app.name}Host`;
}

/** Every app of every starting point, with its place in it. */
const everyApp = Object.entries(starts).flatMap(([example, { apps }]) =>
  apps.map((app, index) => ({ example, app, isMain: index === 0 })),
);

/** Whether an answer is a folder that an image is built from: one of the repository, or what can only be meant as one. */
function isSource(answer: string): boolean {
  return (
    /^[./]/.test(answer) || (statSync(join(repository, answer), { throwIfNoEntry: false })?.isDirectory() ?? false)
  );
}

/** Whether an app's image is the person's own, and not built from the example. */
function isOwn(answer: string | undefined, app: StartApp): boolean {
  return answer !== undefined && answer !== app.source;
}

/** Whether an image of the stack is built from sources. */
export function buildsImages(given: Given): boolean {
  const start = startOf(given);
  if (!start) return true;
  return start.apps.some((app, index) => isSource(given[keyOf(app, "image", index === 0)] ?? app.source));
}

/** What is wrong with an image of an app, beyond what its setting says; undefined where the settings have to say it. */
export function imageProblem(question: Question, given: Given): string | undefined {
  const found = startOf(given)?.apps.find((app, index) => keyOf(app, "image", index === 0) === question.key);
  if (!found) return undefined;
  const answer = String(given[question.key]);
  if (!isSource(answer) && !/[:@]/.test(answer))
    return `${JSON.stringify(answer)} is neither a folder of this repository nor an image with a tag; write e.g. "apps/shop" or "registry.example.com/shop:1.4.2"`;
  const lacking = (["postgres", "redis"] as const).filter((store) => found.uses[store] && !usesStore(given, store));
  if (answer === found.source && lacking.length > 0)
    return `${JSON.stringify(answer)} needs ${lacking.join(" and ")}; use --stores ${startOf(given)!.stores}, or an image of your own`;
  return undefined;
}

/** Which app a flag is about, where it is not the one that people reach. */
function whose(apps: typeof everyApp): string {
  const beside = apps.filter(({ isMain }) => !isMain);
  return beside.map(({ example, app }) => `with ${example}, for its ${app.name}: `).join("");
}

/** The questions about the images of the apps: one for the app that people reach, one for each of the others. */
export const imageQuestions: readonly Question[] = grouped("image").map(([key, apps]): Question => {
  const appOf = (given: Given) => apps.find(({ example }) => example === given.example)?.app;
  return {
    ...{ key, flag: flagOf(apps[0]!.app, "image", apps[0]!.isMain) },
    message: (given) => `Image of ${appOf(given)?.name}: with its tag, or the folder of its Dockerfile`,
    help: `${whose(apps)}image of your app with its tag, or folder of its Dockerfile (default: the example's)`,
    settings: apps.map(({ app }) => `apps.${app.name}.image`),
    applies: (given) => appOf(given) !== undefined,
    suggestion: (given) => appOf(given)?.source,
    optional: true,
  };
});

/** The questions about the ports of images that are the person's own. */
export const portQuestions: readonly Question[] = grouped("port")
  .map(([key, all]) => [key, all.filter(({ app }) => app.port !== undefined)] as const)
  .filter(([, apps]) => apps.length > 0)
  .map(([key, apps]): Question => {
    const here = (given: Given) => apps.find(({ example }) => example === given.example);
    const image = ({ app, isMain }: (typeof apps)[number], given: Given) => given[keyOf(app, "image", isMain)];
    return {
      ...{ key, flag: flagOf(apps[0]!.app, "port", apps[0]!.isMain) },
      message: (given) => `Port on which ${here(given)?.app.name} serves HTTP`,
      help: `${whose(apps)}port on which an image of your own serves HTTP (default: the example's)`,
      settings: apps.flatMap(({ app: { name, process, processes } }) => [
        `apps.${name}.processes.${process}.port`,
        // A port that a sidecar has is told of there.
        ...processes.flatMap((one) =>
          Object.keys(one.sidecars).map((sidecar) => `apps.${name}.processes.${one.name}.sidecars.${sidecar}.ports`),
        ),
      ]),
      applies: (given) => {
        const found = here(given);
        return found !== undefined && isOwn(image(found, given), found.app);
      },
      suggestion: (given) => String(here(given)?.app.port),
      optional: true,
    };
  });

function grouped(what: "image" | "port"): [key: string, apps: typeof everyApp][] {
  // The image of a preset is the one that it knows.
  const open = everyApp.filter(({ app }) => !app.preset);
  const keys = new Set(open.map(({ app, isMain }) => keyOf(app, what, isMain)));
  return [...keys].map((key) => [key, open.filter(({ app, isMain }) => keyOf(app, what, isMain) === key)]);
}

/** The port of an app, where it was answered and is a number. */
export function portOf(app: StartApp, given: Given): number | undefined {
  const answer = given[keyOf(app, "port", mainApp(given) === app)];
  return answer !== undefined && /^\d+$/.test(answer) ? Number(answer) : undefined;
}

/** Where the host of an app is given. */
const hostSetting = ({ name, process }: StartApp) => `apps.${name}.processes.${process}.route.host`;

/** The questions about hosts: of the app that people reach, then of each beside it that has one. */
export const hostQuestions: readonly Question[] = [true, false].flatMap((isMain) => {
  const open = everyApp.filter(({ app, isMain: main }) => app.host !== undefined && main === isMain);
  return [...new Set(open.map(({ app }) => hostKey(app, isMain)))].map((key): Question => {
    const apps = open.filter(({ app }) => hostKey(app, isMain) === key);
    const here = (given: Given) => apps.find(({ example }) => example === given.example)?.app;
    return {
      ...{ key, flag: isMain ? "host" : `${apps[0]!.app.name}-host` },
      message: (given) => (isMain ? "Host name" : `Host name of ${here(given)?.name}`),
      help: `${whose(apps)}public host name of your app`,
      settings: apps.map(({ app }) => hostSetting(app)),
      applies: (given) => here(given) !== undefined,
      suggestion: (given) => {
        const { domain = isMain ? undefined : domainOf(given.host) } = kindOf(given);
        return domain && `${here(given)?.name}.${domain}`;
      },
    };
  });
});

/** The question about the account that an app makes by itself. */
export const adminQuestion: Question = {
  ...{ key: "admin", flag: "admin" },
  message: "E-mail address of the first administrator",
  help: `with ${[...new Set(everyApp.filter(({ app }) => app.hasFirstLogin).map(({ example }) => example))].join(", ")}: e-mail address of the first administrator`,
  settings: everyApp.filter(({ app }) => app.hasFirstLogin).map(({ app }) => `apps.${app.name}.firstLogin.email`),
  applies: (given) => startOf(given)?.apps.some(({ hasFirstLogin }) => hasFirstLogin) ?? false,
  suggestion: (given) => (kindOf(given).domain ? `admin@${given.host}` : undefined),
};

/** What the answers change in the apps of the starting point. */
export function appChanges(given: Given): Change[] {
  const all = startOf(given)?.apps ?? [];
  if (all.length === 0) return [];
  const registry = kindOf(given).registry?.(given) ?? `localhost/${given.name}`;
  const answers = all.flatMap((app, index): Change[] => {
    const host = given[hostKey(app, index === 0)];
    return [
      ...(host === undefined ? [] : ([[hostSetting(app), host]] as Change[])),
      ...(app.hasFirstLogin && given.admin !== undefined
        ? ([[`apps.${app.name}.firstLogin.email`, given.admin]] as Change[])
        : []),
    ];
  });
  return [
    ...all.flatMap((app, index) => ofApp(app, index === 0, given, registry)),
    ...answers,
    ...storeChanges(given),
    ...(given.size === "production" ? all.flatMap(forProduction) : []),
  ];
}

function ofApp(app: StartApp, isMain: boolean, given: Given, registry: string): Change[] {
  const image = given[keyOf(app, "image", isMain)] ?? app.source;
  const port = given[keyOf(app, "port", isMain)];
  const written = isSource(image) ? { repository: `${registry}/${app.name}`, source: image } : image;
  const sources = isOwn(image, app) ? (ofTheSources[given.example!] ?? []) : [];
  return [
    [`apps.${app.name}.image`, written],
    ...sources.filter((path) => path.startsWith(`${app.name}.`)).map((path): Change => [`apps.${path}`, removed]),
    ...(port === undefined
      ? []
      : ([[`apps.${app.name}.processes.${app.process}.port`, portOf(app, given) ?? port]] as Change[])),
  ];
}

/** What the app uses of the stores, as it was answered; what needs one that is not used goes with it. */
function storeChanges(given: Given): Change[] {
  const app = storeApp(given);
  if (!app || app.preset) return [];
  const { postgres, redis, redisPrefix, ...others } = app.uses;
  const uses = {
    ...(usesStore(given, "postgres") && { postgres: true }),
    ...(usesStore(given, "redis") && { redis: true, ...(redisPrefix !== undefined && { redisPrefix }) }),
    ...others,
  };
  const release: Change = [`apps.${app.name}.release`, removed];
  return [
    [`apps.${app.name}.uses`, Object.keys(uses).length > 0 ? uses : removed],
    ...(postgres && !usesStore(given, "postgres") ? [release] : []),
  ];
}

/** NGINX beside an app is the one that the stack has in front. @param edge its image, where the stack's base has another */
export function proxyChanges(given: Given, edge: string): Change[] {
  return (startOf(given)?.apps ?? []).flatMap(({ name, processes }) =>
    processes.flatMap(({ name: process, sidecars }) =>
      Object.entries(sidecars)
        .filter(([, image]) => repositoryOf(image) === repositoryOf(edge))
        .map(([sidecar]): Change => [`apps.${name}.processes.${process}.sidecars.${sidecar}.image`, edge]),
    ),
  );
}

/** What a preset says of production; any other has no process of one pod. */
function forProduction({ name, processes, preset }: StartApp): Change[] {
  if (preset) return presets[preset].production.map(([path, value]) => [`apps.${name}.${path}`, value]);
  return processes
    .filter(({ replicas }) => replicas < 2)
    .map(({ name: process }) => [`apps.${name}.processes.${process}.replicas`, 2]);
}
