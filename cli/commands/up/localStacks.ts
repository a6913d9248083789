import { existsSync, readdirSync } from "node:fs";
import type { Engine } from "../../../engine";
import { keptSettings, keptSettingsOf } from "../../../engine/stack/keptSettings";
import { localContext } from "../../../engine/stack/localNodes";
import { stackOf } from "../../../engine/stack/stackOf";
import type { ExportedStack } from "../../../engine/stack/state";
import { readTarget, readTargetAt, stacks, type Target } from "../../../engine/stack/target";
import type { Report } from "../../../lib/steps";
import type { Progress } from "./up";

/**
 * For local nodes whose data are gone: their objects went with them, and Pulumi must not believe that they are there.
 * The stacks stay, with the key of their secret settings.
 * @returns the names of the stacks that had any
 * @throws UserError when another Pulumi is at work on one of them
 */
export async function forgetLocalObjects(engine: Engine, report: Report): Promise<string[]> {
  const emptied: string[] = [];
  for (const target of targets(engine)) {
    if (!target.local) continue;
    const stack = stackOf(engine, target);
    const state = await stack.exported();
    if (!state || !isLocal(state)) continue;
    const deployment = { ...state.deployment, resources: [], pending_operations: [] };
    await stack.replaceState({ ...state, deployment }, "emptied", report);
    emptied.push(target.stack);
  }
  return emptied;
}

/**
 * Every stack that the nodes may have had: those of this repository, and in the machine's own backend also those that
 * another copy of it, or a file that is gone, has brought up.
 */
function targets({ env }: Engine): Target[] {
  const own = stacks();
  const kept = env.PULUMI_BACKEND_URL && existsSync(keptSettings) ? readdirSync(keptSettings) : [];
  const others = kept
    .filter((name) => !own.includes(name))
    .map((name) => keptSettingsOf(name))
    .filter((file) => existsSync(file));
  return [...own.map(readTarget), ...others.map(readTargetAt)];
}

/**
 * For an `up` that finds no data of its nodes: their state would have Pulumi ask a cluster that nobody knows any more. In
 * a backend that the person chose it may be the state of somebody else's nodes, which is left alone.
 */
export async function forgetLostNodes(engine: Engine, progress: Progress): Promise<void> {
  if (!engine.env.PULUMI_BACKEND_URL) return;
  const names = await progress.step("comparing Pulumi's state with the nodes", (report) =>
    forgetLocalObjects(engine, report),
  );
  for (const name of names) {
    progress.note(`the nodes that stack ${name} was on are gone, with their data: everything is created again`);
  }
}

/** Whether everything that the state knows of was on the local nodes; a stack that has moved there may be elsewhere. */
export function isLocal({ deployment }: ExportedStack): boolean {
  const places = (deployment?.resources ?? []).flatMap(({ type, inputs }) => {
    if (type === "pulumi:providers:kubernetes") return [inputs?.clusterIdentifier];
    // What these make is in the state alone.
    return type.startsWith("pulumi:providers:") && !/:(random|tls|pulumi)$/.test(type) ? [type] : [];
  });
  return places.length > 0 && places.every((place) => place === localContext);
}
