import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LeftBehind } from "../../../components/clouds/shared/facts/life";
import { findEngine } from "../../../engine";
import type { Stack } from "../../../engine/stack";
import { stackOf } from "../../../engine/stack/stackOf";
import type { Target } from "../../../engine/stack/target";
import { clusterState, pulumiState, state } from "../../../lib/paths";
import { UserError } from "../../../lib/userError";
import { withLock } from "../../../sandbox/images/lock";
import { stopNodes } from "../../../sandbox/nodes";
import { continueBegun } from "../up/begun";
import { forgetLocalObjects } from "../up/localStacks";
import type { Progress } from "../up/up";
import { destroyResources } from "./destroyResources";
import { leftBehind, withKeptKeys } from "./leftBehind";

/** What a `down` is given besides its stack. */
export interface DownOptions {
  /** Whether the local nodes' data go as well. */
  readonly deleteData: boolean;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Asks before data are deleted; throws where they must not be. */
  readonly confirm: (question: string) => Promise<void>;
}

/** What a `down` has done, and what a stack elsewhere has left on purpose. */
export interface DownResult {
  /** Local nodes stopped, stopped and their data deleted, or a stack destroyed elsewhere. */
  readonly done: "stopped" | "deleted" | "destroyed";
  readonly left: readonly LeftBehind[];
}

/**
 * Stops the local nodes and keeps their data for the next `up`; with `deleteData` the data go as well. A stack on another
 * cluster is destroyed there.
 */
export function takeDown(target: Target, options: DownOptions): Promise<DownResult> {
  return withLock(join(state, "up.lock"), "switchboard up or switchboard down", () =>
    target.local ? downLocal(options).then((done) => ({ done, left: [] })) : destroy(target, options),
  );
}

async function downLocal({ deleteData, progress, confirm }: DownOptions): Promise<"stopped" | "deleted"> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new UserError("the local nodes run as root, and only root can stop them", "run it with sudo -E");
  }
  if (deleteData) await confirm(`This deletes the local cluster with every database in it (${clusterState}).`);
  await progress.step("stopping the local nodes", (report) => stopNodes({ deleteData, report }));
  if (!deleteData) return "stopped";
  if (existsSync(pulumiState) || process.env.PULUMI_BACKEND_URL) {
    await progress.step("forgetting what Pulumi knew of it", async (report) =>
      forgetLocalObjects(await findEngine(), report),
    );
  }
  return "deleted";
}

async function destroy(target: Target, { progress, signal, confirm }: DownOptions): Promise<DownResult> {
  const place = target.cloud ? `with its cluster and its data in ${target.cloud}` : `in the cluster ${target.context}`;
  await confirm(`This destroys everything of the stack ${target.stack} ${place}.`);
  const engine = await progress.step("finding Pulumi", (report) => findEngine({ cloud: target.cloud, report, signal }));
  const stack = stackOf(engine, target);
  await stack.open();
  // What a killed run has made and no state knows would stay for ever.
  await continueBegun(target, stack, { progress, signal });
  const left = await keepKeys(stack, progress);
  await destroyResources(target, stack, { progress, signal });
  return { done: "destroyed", left };
}

/**
 * Sees to it that the keys of kept data outlive this `destroy`, also where the state was written by a release that did
 * not say so yet: a plain `pulumi destroy` goes by what the last `up` has written.
 *
 * @returns what will be left
 */
async function keepKeys(stack: Stack, progress: Progress): Promise<LeftBehind[]> {
  const exported = await stack.exported();
  const resources = exported?.deployment?.resources ?? [];
  const kept = withKeptKeys(resources);
  if (exported && kept !== resources) {
    await progress.step("keeping the keys of what is left", (report) =>
      stack.replaceState({ ...exported, deployment: { ...exported.deployment, resources: kept } }, "changed", report),
    );
  }
  return leftBehind(kept);
}
