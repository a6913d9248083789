import { delimiter } from "node:path";
import { binaries } from "../../lib/paths";
import type { Engine } from "..";
import { Stack } from ".";
import { kubeconfigFile } from "./localNodes";
import type { Target } from "./target";

/** A target's stack as the Pulumi CLI is to see it: one on the local nodes with their kubeconfig and their kubectl. */
export function stackOf(engine: Engine, target: Target): Stack {
  const ofNodes = { KUBECONFIG: kubeconfigFile, PATH: [engine.env.PATH ?? process.env.PATH, binaries].join(delimiter) };
  return new Stack(engine, { ...target, environment: target.local ? ofNodes : {} });
}
