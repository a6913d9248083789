import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onMachine } from "./machine";
import { inNode } from "./nodeConfig";
import type { Inside } from "./service";
import { folders } from "./state";

/**
 * Disks of the nodes: each is a file with a file system of the size that its claim asks for, which takes room only for
 * what is in it. XFS, because it grows while it is mounted without CAP_SYS_RESOURCE, which many virtual machines lack.
 * Where there are no loop devices or no XFS, as in some containers, a disk is a folder that nothing limits.
 */

/** Where a pod's node sees a disk. */
export function diskPath(disk: string): string {
  return `${inNode.volumes}/${disk}`;
}

/** The files of a node's disks are beside its other data. */
const folderOf = (node: string) => join(folders.node(node), "disks");
const mountPoint = (node: string, disk: string) => join(folders.node(node), "volumes", disk);
const imageOf = (node: string, disk: string) => join(folderOf(node), `${disk}.xfs`);
/** The name by which a loop device has its file: as this machine sees it, and as the node that mounted it does. */
const inNodeImage = (disk: string) => `${inNode.folder}/disks/${disk}.xfs`;

/** Makes a disk and mounts it. One that is there stays as it is: a pod may have written to it since it was asked for. */
export async function createDisk(machine: Inside, node: string, disk: string, bytes: number): Promise<void> {
  if (!(await canMount())) {
    mkdirSync(mountPoint(node, disk), { recursive: true });
    return chmodSync(mountPoint(node, disk), 0o777);
  }
  const image = imageOf(node, disk);
  if (!existsSync(image)) {
    mkdirSync(folderOf(node), { recursive: true, mode: 0o700 });
    writeFileSync(`${image}.new`, "", { mode: 0o600 });
    truncateSync(`${image}.new`, bytes);
    await onMachine(machine, ["mkfs.xfs", "-q", "-f", `${inNodeImage(disk)}.new`]);
    renameSync(`${image}.new`, image);
  }
  await mountDisk(machine, node, disk);
  // Pods of any user may have it; whose it is, the claim says.
  await onMachine(machine, ["chmod", "0777", diskPath(disk)]);
}

/** Mounts every disk of a node, before its kubelet starts: a pod must not find the empty folder below. */
export async function mountDisks(machine: Inside, node: string): Promise<void> {
  const folder = folderOf(node);
  const images = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".xfs")) : [];
  for (const image of images) await mountDisk(machine, node, image.slice(0, -".xfs".length));
}

async function mountDisk(machine: Inside, node: string, disk: string): Promise<void> {
  if (await isMounted(machine, disk)) return;
  mkdirSync(mountPoint(node, disk), { recursive: true, mode: 0o700 });
  // The kernel takes the mounts of a machine that was killed away a moment later, and the device with them.
  for (let attempt = 0; attempt < 300 && (await devicesOf(machine, disk)).length > 0; attempt++) await sleep(100);
  await onMachine(machine, ["mount", "-o", "loop,noatime", inNodeImage(disk), diskPath(disk)]);
}

/** Gives a disk more room while pods go on writing to it. Repeated, it changes nothing. */
export async function growDisk(machine: Inside, node: string, disk: string, bytes: number): Promise<void> {
  if (!existsSync(imageOf(node, disk))) return;
  truncateSync(imageOf(node, disk), bytes);
  for (const device of await devicesOf(machine, disk)) await onMachine(machine, ["losetup", "--set-capacity", device]);
  await onMachine(machine, ["xfs_growfs", "-d", diskPath(disk)]);
}

/** Deletes a disk and what is on it. */
export async function removeDisk(machine: Inside, node: string, disk: string): Promise<void> {
  await unmountDisk(machine, disk);
  for (const path of [imageOf(node, disk), `${imageOf(node, disk)}.new`, mountPoint(node, disk)])
    rmSync(path, { recursive: true, force: true });
}

/** Whether this machine can mount a file as a disk. */
async function canMount(): Promise<boolean> {
  const hasXfs = () => /\txfs$/m.test(readFileSync("/proc/filesystems", "utf8"));
  if (!hasXfs()) await onMachine(undefined, ["modprobe", "xfs"]).catch(() => "");
  return existsSync("/dev/loop-control") && hasXfs();
}

async function unmountDisk(machine: Inside, disk: string): Promise<void> {
  if (await isMounted(machine, disk)) await onMachine(machine, ["umount", diskPath(disk)]);
}

function isMounted(machine: Inside, disk: string): Promise<boolean> {
  return onMachine(machine, ["mountpoint", "--quiet", diskPath(disk)]).then(
    () => true,
    () => false,
  );
}

/** The loop devices of a disk's file. */
async function devicesOf(machine: Inside, disk: string): Promise<string[]> {
  const listed = await onMachine(machine, [
    "losetup",
    "--noheadings",
    "--output=NAME",
    "--associated",
    inNodeImage(disk),
  ]);
  return listed.split("\n").filter(Boolean);
}
