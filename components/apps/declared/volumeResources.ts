import type * as inputs from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "../../contracts";
import { createClaim } from "../../kubernetes/claim";
import type { DeclaredApp } from "./settings";
import { volumesOf } from "./volumes";

/** What the claims of an app are made of. */
export interface ClaimsArgs {
  readonly place: Pick<Place, "namespace" | "protection" | "claims" | "traits">;
  readonly volumes: DeclaredApp["volumes"];
}

/** The name of a persistent volume's claim. */
const claimName = (app: string, volume: string) => `${app}-${volume}`;

/** Creates the claims of an app's persistent volumes. */
export function createClaims(
  app: string,
  { place, volumes }: ClaimsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return Object.entries(volumes)
    .filter(([, { persistent }]) => persistent)
    .map(([volume, { storage, accessMode, storageClass = place.traits.storageClass }]) =>
      createClaim(
        claimName(app, volume),
        { place, storage, storageClass, accessMode, layer: `apps.${app}.volumes.${volume}` },
        opts,
      ),
    );
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
