import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { mapOf, problemOf, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { cron, timeZone } from "../../schema/values/cron";
import { egress } from "../../schema/values/egress";
import { image } from "../../schema/values/image";
import { host } from "../../schema/values/network";
import { resources } from "../../schema/values/resources";
import { commandLine, email, parseLabel } from "../../schema/values/words";
import { plainVariables, secretVariables } from "../shared/environment";
import { connections, replicas } from "../shared/settings";
import { allPanelVariables } from "./variables";

const variables = { layer: "panel", tables: allPanelVariables };

/** Kubernetes allows 52 characters for the name of a CronJob; `panel-` is put before ours. */
const longestScheduleName = 52 - "panel-".length;

const schedule = z.strictObject({
  cron: cron().describe("minute, hour, day of month, month, day of week (Sunday is 0)"),
  timeZone: timeZone().prefault("Etc/UTC").describe("time zone of the schedule, of the IANA database"),
  command: commandLine().describe("program and arguments, run in the panel's image"),
  egress: egress("its pods"),
});

const schedules = mapOf(schedule, (name) => problemOf(() => parseLabel(name, longestScheduleName))).prefault({
  cleanup: { cron: "17 3 * * *", command: ["node", "src/main.js", "cleanup"] },
});

/** The Node.js panel, and what its workers and jobs share with it. */
export const panel = (context: SettingsContext) =>
  z.strictObject({
    image: image(context, "the panel; its workers, jobs and migrations run from the same image"),
    replicas: replicas("pods that serve the panel"),
    resources: resources({ cpu: "50m", memory: "96Mi" }),
    env: plainVariables(variables).describe(
      "further variables, readable for everyone who may read the settings; workers and jobs get them too",
    ),
    secretEnv: secretVariables(variables).describe(
      "further variables that are secret, stored with `--secret`; workers and jobs get them too",
    ),
    firstAdministrator: email().describe("e-mail address of the account that the first migration makes"),
    shutdownSeconds: whole(1, 300, " seconds")
      .prefault(20)
      .describe("seconds to finish requests after the stop signal"),
    connections: connections("the panel, the workers and the jobs"),
    egress: egress("the pods that serve the panel, and of those that people start"),
    chatTokenGeneration: whole(1, 1_000_000)
      .prefault(1)
      .describe(
        "raise it by one for a new key of the chat's tokens. If the key leaked, raise it again in a second `up`. Until then the chat accepts the old key",
      ),
    schedules: schedules.describe("commands run by time in the panel's image, by name"),
  });

/** The workers: the panel's image and configuration with another command. */
export const workers = (_context: SettingsContext) =>
  z
    .strictObject({
      replicas: whole(0, 100).prefault(1).describe("pods that work on jobs; 0 leaves jobs waiting"),
      concurrency: whole(1, 100).prefault(5).describe("jobs that a pod works on at once"),
      jobTimeoutSeconds: whole(1, 3600, " seconds")
        .prefault(60)
        .describe("seconds until a job is given up; a pod that stops waits as long for the jobs it has"),
      resources: resources({ cpu: "25m", memory: "80Mi" }),
      egress: egress("the workers"),
    })
    .prefault({});

/** Where it is reached. */
export const panelAddress = (_context: SettingsContext) =>
  z.strictObject({ host: host().describe("public host name of the panel") });

export type PanelAddress = SettingsOf<typeof panelAddress>;
export type PanelSettings = SettingsOf<typeof panel>;
export type WorkersSettings = SettingsOf<typeof workers>;
