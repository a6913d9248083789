import type * as pulumi from "@pulumi/pulumi";
import type { Companion, Destination, EnvironmentVariable, MountedFiles, Place } from "../contracts";

import type { StoredSecret } from "../data/storedSecret";

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
  readonly companions: readonly Companion[];
  /** What must be there before any pod of the app, and before every rollout. */
  readonly after: readonly pulumi.Resource[];
}

/** The variables of the settings, in the order of their names: the readable ones, and those in a Secret. */
export function givenEnvironment(
  settings: { readonly env: Readonly<Record<string, string>>; readonly secretEnv: Readonly<Record<string, unknown>> },
  secrets: StoredSecret,
): EnvironmentVariable[] {
  return [
    ...Object.keys(settings.secretEnv).map((name) => ({ name, secret: secrets.ref(name) })),
    ...Object.entries(settings.env).map(([name, value]) => ({ name, value })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}
