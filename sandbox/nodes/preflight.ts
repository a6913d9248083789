import { existsSync, readFileSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { LocalPorts } from "../../engine/stack/localNodes";
import { cache } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { hierarchies, neededControllers } from "./cgroups";
import { loadBalancerService } from "./loadBalancerService";
import { ensurePackages, missingPackages } from "./packages";
import { portHolder } from "./ports";
import { runningService } from "./service";

/** What is known of a machine, before anything is started on it. */
export interface Machine {
  readonly platform: string;
  readonly userId: number;
  /** Of Node.js, for example `20.19.0`. */
  readonly nodeVersion: string;
  /** Bytes that can still be written below the cache. */
  readonly freeDisk: number;
  /** Bytes that new processes can have. */
  readonly freeMemory: number;
  /** Undefined when no control groups are mounted. */
  readonly controllers?: readonly string[];
  /** Ports that the nodes want and others hold. */
  readonly takenPorts: readonly { readonly port: number; readonly setting: string; readonly holder: string }[];
  readonly missingPackages: readonly string[];
  readonly hasApt: boolean;
}

/** Something that keeps the nodes from starting, and what to do about it. */
export interface Verdict {
  readonly what: string;
  readonly todo: string;
}

const gibibyte = 1024 ** 3;
/** The tools (0.8 GiB), Go's build cache (4 GiB), images and data of a small system. */
const leastDisk = 10 * gibibyte;
/** Control plane and node use 1 GiB, the dev stack about 1 GiB, a build of the tools 2 GiB. */
const leastMemory = 4 * gibibyte;
const leastNode = "20.19.0";

/** Every reason why the nodes cannot run on this machine; none when they can. */
export function verdicts(machine: Machine): Verdict[] {
  const found: Verdict[] = [];
  const say = (what: string, todo: string) => found.push({ what, todo });
  const elsewhere = "or name a cluster of yours: set cluster.context in the stack's settings";
  if (machine.platform !== "linux") {
    // Nothing below means anything there.
    return [
      {
        what: `the local nodes need Linux, and this is ${machine.platform}`,
        todo: `use a Linux machine, ${elsewhere}`,
      },
    ];
  }
  if (machine.userId !== 0) {
    say(`the local nodes need root, and this is user ${machine.userId}`, `run it with sudo -E, ${elsewhere}`);
  }
  if (isOlder(machine.nodeVersion, leastNode)) {
    say(`Node.js ${machine.nodeVersion} is too old`, `install Node.js ${leastNode} or newer`);
  }
  if (machine.freeDisk < leastDisk) {
    say(
      `${cache} has ${inGib(machine.freeDisk)} free, and ${inGib(leastDisk)} are needed`,
      "free some space, or set SWITCHBOARD_CACHE to a folder on a larger disk",
    );
  }
  if (machine.freeMemory < leastMemory) {
    say(
      `${inGib(machine.freeMemory)} of memory are available, and ${inGib(leastMemory)} are needed`,
      "end other programs, or use a larger machine",
    );
  }
  const missing = neededControllers.filter((name) => !machine.controllers?.includes(name));
  if (missing.length > 0) {
    say(
      machine.controllers
        ? `these control groups are not available under /sys/fs/cgroup: ${missing.join(", ")}`
        : "no control groups are mounted at /sys/fs/cgroup",
      "mount them (in a container: run it privileged, with --cgroupns=host), or use another machine",
    );
  }
  for (const { port, setting, holder } of machine.takenPorts) {
    say(
      `port ${port} of 127.0.0.1 is taken by ${holder}`,
      `end that process, or choose another port: ${setting} in the stack's settings`,
    );
  }
  if (machine.missingPackages.length > 0 && !machine.hasApt) {
    say(
      `these programs are missing, and this system has no apt-get to install them: ${machine.missingPackages.join(", ")}`,
      "install what these Debian packages hold, or use Debian 12 or later",
    );
  }
  return found;
}

/**
 * Looks at this machine, and installs the Debian packages that are missing.
 * @throws UserError with every reason at once
 */
export async function checkMachine(options: {
  readonly ports: LocalPorts;
  readonly report: (line: string) => void;
}): Promise<void> {
  const found = machineProblems(options.ports);
  if (found.length > 0) {
    const [first, ...rest] = found;
    if (rest.length === 0) throw new UserError(first!.what, first!.todo);
    throw new UserError(
      [
        "the local nodes cannot run on this machine:",
        ...found.map(({ what }, index) => `  ${index + 1}. ${what}`),
      ].join("\n"),
      found.map(({ todo }, index) => `${index + 1}. ${todo}`).join("\n              "),
    );
  }
  await ensurePackages(options.report);
}

/** Every reason why the nodes cannot run on this machine as it is now; changes nothing. */
export function machineProblems(ports: LocalPorts): Verdict[] {
  return verdicts(probe(ports));
}

function probe(ports: LocalPorts): Machine {
  const linux = process.platform === "linux";
  const ours = linux && process.getuid?.() === 0 ? runningService(loadBalancerService)?.pid : undefined;
  const wanted = [
    { port: ports.https, setting: "edge.httpsPort" },
    { port: ports.http, setting: "edge.httpPort" },
  ];
  return {
    platform: process.platform,
    userId: process.getuid?.() ?? 0,
    nodeVersion: process.versions.node,
    freeDisk: freeDisk(cache),
    freeMemory: linux ? availableMemory(readFileSync("/proc/meminfo", "utf8")) : 0,
    controllers: linux ? hierarchies()?.controllers : undefined,
    takenPorts: wanted.flatMap(({ port, setting }) => {
      const holder = linux ? portHolder(port) : undefined;
      return holder && holder.pid !== ours ? [{ port, setting, holder: holder.description }] : [];
    }),
    missingPackages: linux ? missingPackages() : [],
    hasApt: existsSync("/usr/bin/apt-get"),
  };
}

/** `MemAvailable` of /proc/meminfo in bytes. */
export function availableMemory(meminfo: string): number {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
}

function freeDisk(folder: string): number {
  const existing = existsSync(folder) ? folder : dirname(folder);
  if (!existsSync(existing)) return freeDisk(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

function isOlder(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  const at = a!.findIndex((part, index) => part !== b![index]);
  return at >= 0 && a![at]! < b![at]!;
}

function inGib(bytes: number): string {
  return `${(bytes / gibibyte).toFixed(1)} GiB`;
}
