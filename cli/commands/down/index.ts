import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { takeDown } from "./down";

const sentences = {
  stopped: "The local nodes are stopped. Their data stay, and switchboard up continues with them.",
  deleted: "The local nodes are gone, with their data. Tools and images stay in the cache.",
  destroyed: "The stack is destroyed.",
} as const;

/** `switchboard down`: stops the local nodes, or destroys a stack elsewhere. */
export const command: CommandSpec = {
  name: "down",
  summary: "stop the local nodes, or destroy a stack elsewhere",
  description:
    "It stops the local nodes and keeps their data for the next up. With --delete-data it deletes the data too. " +
    "It destroys a stack on another cluster or in a cloud. Then it lists what remains: final snapshots, and the " +
    "key that they need. It asks before anything is lost.",
  options: [{ flags: "--delete-data", description: "delete the local nodes' data too" }],
  examples: [
    ["switchboard down", "stop the local nodes; the data stay"],
    ["switchboard down --delete-data --yes", "and delete them, without a question"],
    ["switchboard down review-12 --yes", "destroy a stack in a cloud that is no production"],
  ],
  access: "write",
  log: "down.log",
  async run({ io, target, options, confirm }: Invocation) {
    const { done, left } = await takeDown(target, {
      deleteData: options.deleteData === true,
      progress: io,
      signal: io.signal,
      confirm: (question) => confirm(question, { always: true }),
    });
    io.result({ stack: target.stack, done, ...(left.length > 0 && { left }) }, () => [
      ...["", sentences[done]],
      ...(left.length > 0 ? ["", "Left on purpose, and paid for until you take it away:"] : []),
      ...left.flatMap(({ what, todo }) => [`  ${what}`, `    → ${todo}`]),
      "",
    ]);
    return exitCodes.ok;
  },
};
