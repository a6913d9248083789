import type { Engine } from "./engine";
import { kubeconfigFile } from "./nodes/state";
import { Stack } from "./support/stack";
import type { Target } from "./target";

/** A target's stack as the Pulumi CLI is to see it: one on the local nodes with their kubeconfig. */
export function stackOf(engine: Engine, target: Target): Stack {
  return new Stack(engine, { ...target, environment: target.local ? { KUBECONFIG: kubeconfigFile } : {} });
}
