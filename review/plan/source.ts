import { sourceOf } from "../../engine/resources/fromState";
import type { SourceLine } from "../../engine/resources/resource";
import type { StepState } from "./report";

/**
 * Files that say how something is built and not what: a person who wants another image edits the line that calls them.
 * A test looks whether each is there.
 */
export const buildingBlocks: ReadonlySet<string> = new Set([
  "components/kubernetes/job.ts",
  "components/kubernetes/podTemplate.ts",
  "components/kubernetes/cronWorkload.ts",
  "components/kubernetes/service.ts",
  "components/kubernetes/workload.ts",
  "components/kubernetes/helmChart.ts",
  "components/kubernetes/passwords.ts",
  "components/kubernetes/serviceAccount.ts",
  "components/kubernetes/statefulServer.ts",
  "components/kubernetes/versionedConfig.ts",
  "components/kubernetes/versionedSecret.ts",
  "components/clouds/shared/guards.ts",
]);

/**
 * The line of the program that a person would edit to have the resource otherwise: the innermost one of the program's own
 * files that is not a building block, else the innermost one.
 */
export function sourceLine(state: StepState | undefined): SourceLine | undefined {
  const positions = [state?.sourcePosition, ...(state?.stackTrace ?? []).map(({ sourcePosition }) => sourcePosition)];
  const lines = positions.flatMap((position) => safeSource(position) ?? []).filter(({ file }) => isOwn(file));
  return lines.find(({ file }) => !buildingBlocks.has(file)) ?? lines[0];
}

function isOwn(file: string): boolean {
  return !file.startsWith("node_modules/") && !file.includes("/node_modules/") && !file.split("/").includes("..");
}

/** A position that is no URI is nobody's line. */
function safeSource(position: string | undefined): SourceLine | undefined {
  try {
    return sourceOf(position);
  } catch {
    return undefined;
  }
}
