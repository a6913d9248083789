import { ask, canAsk } from "../../../lib/interrupt";
import { clock } from "../../../lib/steps";
import { onPath } from "../../../sandbox/images/builder";
import { hasNodes } from "../../../sandbox/nodes";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { Tools } from "../../images/tools";
import { approval } from "./approval";
import { offerKind } from "./kindCluster";
import { bringUp, summary } from "./up";

/** `switchboard up`: brings a stack up, whatever that takes on this machine. */
export const command: CommandSpec = {
  name: "up",
  summary: "bring a stack up, or change what differs",
  description:
    "For a stack on this machine it offers a kind cluster if Docker answers. Otherwise it finds or builds what is " +
    "missing, starts the local nodes and loads the images. Then it waits until the pages answer. For any other " +
    "cluster it brings the images there first. For a cloud stack it uses official plugins only. It checks the " +
    "settings, shows what would change and asks. Then it builds and pushes the images. If the cloud stack has no " +
    "resources yet, it runs the doctor first and stops at what is certain to fail. If a run was interrupted, run " +
    "it again: it continues, and changes only what differs. The name of one of examples/ copies its file first.",
  options: [
    {
      flags: "--nodes <count>",
      description: "how many local nodes, 1 to 16 (default: as many as exist, else 1)",
      parse: nodeCount,
    },
    {
      flags: "--despite <name>",
      description: "continue a first up although the doctor reports the finding of this name",
      repeatable: true,
    },
    { flags: "--refresh", description: "read the real resources first, and undo changes made by hand" },
  ],
  examples: [
    ["switchboard up", "the development stack on this machine"],
    ["switchboard up rails", "an example on this machine, from a copy of its file"],
    ["switchboard up dev --nodes 2", "the same on two nodes"],
    ["switchboard up dev --refresh", "and change back what was changed by hand"],
    ["switchboard up prod", "production: asks for its name, shows what would change, and asks again"],
    ["switchboard up prod --despite quota.addresses", "a first up, although the doctor finds too few addresses"],
    ["switchboard up prod --production prod --yes", "the same where nobody can answer"],
  ],
  access: "write",
  fromExamples: true,
  log: "up.log",
  async run({ io, target: named, options, confirm }: Invocation) {
    const begun = Date.now();
    const tools = new Tools(io.note, "stderr");
    const target = await offerKind(named, {
      ...{ hasNodes: hasNodes(), canAsk: canAsk() && options.yes !== true, found: onPath, ask, note: io.note },
      output: (command) => tools.output(command),
      call: (command) => tools.call(command),
    });
    const result = await bringUp(target, {
      nodes: options.nodes as number | undefined,
      refresh: options.refresh === true,
      despite: options.despite as string[] | undefined,
      progress: io,
      signal: io.signal,
      approve: approval({ io, target, confirm }),
    });
    const milliseconds = Date.now() - begun;
    const { outputs, changes, engine } = result;
    io.result(
      { stack: target.stack, seconds: Math.round(milliseconds / 1000), changes, outputs, engine: engine.note },
      () => summary(target, result, clock(milliseconds)),
    );
    return exitCodes.ok;
  },
};

function nodeCount(text: string): number {
  if (!/^([1-9]|1[0-6])$/.test(text)) throw new Error("must be a whole number from 1 to 16");
  return Number(text);
}
