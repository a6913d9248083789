import { delimiter } from "node:path";
import type { Engine } from "./engine";
import { kubeconfigFile } from "./nodes/state";
import { binaries } from "./support/paths";
import { Stack } from "./support/stack";
import type { Target } from "./target";

/** A target's stack as the Pulumi CLI is to see it: one on the local nodes with their kubeconfig and their kubectl. */
export function stackOf(engine: Engine, target: Target): Stack {
  const ofNodes = { KUBECONFIG: kubeconfigFile, PATH: [engine.env.PATH ?? process.env.PATH, binaries].join(delimiter) };
  return new Stack(engine, { ...target, environment: target.local ? ofNodes : {} });
}
