import { Problem, show } from "../../schema/fields";

/** Longest path in a container; none that people write comes near. */
const longestPath = 200;

/** Folders of the container and of the platform itself, each with what to do instead. */
const taken: Readonly<Record<string, string>> = {
  "/tmp": "is writable in every container; its size is `resources.tmpSize`",
  "/proc": "is the kernel's; use another path",
  "/sys": "is the kernel's; use another path",
  "/dev": "is the kernel's; use another path",
  "/run/tls": "holds the authorities of the stores; use another path",
  "/run/secrets": "is the platform's; use another path",
  "/var/run/secrets": "is the platform's; use another path",
  "/etc/hosts": "is written by Kubernetes; use another path",
  "/etc/hostname": "is written by Kubernetes; use another path",
  "/etc/resolv.conf": "is written by Kubernetes; use another path",
};

/** Whether a path is another one or stands below it. */
export function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/**
 * Checks a path at which something is seen in a container.
 * @param what `file`: nothing can be below it
 * @throws Problem
 */
export function checkMountPath(path: string, what: "file" | "folder"): void {
  const todo = `write an absolute path, e.g. "${what === "file" ? "/etc/app/app.yaml" : "/srv/uploads"}"`;
  if (!path.startsWith("/")) throw new Problem(`${show(path)} does not start with "/"; ${todo}`);
  if (path === "/") throw new Problem(`"/" is the whole container; ${todo}`);
  if (path.endsWith("/")) throw new Problem(`${show(path)} ends with "/"; write ${show(path.replace(/\/+$/, ""))}`);
  if (!/^(\/[A-Za-z0-9._@+-]+)+$/.test(path) || /\/\.\.?(\/|$)/.test(path))
    throw new Problem(`${show(path)} is not a plain path (letters, digits, ".", "_", "-", "@", "+"); ${todo}`);
  if (path.length > longestPath)
    throw new Problem(`${show(path)} has ${path.length} characters; use at most ${longestPath}`);
  const folder = Object.keys(taken).find((one) => isAtOrBelow(path, one));
  if (folder !== undefined) throw new Problem(`${show(folder)} ${taken[folder]}`);
  const below = what === "file" ? Object.keys(taken).find((one) => isAtOrBelow(one, path)) : undefined;
  if (below !== undefined) throw new Problem(`${show(path)} is a folder of the platform (${below}); use another path`);
}
