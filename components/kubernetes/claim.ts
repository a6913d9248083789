import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { Place } from "../contracts";
import { ownLabels } from "../naming";

/** What a claim is made of. */
export interface ClaimArgs {
  readonly place: Pick<Place, "namespace" | "protection" | "claims">;
  readonly storage: string;
  /** undefined is the cluster's default class. */
  readonly storageClass: string | undefined;
  /** @default one node at a time */
  readonly accessMode?: string | undefined;
  /** Where its settings are, for messages. */
  readonly layer: string;
}

/**
 * A volume that outlives its pods, protected as servers with a disk are; it grows and never shrinks. Its labels say whose
 * it is, and nothing that changes with a release. Nothing waits until it is bound: most classes make the disk when the
 * first pod comes.
 *
 * @param name of the claim, which its resource is named after
 */
export function createClaim(
  name: string,
  { place, storage, storageClass, accessMode = "ReadWriteOnce", layer }: ClaimArgs,
  opts: CustomResourceOptions,
): PersistentVolumeClaim {
  const resource = `${name}-claim`;
  return new PersistentVolumeClaim(
    resource,
    {
      metadata: {
        ...{ name, namespace: place.namespace, labels: ownLabels },
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        accessModes: [accessMode],
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
        resources: { requests: { storage } },
      },
    },
    { ...opts, protect: place.protection.covers(resource), ...place.claims.guard(resource, layer) },
  );
}
