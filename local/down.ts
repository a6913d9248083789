import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findEngine } from "./engine";
import { withLock } from "./images/lock";
import { kubeconfigFile, stopNodes } from "./nodes";
import { confirm, onInterrupt } from "./support/interrupt";
import { clusterState, logs, pulumiState, state } from "./support/paths";
import { Refusal, runMain } from "./support/refusal";
import { Stack } from "./support/stack";
import { Steps } from "./support/steps";
import { readTarget, stacks, type Target } from "./target";

const usage = "npm run down [-- STACK] [--delete-data] [--yes]";

/**
 * `npm run down [-- STACK] [--delete-data] [--yes]`: stops the local nodes and keeps their data for the next `npm run
 * up`; with `--delete-data` the data go as well. A stack on another cluster is destroyed there. Both ask first.
 */
async function main(): Promise<void> {
  const { stack, deleteData, yes } = readArguments(process.argv.slice(2));
  const target = readTarget(stack);
  const steps = new Steps({ log: join(logs, "down.log") });
  await withLock(join(state, "up.lock"), "npm run up or npm run down", () =>
    target.local ? downLocal(deleteData, yes, steps) : destroy(target, yes, steps),
  );
}

function readArguments(args: string[]): { stack: string; deleteData: boolean; yes: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { "delete-data": { type: "boolean", default: false }, yes: { type: "boolean", default: false } },
    });
    if (positionals.length > 1) throw new Error(`one stack at a time, not ${positionals.join(", ")}`);
    return { stack: positionals[0] ?? "dev", deleteData: values["delete-data"], yes: values.yes };
  } catch (error) {
    throw new Refusal((error as Error).message, usage);
  }
}

async function downLocal(deleteData: boolean, yes: boolean, steps: Steps): Promise<void> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Refusal("the local nodes run as root, and only root can stop them", "run it with sudo -E");
  }
  const question = `This deletes the local cluster with every database in it (${clusterState}).`;
  if (deleteData && !yes && !(await confirm(question))) throw new Refusal("nothing was deleted", "answer yes to go on");
  await steps.run("stopping the local nodes", (report) => stopNodes({ deleteData, report }));
  if (deleteData) {
    await steps.run("forgetting what Pulumi knew of it", () => forgetLocalStacks());
    steps.print("\nThe local nodes are gone, with their data. Tools and images stay in the cache.\n");
    return;
  }
  steps.print("\nThe local nodes are stopped. Their data stay, and npm run up continues with them.\n");
}

/** Their objects are gone with the cluster: Pulumi must not believe that they are there. */
async function forgetLocalStacks(): Promise<void> {
  if (!existsSync(pulumiState) && !process.env.PULUMI_BACKEND_URL) return;
  const engine = await findEngine();
  for (const name of stacks()) {
    const target = readTarget(name);
    if (target.local) await new Stack(engine, { ...target, environment: { KUBECONFIG: kubeconfigFile } }).forget();
  }
}

async function destroy(target: Target, yes: boolean, steps: Steps): Promise<void> {
  const place = target.cloud ? `with its cluster and its data in ${target.cloud}` : `in the cluster ${target.context}`;
  const question = `This destroys everything of the stack ${target.stack} ${place}.`;
  if (!yes && !(await confirm(question))) throw new Refusal("nothing was destroyed", "answer yes to go on");
  const controller = onInterrupt();
  const engine = await steps.run("finding Pulumi", (report) =>
    findEngine({ cloud: target.cloud, report, signal: controller.signal }),
  );
  const stack = new Stack(engine, target);
  await stack.open();
  await steps.run(`pulumi destroy, stack ${target.stack}`, (report) =>
    stack.update("destroy", report, controller.signal),
  );
}

if (require.main === module) runMain(main);
