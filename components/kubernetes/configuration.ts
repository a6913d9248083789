import type * as pulumi from "@pulumi/pulumi";
import type { Destination, EnvironmentVariable, MountedFiles, Place, Sidecar } from "../contracts";
import { referencesIn } from "../schema/values/references";
import type { VersionedSecret } from "./versionedSecret";

/**
 * What an app knows, wherever it runs. The panel, its workers, its migrations and its scheduled jobs all take this one
 * value, so nothing is copied and nothing can drift apart.
 */
export interface AppConfiguration extends Place {
  readonly image: string;
  /** Name of the release; undefined is what the image is called by. */
  readonly version: string | undefined;
  readonly environment: readonly EnvironmentVariable[];
  readonly files: readonly MountedFiles[];
  readonly connectsTo: readonly Destination[];
  readonly sidecars: readonly Sidecar[];
  /** The service account that all pods of the app run as. @default each workload has one of its own */
  readonly serviceAccount?: string | undefined;
  /** What must be there before any pod of the app, and before every rollout. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The variables of the settings, in the order of their names: the readable ones, and those in a Secret. Those that refer
 * to others come last, because Kubernetes knows only what stands before them.
 */
export function givenEnvironment(
  settings: { readonly env: Readonly<Record<string, string>>; readonly secretEnv: Readonly<Record<string, unknown>> },
  secrets: VersionedSecret,
): EnvironmentVariable[] {
  const all: EnvironmentVariable[] = [
    ...Object.keys(settings.secretEnv).map((name) => ({ name, secret: secrets.ref(name) })),
    ...Object.entries(settings.env).map(([name, value]) => ({ name, value })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...all.filter((entry) => !refers(entry)), ...all.filter(refers)];
}

/** Whether a variable's value is put together from others (`$(NAME)`). */
export function refers(entry: EnvironmentVariable): boolean {
  return "value" in entry && typeof entry.value === "string" && referencesIn(entry.value).length > 0;
}
