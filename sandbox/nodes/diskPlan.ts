import { quantity } from "../../engine/providers/kubernetes/quantity";
import type { ApiObject } from "./api";

/** What the class of the disks and who makes them are called. */
export const disks = { class: "local-disk", provisioner: "switchboard.local/disk" } as const;

/** The smallest that `mkfs.xfs` makes: 300 MiB (xfsprogs 5.19). */
export const smallestDisk = 300 * 2 ** 20;

/** A claim, as far as its disk goes. */
export interface Claim {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What must happen so that every claim has the disk that it asks for, and no other disk is there. */
export type DiskAction =
  | {
      readonly kind: "create";
      readonly claim: Claim;
      readonly disk: string;
      readonly node: string;
      readonly bytes: number;
      readonly accessModes: readonly string[];
      readonly storageClass: string;
    }
  | {
      readonly kind: "grow";
      readonly claim: Claim;
      readonly disk: string;
      readonly node: string;
      readonly bytes: number;
    }
  | { readonly kind: "remove"; readonly disk: string; readonly node: string };

/**
 * The actions that claims and volumes of the cluster ask for.
 *
 * @param classes the names of the classes whose disks these are
 */
export function diskActions(
  claims: readonly ApiObject[],
  volumes: readonly ApiObject[],
  classes: readonly string[],
): DiskAction[] {
  const own = volumes.filter(({ metadata }) => annotationsOf(metadata)[provisionedBy] === disks.provisioner);
  return [
    ...claims.flatMap((claim) => created(claim, own, classes)),
    ...own.flatMap((volume) => grown(volume, claims)),
    ...own.flatMap(removed),
  ];
}

/** A claim waits for its first pod, whose node the scheduler writes into it. */
function created(claim: ApiObject, volumes: readonly ApiObject[], classes: readonly string[]): DiskAction[] {
  const { storageClassName, volumeName, resources, accessModes } = claim.spec as ClaimSpec;
  const node = annotationsOf(claim.metadata)["volume.kubernetes.io/selected-node"];
  const disk = `pvc-${claim.metadata.uid}`;
  if (!storageClassName || !classes.includes(storageClassName) || volumeName || !node) return [];
  if (claim.metadata.deletionTimestamp || volumes.some(({ metadata }) => metadata.name === disk)) return [];
  const bytes = Math.max(smallestDisk, bytesOf(resources.requests.storage));
  return [{ kind: "create", claim: claimOf(claim), disk, node, bytes, accessModes, storageClass: storageClassName }];
}

/** A claim that asks for more than its disk has, or that was not told yet what it has. */
function grown(volume: ApiObject, claims: readonly ApiObject[]): DiskAction[] {
  const { claimRef, capacity } = volume.spec as VolumeSpec;
  const claim = claims.find(({ metadata }) => metadata.uid === claimRef?.uid);
  if (!claim || claim.metadata.deletionTimestamp) return [];
  const has = bytesOf(capacity.storage);
  const wanted = Math.max(has, bytesOf((claim.spec as ClaimSpec).resources.requests.storage));
  const told = (claim.status as ClaimStatus | undefined)?.capacity?.storage;
  // A claim is bound before it is told anything: until then Kubernetes is at work on it.
  if (told === undefined || (wanted === has && bytesOf(told) === has)) return [];
  return [{ kind: "grow", claim: claimOf(claim), disk: volume.metadata.name, node: nodeOf(volume), bytes: wanted }];
}

function removed(volume: ApiObject): DiskAction[] {
  const { persistentVolumeReclaimPolicy } = volume.spec as VolumeSpec;
  const { phase } = (volume.status ?? {}) as { phase?: string };
  if (phase !== "Released" || persistentVolumeReclaimPolicy !== "Delete") return [];
  return [{ kind: "remove", disk: volume.metadata.name, node: nodeOf(volume) }];
}

/** The volume of a new disk, as Kubernetes is told of it: a folder of one node, and whose it is. */
export function volumeOf(
  { claim, disk, node, bytes, accessModes, storageClass }: Extract<DiskAction, { kind: "create" }>,
  path: string,
): ApiObject {
  const values = [node];
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: disk, annotations: { [provisionedBy]: disks.provisioner } },
    spec: {
      capacity: { storage: quantityOf(bytes) },
      accessModes,
      persistentVolumeReclaimPolicy: "Delete",
      storageClassName: storageClass,
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", ...claim },
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values }] }],
        },
      },
    },
  };
}

const provisionedBy = "pv.kubernetes.io/provisioned-by";

function nodeOf(volume: ApiObject): string {
  const [term] = (volume.spec as VolumeSpec).nodeAffinity.required.nodeSelectorTerms;
  return term!.matchExpressions[0]!.values[0]!;
}

function claimOf({ metadata }: ApiObject): Claim {
  return { namespace: metadata.namespace!, name: metadata.name, uid: String(metadata.uid) };
}

function annotationsOf(metadata: ApiObject["metadata"]): Readonly<Record<string, string>> {
  return (metadata.annotations ?? {}) as Record<string, string>;
}

/** Bytes of what the API server accepted as a quantity, rounded up. */
function bytesOf(text: string): number {
  const billionths = quantity(text)!.slice(0, -1);
  return Math.ceil(Number(billionths) / 1e9);
}

/** Bytes as people read them, in the largest binary unit that is exact. */
export function quantityOf(bytes: number): string {
  const power = [3, 2, 1].find((power) => bytes % 1024 ** power === 0);
  return power === undefined ? String(bytes) : `${bytes / 1024 ** power}${["Ki", "Mi", "Gi"][power - 1]}`;
}

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly volumeName?: string;
  readonly accessModes: readonly string[];
  readonly resources: { readonly requests: { readonly storage: string } };
}

interface ClaimStatus {
  readonly capacity?: { readonly storage?: string };
}

interface VolumeSpec {
  readonly capacity: { readonly storage: string };
  readonly persistentVolumeReclaimPolicy: string;
  readonly claimRef?: { readonly uid: string };
  readonly nodeAffinity: {
    readonly required: {
      readonly nodeSelectorTerms: readonly { readonly matchExpressions: readonly { readonly values: string[] }[] }[];
    };
  };
}
