/** What an app is, and has, in the cloud that the cluster stands in. Types only, as `index.ts`, which hands them on. */
import type { Input, Resource } from "@pulumi/pulumi";
import type { Destination } from "./connection";

/** What the settings say of an app's identity: one of the kinds that its cloud brings. */
export interface AppIdentity {
  readonly kind: string;
}

/** A bucket of an app, the same in every cloud. */
export interface BucketSpec {
  /** Whether an object that was overwritten or deleted is kept for a while. */
  readonly versioned: boolean;
  /** Age at which an object is deleted. @default never */
  readonly expireDays?: number | undefined;
}

/** What the access of an app is made of. */
export interface AppAccessArgs {
  readonly app: string;
  /** The service account in the cluster that all pods of the app run as. */
  readonly serviceAccount: string;
  /** @default one that is made here, with no rights but those on the buckets */
  readonly identity: AppIdentity | undefined;
  readonly buckets: Readonly<Record<string, BucketSpec>>;
}

/** What an app may do in the cloud, as its pods need to know it. */
export interface AppAccess {
  /** What the service account says of itself, so that the cloud knows its pods. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
  /** Where pods get the credentials of their identity. */
  readonly destinations: readonly Destination[];
  /** The names of the buckets at the cloud, by their names in the settings. */
  readonly buckets: Readonly<Record<string, Input<string>>>;
  /** What must be there before a pod of the app is. */
  readonly ready: readonly Resource[];
}

/** Creates the identity of an app and its buckets. @param name the Pulumi name that everything begins with */
export type CreateAppAccess = (name: string, args: AppAccessArgs) => AppAccess;
