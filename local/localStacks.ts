import { existsSync } from "node:fs";
import type { ExportedStack } from "../ops/live/stackState";
import type { Engine } from "./engine";
import { kubeconfigFile, localContext } from "./nodes";
import { pulumiState } from "./support/paths";
import { Stack } from "./support/stack";
import type { Report } from "./support/steps";
import { readTarget, stacks } from "./target";

/** Whether the stacks of the local nodes have their state in this machine's own backend, and nowhere else. */
export function ownsState(): boolean {
  return existsSync(pulumiState) && !process.env.PULUMI_BACKEND_URL;
}

/**
 * For local nodes whose data are gone: their objects went with them, and Pulumi must not believe that they are there.
 * The stacks stay, with the key of their secret settings.
 * @returns the names of the stacks that had any
 * @throws Refusal when another Pulumi is at work on one of them
 */
export async function forgetLocalObjects(engine: Engine, report: Report): Promise<string[]> {
  const emptied: string[] = [];
  for (const name of stacks()) {
    const target = readTarget(name);
    if (!target.local) continue;
    const stack = new Stack(engine, { ...target, environment: { KUBECONFIG: kubeconfigFile } });
    if (await stack.forgetResources(isLocal, report)) emptied.push(name);
  }
  return emptied;
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
