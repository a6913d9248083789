import { UserError } from "../../../lib/userError";
import type { CommandSpec, Invocation } from "../../core/command";
import { fileOnly, inside, makeSecond, writtenIn } from "../../servers/carryOut";
import { upgradeChanges } from "../../servers/changes";
import { usedNumbers } from "../../servers/verdict";

/** What there is instead where a cloud runs the server. */
const elsewhere = {
  rds: {
    problem: "RDS makes the copy of a new major version itself, and switches to it (blue/green)",
    instead: "set postgres.blueGreenUpdates: true and the new postgres.version, then run up",
  },
  cloudSql: {
    problem:
      "Cloud SQL upgrades a server in place, with an outage that you cannot undo, so that the preview refuses it",
    instead: "try it on a second server first: switchboard restore, then gcloud sql instances patch --database-version",
  },
} as const;

/** `switchboard upgrade`: another major version of Postgres, rehearsed in a second server. */
export const command: CommandSpec = {
  name: "upgrade",
  summary: "rehearse another major version of Postgres in a second server",
  description:
    "It writes postgres.beside into the stack's file and runs up. A second server of the new version gets a copy of " +
    "all databases and roles, which is compared with the first. The apps go on with the first. switchboard switch makes " +
    "the copy that counts. The apps wait for it about as long as the rehearsal took.",
  arguments: [{ name: "<what>", description: "what is upgraded", choices: ["postgres"] }],
  options: [
    { flags: "--image <reference>", description: "image of the new version" },
    {
      flags: "--source <folder>",
      description: "folder whose Dockerfile makes it, e.g. apps/postgres (default: it is there)",
    },
    fileOnly,
  ],
  examples: [
    ["switchboard upgrade postgres --image registry.example.com/postgres:17.6", "the development stack"],
    ["switchboard upgrade postgres --stack prod --image registry.example.com/postgres:17.6", "production"],
  ],
  access: "write",
  async run(invocation: Invocation) {
    const { target, options } = invocation;
    const written = writtenIn(target);
    if (written.kind !== "inCluster") {
      const { problem, instead } = elsewhere[written.kind];
      throw new UserError(problem, instead);
    }
    const { image, source } = options as { image?: string; source?: string };
    if (image === undefined)
      throw new UserError("which version is not said", "give --image, with the image of the new version");
    const used = await inside(invocation, usedNumbers);
    return makeSecond(invocation, {
      changes: upgradeChanges(written, source ? { repository: image, source } : image, used),
      what: "makes a second Postgres",
      todo: "rehearse",
      job: "copy",
    });
  },
};
