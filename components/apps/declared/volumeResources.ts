import * as core from "@pulumi/kubernetes/core/v1";
import type * as inputs from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "../../contracts";
import type { DeclaredApp } from "./settings";
import { volumesOf } from "./volumes";

/** What the claims of an app are made of. */
export interface ClaimsArgs {
  readonly place: Pick<Place, "namespace" | "protection" | "claims" | "traits">;
  /** Whose they are, and nothing that changes with a release. */
  readonly labels: Record<string, string>;
  readonly volumes: DeclaredApp["volumes"];
}

/** The name of a persistent volume's claim. */
const claimName = (app: string, volume: string) => `${app}-${volume}`;

/**
 * Creates the claims of an app's persistent volumes. They are protected as servers with a disk are; a volume grows and
 * never shrinks. Nothing waits until one is bound: most classes make the disk when the first pod comes.
 */
export function createClaims(
  app: string,
  { place, labels, volumes }: ClaimsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return Object.entries(volumes)
    .filter(([, { persistent }]) => persistent)
    .map(([volume, { storage, accessMode = "ReadWriteOnce", storageClass = place.traits.storageClass }]) => {
      const name = `${claimName(app, volume)}-claim`;
      return new core.PersistentVolumeClaim(
        name,
        {
          metadata: {
            name: claimName(app, volume),
            namespace: place.namespace,
            labels,
            annotations: { "pulumi.com/skipAwait": "true" },
          },
          spec: {
            accessModes: [accessMode],
            ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
            resources: { requests: { storage } },
          },
        },
        {
          ...opts,
          protect: place.protection.covers(name),
          ...place.claims.guard(name, `apps.${app}.volumes.${volume}`),
        },
      );
    });
}

/** The volumes of a process' pod. */
export function podVolumes(
  app: string,
  process: DeclaredApp["processes"][string],
  all: DeclaredApp["volumes"],
): inputs.core.v1.Volume[] {
  return volumesOf(process).map((name) => {
    const { persistent, storage } = all[name]!;
    return persistent
      ? { name: volumeName(name), persistentVolumeClaim: { claimName: claimName(app, name) } }
      : { name: volumeName(name), emptyDir: { sizeLimit: storage } };
  });
}

/** How a container sees volumes. */
export function volumeMounts(mounts: Readonly<Record<string, string>>): inputs.core.v1.VolumeMount[] {
  return Object.entries(mounts).map(([mountPath, name]) => ({ name: volumeName(name), mountPath }));
}

/** In a pod, apart from what the platform itself calls its volumes. */
const volumeName = (name: string) => `volume-${name}`;
