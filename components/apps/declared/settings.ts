import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { choice, mapOf, oneOfKinds, Problem, problemOf, show, text, whole } from "../../schema/fields";
import { mapIn } from "../../schema/mapIn";
import type { SettingsOf } from "../../schema/sealed";
import { cron, timeZone } from "../../schema/values/cron";
import { egress } from "../../schema/values/egress";
import { image } from "../../schema/values/image";
import { resources } from "../../schema/values/resources";
import { commandLine, parseLabel, words } from "../../schema/values/words";
import { plainVariables, secretVariables } from "../shared/environment";
import { buckets } from "./buckets";
import { clusterKinds } from "./cluster";
import { files } from "./files";
import { firstLogin } from "./firstLogin";
import { generated } from "./generated";
import { type IdentityKinds, identity } from "./identity";
import { keys } from "./keys";
import { preset } from "./preset";
import { probeKinds } from "./probe";
import { route } from "./route";
import { externalSecrets, secretFrom } from "./secrets";
import { servicePort, sidecars } from "./sidecars";
import { tls } from "./tls";
import { uses } from "./uses";
import { allVariables } from "./variables";
import { mounts, volumes } from "./volumes";

/** Names are made of it and of a process or schedule, and a CronJob's may have 52 characters. */
const longestName = 20;
/** What the platform itself calls something in the namespace. */
const taken = ["postgres", "redis", "edge", "jobs", "namespace", "certificate", "policies"];

/** What is wrong with the name of an app, if anything. */
function nameProblem(name: string): string | undefined {
  if (taken.includes(name)) return `is the name of a part of the platform; use another`;
  return problemOf(() => parseLabel(name, longestName));
}

/** The name of a process' Deployment and Service. */
const workloadName = () =>
  text((value) => {
    const problem = nameProblem(value);
    if (problem !== undefined) throw new Problem(problem);
    return value;
  })
    .optional()
    .describe("name of its Deployment and Service; default: those of the app and the process, e.g. shop-web");

const command = (meaning: string) => commandLine().describe(meaning);

const process = (context: SettingsContext) =>
  z.strictObject({
    command: command("program and arguments; default: those of the image").optional(),
    port: whole(1, 65_535).optional().describe("port on which it serves HTTP; it gets a Service of its own"),
    servicePort: servicePort(),
    replicas: whole(0, 100).prefault(1).describe("pods; 2 or more for releases without downtime"),
    tls: tls(),
    resources: resources({ cpu: "50m", memory: "128Mi" }),
    probe: oneOfKinds(probeKinds, context)
      .optional()
      .describe("how Kubernetes knows that it works; default: that its port accepts connections, `none` without one"),
    strategy: choice(["rolling", "recreate"])
      .prefault("rolling")
      .describe("whether a release adds new pods first, or stops the old ones before"),
    name: workloadName(),
    backlog: words()
      .optional()
      .describe(
        "`message` of the JSON lines in its log that say how many jobs wait, for `switchboard status`. Such a line has `time`, `waiting` (jobs) and `oldestSeconds` too; default: it says nothing",
      ),
    stopSeconds: whole(1, 3600, " seconds").prefault(30).describe("seconds to end its work after the stop signal"),
    connections: whole(0, 100).prefault(5).describe("database connections of each pod, where the app uses Postgres"),
    route: route().optional(),
    cluster: oneOfKinds(clusterKinds, context)
      .optional()
      .describe("how its pods find each other and form one cluster; default: they do not"),
    egress: egress("its pods"),
    mounts: mounts(),
    sidecars: sidecars(context),
  });

/** What runs once per image, and how long it may. */
const once = (meaning: string) =>
  z.strictObject({
    command: command(`program and arguments, run once per image in the app's image${meaning}`),
    deadlineSeconds: whole(10, 3600, " seconds").prefault(300).describe("seconds until it is given up"),
    resources: resources({ cpu: "50m", memory: "256Mi" }),
    egress: egress("its pod"),
  });

