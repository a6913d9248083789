import { spawn } from "node:child_process";
import { accessSync, constants, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { logs } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { lastLines } from "./service";
import { removeStalePolicy, ServicePolicy } from "./servicePolicy";

/** A Debian package, and a file that shows that it (or something as good) is there. */
const packages: Readonly<Record<string, string>> = {
  "etcd-server": "etcd",
  containerd: "containerd",
  runc: "runc",
  "containernetworking-plugins": "/usr/lib/cni/ptp",
  iptables: "iptables",
  iproute2: "ip",
  conntrack: "conntrack",
  openssl: "openssl",
  busybox: "busybox",
  // Their disks: loop devices and the file systems on them.
  mount: "losetup",
  xfsprogs: "mkfs.xfs",
  "util-linux": "nsenter",
  // For images, where no registry answers.
  buildah: "buildah",
  debootstrap: "debootstrap",
};

const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The packages whose programs this machine lacks. */
export function missingPackages(): string[] {
  return Object.entries(packages)
    .filter(
      ([, file]) => !(file.startsWith("/") ? [file] : folders.map((folder) => join(folder, file))).some(isProgram),
    )
    .map(([name]) => name);
}

/**
 * Installs what is missing with apt-get, without starting any service of the packages (containerd and etcd would).
 * @throws UserError when apt-get fails
 */
export async function ensurePackages(report: (line: string) => void): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return removeStalePolicy();
  await installPackages(missing, report);
  const still = missingPackages();
  if (still.length > 0) {
    throw new UserError(
      `apt-get has installed ${still.join(", ")}, but their programs are not there`,
      "look at the log",
      log(),
    );
  }
}

/**
 * Installs Debian packages with apt-get as root, without starting any of their services.
 * @throws UserError when apt-get fails
 */
export async function installPackages(names: readonly string[], report: (line: string) => void): Promise<void> {
  removeStalePolicy();
  report(`installing Debian packages: ${names.join(", ")}`);
  const policy = new ServicePolicy();
  try {
    await apt(["update"], policy).catch(() => {
      // A list that cannot be refreshed may still do; the installation says what it misses.
    });
    await apt(["install", "--yes", "--no-install-recommends", ...names], policy);
  } finally {
    policy.lift();
  }
}

function apt(command: readonly string[], policy: ServicePolicy): Promise<void> {
  mkdirSync(logs, { recursive: true });
  const file = openSync(log(), "a");
  const child = spawn("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...command], {
    stdio: ["ignore", file, file],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  policy.include(child.pid);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      const what = `apt-get ${command.join(" ")} failed: ${lastLines(log())}`;
      reject(new UserError(what, "look at the log, repair the package system, then run it again", log()));
    });
  });
}

function log(): string {
  return join(logs, "apt.log");
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
