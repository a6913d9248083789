import type { CommandSpec, Invocation } from "../../core/command";
import { fileOnly, inside, makeSecond, writtenIn } from "../../servers/carryOut";
import { restoreChanges, type Wish } from "../../servers/changes";
import { usedNumbers } from "../../servers/verdict";

/** `switchboard restore`: a second server from the backups, compared with the first. */
export const command: CommandSpec = {
  name: "restore",
  summary: "restore a stack's backups into a second server, and compare it with the first",
  description:
    "It writes postgres.beside into the stack's file and runs up. The apps go on with the server that they use, and " +
    "nothing of it changes. Of servers in the cluster it then shows what differs. switchboard switch lets the apps " +
    "use the second server.",
  options: [
    { flags: "--time <second>", description: "up to this second, e.g. 2026-11-30T19:48:25Z (default: all there is)" },
    { flags: "--backup <name>", description: "this backup, as switchboard backups shows it" },
    {
      flags: "--of <server>",
      description: "the backups of the server of this number (default: the one that the apps use)",
      parse: serverNumber,
    },
    fileOnly,
  ],
  examples: [
    ["switchboard restore prod --time 2026-11-30T19:48:25Z --production prod", "the second before a mistake"],
    ["switchboard restore", "all there is, to see that it can be done"],
  ],
  access: "write",
  async run(invocation: Invocation) {
    const written = writtenIn(invocation.target);
    const { backup, time, of } = invocation.options as Wish;
    const wish: Wish = { ...(backup && { backup }), ...(time && { time }), ...(of && { of }) };
    const inCluster = written.kind === "inCluster";
    // Of a server that a cloud runs nothing is kept under its number when it has gone.
    const used = inCluster ? await inside(invocation, usedNumbers) : [];
    return makeSecond(invocation, {
      changes: restoreChanges(written, wish, used),
      what: "restores a second Postgres",
      todo: "restore",
      job: inCluster ? "compare" : undefined,
    });
  },
};

function serverNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new Error("must be the number of a server, e.g. 1");
  return Number(text);
}
