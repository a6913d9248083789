import { UserError } from "../../../lib/userError";
import { accessTo } from "../../cluster/access";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { carryOut, fileOnly, writtenIn } from "../../servers/carryOut";
import { upgradeChanges } from "../../servers/changes";
import { lastVerdict, usedNumbers, verdictLines } from "../../servers/verdict";

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
    const { io, target, options } = invocation;
    const written = writtenIn(target);
    if (options.image === undefined)
      throw new UserError("which version is not said", "give --image, with the image of the new version");
    const { kubectl, close } = await accessTo(target, { signal: io.signal, note: io.note });
    try {
      const { image, source } = options as { image: string; source?: string };
      const changes = upgradeChanges(
        written,
        source ? { repository: image, source } : image,
        await usedNumbers(kubectl),
      );
      const done = await carryOut(invocation, `This makes a second Postgres in the stack ${target.stack}.`, changes);
      if (!done) {
        io.result({ stack: target.stack, changed: true }, () => ["the stack's file is changed; run up to rehearse"]);
        return exitCodes.ok;
      }
      const verdict = await lastVerdict(kubectl, "copy");
      io.result({ stack: target.stack, ...verdict }, () => [
        ...verdictLines(verdict),
        "Next: switchboard switch, or switchboard switch --forget",
      ]);
      return exitCodes.ok;
    } finally {
      close();
    }
  },
};
