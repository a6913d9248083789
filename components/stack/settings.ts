import { z } from "zod";
import type { SettingsContext } from "../schema/context";
import { choice, flag, mapOf, problemOf, text, whole } from "../schema/fields";
import type { SettingsOf } from "../schema/sealed";
import { Secret } from "../schema/secret";
import { programFile } from "../schema/values/programFile";
import { parseRegistry } from "../schema/values/registry";
import { label, labelValue, parseLabel, stackName, words } from "../schema/values/words";

/** A registry that wants to know who pulls. */
const registry = z.strictObject({
  host: text(parseRegistry).describe(
    "the registry as image references name it, with its port and the beginning of the path, e.g. `ghcr.io/team`",
  ),
  user: words().describe("user name for pulls. Some registries use a fixed word, e.g. `_json_key` or `token`"),
  password: words()
    .transform((value) => new Secret(value))
    .describe("password or token with the right to pull, stored with `--secret`"),
});

/** How the stack is run: names, logs, protection. */
export const operations = (context: SettingsContext) =>
  z
    .strictObject({
      name: stackName()
        .optional()
        .transform((name) => name ?? context.stack)
        .describe(
          "everything outside the namespace is named after the project and this name. If you rename a stack, keep its first name here. Otherwise everything is replaced; default: the stack's name",
        ),
      stage: label(31).prefault("dev").describe("name of the environment, a label on everything and in every log line"),
      version: labelValue()
        .optional()
        .describe("name of the release, a label on the pods of every app; default: their image tags"),
      logLevel: choice(["debug", "info", "warn", "error"])
        .prefault("info")
        .describe("least important log lines that are written"),
      protect: flag()
        .prefault(false)
        .describe(
          "refuse to delete or replace what holds data, in Pulumi and at the cloud, and require what production needs",
        ),
      unprotected: z
        .array(words())
        .prefault([])
        .describe(
          "names of protected resources that may be deleted or replaced, as the failed preview names them. Remove them again afterwards",
        ),
      rolloutTimeoutSeconds: whole(30, 3600, " seconds")
        .prefault(300)
        .describe("seconds that `up` waits for one rollout"),
      quota: z
        .strictObject({
          enabled: flag()
            .prefault(true)
            .describe("limit what all pods of the namespace may request and use, also those that people start"),
          sparePercent: whole(0, 10_000)
            .prefault(50)
            .describe(
              "room above what the stack needs in its busiest moment (a release that follows another at once), in percent",
            ),
        })
        .prefault({}),
      transforms: programFile(context)
        .optional()
        .describe(
          "TypeScript file of this repository that changes the inputs of resources where no setting does (docs/production.md); default: none",
        ),
      registries: mapOf(registry, (name) => problemOf(() => parseLabel(name)))
        .prefault({})
        .describe(
          "registries with a password, each under a name of your own. The program creates their Secret before any pod",
        ),
      imagePullSecret: label(253)
        .optional()
        .describe(
          "Secret of type `kubernetes.io/dockerconfigjson` that somebody else keeps in the namespace. It must exist already (`registries` creates one)",
        ),
    })
    .prefault({});

export type OperationsSettings = SettingsOf<typeof operations>;
