import { z } from "zod";
import { choice, flag, mapOf, problemOf } from "../../schema/fields";
import { bytes, parseBytes } from "../../schema/values/resources";
import { parseLabel, words } from "../../schema/values/words";
import { checkMountPath } from "./mountPath";

/** Names of claims are made of it and of the app's. */
const longestName = 20;

const volume = z
  .strictObject({
    storage: bytes().describe(
      "size of the volume. A pod that fills a scratch volume is ended. A larger value grows a persistent one in place, if its storage class allows it. A persistent volume never shrinks",
    ),
    persistent: flag()
      .prefault(false)
      .describe(
        "whether the data outlives the pods, by a claim in the namespace. Otherwise each pod has an empty one of its own",
      ),
    accessMode: choice(["ReadWriteOnce", "ReadWriteMany"])
      .optional()
      .describe("of a persistent one: who may mount it at a time; default: ReadWriteOnce, one pod"),
    storageClass: words()
      .optional()
      .describe("of a persistent one: StorageClass when it is made; default: the cluster's own"),
  })
  .superRefine(({ persistent, accessMode, storageClass }, context) => {
    const given = Object.entries({ accessMode, storageClass }).filter(([, value]) => value !== undefined);
    for (const [key] of persistent ? [] : given)
      context.addIssue({
        code: "custom",
        path: [key],
        message: "is of persistent volumes, and this one is each pod's own; set persistent: true, or remove it",
      });
    if (persistent && accessMode === "ReadWriteMany" && storageClass === undefined)
      context.addIssue({
        code: "custom",
        path: ["accessMode"],
        message:
          "ReadWriteMany needs disks that several nodes can mount, which a cluster's default class seldom makes; give storageClass, e.g. one of NFS, Filestore or EFS",
      });
  });

/** The volumes of an app. */
export function volumes() {
  return mapOf(volume, (name) => problemOf(() => parseLabel(name, longestName)))
    .prefault({})
    .describe("volumes by name, which `mounts` put into containers");
}

/** Where a container sees the app's volumes. */
export function mounts() {
  return mapOf(words(), (path) => problemOf(() => checkMountPath(path, "folder")))
    .prefault({})
    .describe("where it sees the app's `volumes`: path to the name of a volume");
}

/** A volume as the settings have it. */
export type VolumeSettings = z.output<typeof volume>;

/** Whether one pod at a time may have it. */
export function isHeld({ persistent, accessMode = "ReadWriteOnce" }: VolumeSettings): boolean {
  return persistent && accessMode === "ReadWriteOnce";
}

/** What containers mount. */
interface Mounting {
  readonly mounts: Readonly<Record<string, string>>;
  readonly sidecars: Readonly<Record<string, { readonly mounts: Readonly<Record<string, string>> }>>;
}

/** The names of the volumes that a process and its sidecars mount. */
export function volumesOf({ mounts, sidecars }: Mounting): string[] {
  return [...new Set([mounts, ...Object.values(sidecars).map((one) => one.mounts)].flatMap(Object.values<string>))];
}

/** Bytes that the volumes of a process' pod take of its node's disk. */
export function scratchBytes(process: Mounting, all: Readonly<Record<string, VolumeSettings>>): number {
  return volumesOf(process).reduce((sum, name) => {
    const volume = all[name];
    return volume && !volume.persistent ? sum + parseBytes(volume.storage) : sum;
  }, 0);
}
