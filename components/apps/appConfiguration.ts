import type * as pulumi from "@pulumi/pulumi";
import type { Companion, Destination, EnvironmentVariable, MountedFiles, Place } from "../contracts";

/**
 * What an app knows, wherever it runs. The panel, its workers, its migrations and its scheduled jobs all take this one
 * value, so nothing is copied and nothing can drift apart.
 */
export interface AppConfiguration extends Place {
  readonly image: string;
  readonly environment: readonly EnvironmentVariable[];
  readonly files: readonly MountedFiles[];
  readonly connectsTo: readonly Destination[];
  readonly companions: readonly Companion[];
  /** What must be there before any pod of the app, and before every rollout. */
  readonly after: readonly pulumi.Resource[];
}

/** Plain variables from a map, in the order of their names. */
export function plainEnvironment(values: Readonly<Record<string, pulumi.Input<string>>>): EnvironmentVariable[] {
  return Object.keys(values)
    .sort()
    .map((name) => ({ name, value: values[name]! }));
}
