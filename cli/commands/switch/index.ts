import { claimOf } from "../../../components/data/servers/names";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { carryOut, fileOnly, writtenIn } from "../../servers/carryOut";
import { forgetChanges, type Switch, switchChanges } from "../../servers/changes";

/** `switchboard switch`: the apps use the second server, and the first is kept; called again, the way back. */
export const command: CommandSpec = {
  name: "switch",
  summary: "let the apps use the second Postgres server, and keep the first",
  description:
    "It changes postgres.server in the stack's file and runs up. A copy is made and compared first, while nobody can " +
    "write. Then the server of before is stopped, and every app begins anew with the other one. Until then requests " +
    "that need the database fail. The volume of the server of before is kept: switchboard switch goes back to it.",
  options: [
    { flags: "--forget", description: "give up the second server; its volume stays until it is deleted by hand" },
    fileOnly,
  ],
  examples: [
    ["switchboard switch", "use the server that restore or upgrade has made"],
    ["switchboard switch", "again: the way back"],
    ["switchboard switch --forget", "keep what the apps use now"],
  ],
  access: "write",
  async run(invocation: Invocation) {
    const { io, target, options } = invocation;
    const written = writtenIn(target);
    const forgotten = options.forget === true ? forgetChanges(written) : undefined;
    const change = forgotten ? undefined : switchChanges(written);
    const question = change
      ? meaning(change)
      : `The stack ${target.stack} gives up its Postgres server ${forgotten!.server}.`;
    const done = await carryOut(invocation, question, (change ?? forgotten!).changes);
    const words = change
      ? `The apps of ${target.stack} use server ${change.to}. Server ${change.from} is stopped, and its volume kept.`
      : `Server ${forgotten!.server} is gone. Its volume is kept: kubectl delete pvc ${claimOf(forgotten!.server)}`;
    io.result({ stack: target.stack, ...(change ?? forgotten), up: done }, () => [
      done ? words : "the stack's file is changed; run up to carry it out",
    ]);
    return exitCodes.ok;
  },
};

function meaning({ from, to, kind }: Switch): string {
  const words = {
    copy: `Server ${from} takes no more connections, is copied to server ${to}, and the apps begin anew with that.`,
    restored: `The apps begin anew with server ${to}. What was written since its backup is in server ${from} alone.`,
    back: `The apps begin anew with server ${to}. What was written since the switch is in server ${from} alone.`,
  };
  return words[kind];
}