const release = once(", as the owner of its schema");
const after = once(" when every process is rolled out");

const schedule = z.strictObject({
  cron: cron().describe("minute, hour, day of month, month, day of week (Sunday is 0)"),
  timeZone: timeZone().prefault("Etc/UTC").describe("time zone of the schedule, of the IANA database"),
  command: command("program and arguments, run in the app's image"),
  deadlineSeconds: whole(10, 86_400, " seconds").prefault(600).describe("seconds until one run is given up"),
  resources: resources({ cpu: "50m", memory: "256Mi" }),
  egress: egress("its pods"),
});

const label = (longest: number) => (name: string) => problemOf(() => parseLabel(name, longest));

/** How an expression is put into a script: `%s` stands for it. */
const template = () =>
  text((value) => {
    if (!value.includes("%s"))
      throw new Problem(`${show(value)} has no "%s", which stands for the expression; write e.g. "puts((%s).inspect)"`);
    return value;
  });

const console = z.strictObject({
  command: command("program and arguments of the prompt on a terminal"),
  script: command("program that runs the script on its input; default: sh -s").optional(),
  expression: template()
    .optional()
    .describe("script that prints the value of an expression, which `%s` stands for; default: the expression itself"),
});

/** One app. */
const app = (context: SettingsContext, name: string, kinds: IdentityKinds, given?: unknown) => {
  const variables = { layer: `apps.${name}`, tables: allVariables };
  return z.strictObject({
    preset: preset(),
    image: image(context, "the app; its processes, release command and schedules run from the same image"),
    user: whole(1, 65_535).prefault(10_001).describe("user and group that its pods run as; never root"),
    processes: mapOf(process(context), label(longestName))
      .refine((given) => Object.keys(given).length > 0, { error: "is empty; give at least one process" })
      .describe("pods that run until they are told to stop, by name"),
    release: release.optional().describe("a command that every rollout waits for; default: none"),
    after: after.optional().describe("a command that runs when a rollout is done; default: none"),
    schedules: mapOf(schedule, label(longestName)).prefault({}).describe("commands run by time, by name"),
    console: console.optional().describe("how `switchboard console` opens a prompt; default: it has none"),
    uses: uses(),
    identity: identity(kinds, context, mapIn(given).identity)
      .optional()
      .describe("what the app is in the cluster's cloud; default: it is nobody there"),
    buckets: buckets(allVariables),
    env: plainVariables(variables).describe("further variables, readable for everyone who may read the settings"),
    secretEnv: secretVariables(variables).describe("further variables that are secret, stored with `--secret`"),
    generated: generated(variables),
    keys: keys(variables),
    firstLogin: firstLogin(),
    secretFrom: secretFrom(variables),
    externalSecrets: externalSecrets(variables),
    files: files(context, ["apps", name, "files"]),
    volumes: volumes(),
  });
};

/**
 * The apps that a stack declares, by name.
 *
 * @param kinds the kinds of identity that clouds bring
 * @param given what the stack says, where that is known: each app's messages then name it
 */
export const declaredApps = (context: SettingsContext, kinds: IdentityKinds, given?: unknown) => {
  const names = typeof given === "object" && given !== null && !Array.isArray(given) ? Object.keys(given) : [];
  if (names.length === 0) return mapOf(app(context, "<app>", kinds), nameProblem).prefault({});
  const known = z.strictObject(
    Object.fromEntries(names.map((name) => [name, app(context, name, kinds, mapIn(given)[name])])),
  );
  return known.superRefine(
    (_value, issues) => {
      for (const name of names) {
        const message = nameProblem(name);
        if (message) issues.addIssue({ code: "custom", path: [name], message });
      }
    },
    { when: () => true },
  ) as unknown as ReturnType<typeof unknownApps>;
};

/** For its type. */
const unknownApps = (context: SettingsContext) => mapOf(app(context, "<app>", {}), nameProblem).prefault({});

export type DeclaredApps = SettingsOf<typeof unknownApps>;
export type DeclaredApp = DeclaredApps[string];
