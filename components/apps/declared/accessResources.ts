import type * as pulumi from "@pulumi/pulumi";
import type { AppAccess, EnvironmentVariable, Place } from "../../contracts";
import { createServiceAccount } from "../../kubernetes/serviceAccount";
import { bucketVariable } from "./buckets";
import { hasIdentity, identityAccount } from "./identity";
import type { DeclaredApp } from "./settings";

/**
 * The identity and the buckets of an app in the cloud; undefined for an app without either. They are not below what is in
 * the namespace, or they would die with it.
 */
export function createAccess(
  app: string,
  { place, settings }: { readonly place: Pick<Place, "traits">; readonly settings: DeclaredApp },
): AppAccess | undefined {
  const { identity, buckets } = settings;
  if (!hasIdentity(settings)) return undefined;
  const { appAccess } = place.traits;
  if (!appAccess) throw new Error(`apps.${app}: the settings have an identity that the cluster does not`);
  return appAccess(`${app}-access`, { app, serviceAccount: identityAccount(app), identity, buckets });
}

/** What the pods of an app are given of its access. */
export interface PodAccess extends Pick<AppAccess, "destinations" | "ready"> {
  /** @default each workload has one of its own */
  readonly serviceAccount?: string;
  /** The names of its buckets. */
  readonly environment: readonly EnvironmentVariable[];
}

/** What the pods of an app with an access are made of; nothing for one without. */
export function podAccess(
  app: string,
  args: {
    readonly access: AppAccess | undefined;
    readonly namespace: pulumi.Input<string>;
    readonly labels: Record<string, string>;
    readonly settings: Pick<DeclaredApp, "buckets">;
  },
  opts: pulumi.CustomResourceOptions,
): PodAccess {
  const { access, namespace, labels, settings } = args;
  if (!access) return { destinations: [], ready: [], environment: [] };
  const name = identityAccount(app);
  const annotations = { ...access.annotations };
  const named = { name, namespace, labels, ...(Object.keys(annotations).length > 0 && { annotations }) };
  const account = createServiceAccount(name, named, opts);
  return {
    serviceAccount: name,
    destinations: access.destinations,
    ready: [account, ...access.ready],
    environment: Object.entries(settings.buckets).map(([bucket, own]) => ({
      name: bucketVariable(bucket, own),
      value: access.buckets[bucket]!,
    })),
  };
}
