import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../lib/paths";

/** Seconds before each new start of a service that ended; the last for all further ones. */
const pauses = [0, 1, 2, 4, 8] as const;
/** A service that lived for so many seconds begins with the first pause again. */
const steadySeconds = 60;
/** The longest time that a service which ended stays away before it is tried again, in milliseconds. */
export const longestPause = pauses[pauses.length - 1]! * 1000;

/** What the shell that supervises says it is, in its command line. */
const title = "switchboard-supervisor";
const shell = "sh";

/** The command that runs a service and starts it again whenever it ends, until it gets SIGTERM. */
export function supervised(name: string, command: readonly string[]): [string, ...string[]] {
  // As text and not as a file: a node's mounts may hide the folder that this repository is in.
  const script = readFileSync(join(repository, "sandbox/nodes/supervise.sh"), "utf8");
  return [shell, "-c", script, title, name, pauses.join(" "), String(steadySeconds), ...command];
}

/** Whether a line of a service's log is the supervisor's, and not the service's own. */
export function isSupervisorLine(line: string): boolean {
  return /^\S+Z supervisor: /.test(line);
}

/** The process, of those of one service, that supervises it. */
export function supervisorAmong(pids: readonly number[]): number | undefined {
  const shells = pids.filter((pid) => isSupervisor(pid));
  // For a moment the shell's children are shells with the same command line.
  return shells.find((pid) => !shells.includes(parentOf(pid)));
}

function isSupervisor(pid: number): boolean {
  const [program, flag, , zero] = read(`/proc/${pid}/cmdline`).split("\0");
  return program === shell && flag === "-c" && zero === title && !/^State:\s+[ZX]/m.test(read(`/proc/${pid}/status`));
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** The file's text, or nothing when the process is gone. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
