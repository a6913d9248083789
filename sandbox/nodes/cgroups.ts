import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Every process of the local nodes lives in a control group below `switchboard`, one group per service. The kernel
 * then knows which processes are ours, also those that ours started and those that a killed run left behind.
 */
const root = "switchboard";
const mountPoint = "/sys/fs/cgroup";

/** The controllers that a node's kubelet needs. */
export const neededControllers = ["cpu", "cpuset", "memory", "pids"] as const;

/** The hierarchies of this machine: one (cgroup v2) or one per controller (v1), and the one that tracks processes. */
export interface Hierarchies {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  readonly folders: readonly string[];
  readonly tracking: string;
}

/** What is mounted at /sys/fs/cgroup, or undefined when nothing usable is. */
export function hierarchies(base = mountPoint): Hierarchies | undefined {
  const unified = join(base, "cgroup.controllers");
  if (existsSync(unified)) {
    return { version: 2, controllers: words(unified), folders: [base], tracking: base };
  }
  if (!existsSync(base)) return undefined;
  const names = readdirSync(base).filter((name) => existsSync(join(base, name, "cgroup.procs")));
  // The v2 hierarchy beside v1 has no controllers and can still track.
  const tracking = ["unified", "pids", "systemd", "memory"].find((name) => names.includes(name));
  if (!tracking) return undefined;
  return {
    version: 1,
    controllers: names.filter((name) => name !== "systemd" && name !== "unified"),
    folders: names.filter((name) => name !== "unified").map((name) => join(base, name)),
    tracking: join(base, tracking),
  };
}

function required(): Hierarchies {
  const found = hierarchies();
  if (!found) throw new Error(`${mountPoint} has no control groups`);
  return found;
}

/** The `cgroup.procs` file of a service's group, made if need be: a process that writes its id there joins. */
export function serviceGroup(service: string): string {
  const folder = join(required().tracking, root, "services", service);
  mkdirSync(folder, { recursive: true });
  return join(folder, "cgroup.procs");
}

/** The processes in a service's group. */
export function serviceProcesses(service: string): number[] {
  return processesIn(join(required().tracking, root, "services", service));
}

/** The names of the services that have a group, alive or not. */
export function services(): string[] {
  const folder = join(required().tracking, root, "services");
  return existsSync(folder) ? subfolders(folder) : [];
}

/** Makes the group that a node's kubelet puts its pods below, in every hierarchy. Returns its path as kubelet wants it. */
export function nodeGroup(node: string): string {
  const path = join(root, "pods", node);
  const { folders, version } = required();
  for (const folder of folders) {
    let current = folder;
    for (const part of path.split("/")) {
      const parent = current;
      current = join(current, part);
      mkdirSync(current, { recursive: true });
      if (version === 2) delegate(parent);
      // A new v1 cpuset is empty, and a process cannot join an empty one.
      else inherit(parent, current, ["cpuset.cpus", "cpuset.mems"]);
    }
  }
  return `/${path}`;
}

/** Every process of ours. */
export function allProcesses(): number[] {
  const found = hierarchies();
  if (!found) return [];
  const trees = [...found.folders, found.tracking].map((folder) => join(folder, root));
  return [...new Set(trees.flatMap((tree) => treeOf(tree).flatMap(processesIn)))];
}

/** Removes our groups in every hierarchy, or those of one node's pods. A group that still holds a process stays. */
export function removeGroups(node?: string): void {
  const found = hierarchies();
  if (!found) return;
  for (const folder of [...new Set([...found.folders, found.tracking])]) {
    for (const group of treeOf(node ? join(folder, root, "pods", node) : join(folder, root)).reverse()) {
      try {
        rmdirSync(group);
      } catch {
        // EBUSY: the kernel has not yet buried the last process; the caller looks at what is left.
      }
    }
  }
}

/** Our groups that still exist. */
export function remainingGroups(): string[] {
  const found = hierarchies();
  if (!found) return [];
  return [...new Set([...found.folders, found.tracking])].flatMap((folder) => treeOf(join(folder, root)));
}

/** A group and all below it, parents first. */
function treeOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return [folder, ...subfolders(folder).flatMap((name) => treeOf(join(folder, name)))];
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function processesIn(folder: string): number[] {
  try {
    return words(join(folder, "cgroup.procs")).map(Number);
  } catch {
    return [];
  }
}

function delegate(folder: string): void {
  for (const controller of words(join(folder, "cgroup.controllers"))) {
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), `+${controller}`);
    } catch {
      // A controller that cannot be handed down is reported by kubelet by name if it needs it.
    }
  }
}

function inherit(parent: string, child: string, files: readonly string[]): void {
  for (const file of files) {
    const [from, to] = [join(parent, file), join(child, file)];
    if (existsSync(to) && readFileSync(to, "utf8").trim() === "") writeFileSync(to, readFileSync(from, "utf8").trim());
  }
}

function words(file: string): string[] {
  return readFileSync(file, "utf8").split(/\s+/).filter(Boolean);
}
