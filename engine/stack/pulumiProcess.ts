import { readFileSync } from "node:fs";

/** Whether a process of this machine is a Pulumi that still runs; one that has ended and was not collected is not. */
export function isPulumi(pid: number, proc = "/proc"): boolean {
  const status = statusOf(pid, proc);
  return status?.name.startsWith("pulumi") === true && status.state !== "Z";
}

/** Whether it is a Pulumi whose `npm run up` is gone: the kernel gives such a process to process 1. */
export function isOrphan(pid: number, proc = "/proc"): boolean {
  return isPulumi(pid, proc) && statusOf(pid, proc)?.parent === 1;
}

function statusOf(pid: number, proc: string): { name: string; state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`${proc}/${pid}/status`, "utf8");
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, "m").exec(text)?.[1] ?? "";
    return { name: field("Name"), state: field("State"), parent: Number(field("PPid")) };
  } catch {
    return undefined;
  }
}
