import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clusterState, logs } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { serviceGroup, serviceProcesses, services } from "./cgroups";
import { isSupervisorLine, longestPause, supervised, supervisorAmong } from "./supervisor";

/**
 * A long-running process that outlives the command that starts it. A small shell of its own looks after it and starts it
 * again when it ends. No file remembers either of them: the control group has what runs, also after a reboot.
 */
export interface Service {
  /** Its name: that of its control group and of its log. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** The process whose namespaces it runs in. @default this machine's own */
  readonly inside?: Inside;
  readonly environment?: Readonly<Record<string, string>>;
  /** Name of the program that the command becomes. @default that of the command's first word */
  readonly program?: string;
  /** Files whose content decides how it behaves: it is started anew when one of them has changed. */
  readonly files?: readonly string[];
  /** Whether it is started again when it ends. @default true */
  readonly restarts?: boolean;
}

/** Namespaces to enter. */
export interface Inside {
  readonly pid: number;
  readonly namespaces: readonly ("mount" | "net" | "uts")[];
}

/** The variable that marks a process with what it was started from. */
const mark = "SWITCHBOARD_SERVICE";
/** The variable that tells whose process it is: a machine has one set of local nodes at a time. */
const owner = "SWITCHBOARD_CLUSTER";
const mostLogBytes = 20 * 1024 * 1024;

/** Path of a service's log. */
export function serviceLog(name: string): string {
  return join(logs, `${name}.log`);
}

/** The command line that runs `command` in other namespaces. */
export function enter(inside: Inside | undefined, command: readonly string[]): [string, ...string[]] {
  if (!inside) return [...command] as [string, ...string[]];
  const flags = inside.namespaces.map((namespace) => `--${namespace}`);
  return ["nsenter", `--target=${inside.pid}`, ...flags, "--", ...command];
}

/**
 * Starts a service unless it already runs as described; one that runs with other settings is ended first.
 * @returns its process id, and whether it was started by this call
 */
export async function startService(service: Service): Promise<{ pid: number; started: boolean }> {
  const { name } = service;
  const command = service.restarts === false ? service.command : supervised(name, service.command);
  const print = fingerprint(service, command);
  const running = runningService(name);
  const isKept = service.restarts === false || supervisorOf(name) !== undefined;
  if (running?.print === print && isKept) return { pid: running.pid, started: false };
  await endService(name, 10_000);

  mkdirSync(logs, { recursive: true });
  const log = serviceLog(name);
  // One older log is kept, so that the reason of a crash survives the restart.
  if (existsSync(log) && statSync(log).size > mostLogBytes) renameSync(log, `${log}.1`);
  const file = openSync(log, "a", 0o600);
  // The shell joins the group before it becomes the service, so that no process is ever outside it.
  const join = 'echo $$ > "$1" && shift && exec "$@"';
  // The supervisor enters the namespaces too, so that it needs nobody to start the service there again.
  const child = spawn("sh", ["-c", join, "sh", serviceGroup(name), ...enter(service.inside, command)], {
    detached: true,
    cwd: "/",
    stdio: ["ignore", file, file],
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: homedir(),
      ...service.environment,
      [owner]: clusterState,
      [mark]: `${print} ${programOf(service)}`,
    },
  });
  closeSync(file);
  child.unref();
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  const end = Date.now() + 60_000;
  for (;;) {
    const found = runningService(name);
    if (found?.print === print) return { pid: found.pid, started: true };
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
      await endService(name, 2_000);
      throw new UserError(`${name} could not be started: ${lastLines(log)}`, "read its log, then run again", log);
    }
    await sleep(10);
  }
}

/** Ends a service for good: what would start it again goes first. SIGTERM, then SIGKILL after `patience` milliseconds. */
export async function endService(name: string, patience: number): Promise<void> {
  const supervisor = supervisorOf(name);
  const end = Date.now() + patience;
  // It hands the signal on and waits for the service.
  if (supervisor !== undefined) await endProcess(supervisor, "SIGTERM", patience);
  const left = runningService(name);
  if (left) await endProcess(left.pid, "SIGTERM", supervisor === undefined ? patience : Math.max(0, end - Date.now()));
}

function supervisorOf(name: string): number | undefined {
  return supervisorAmong(serviceProcesses(name));
}

/** The process of a service, if it runs, and the fingerprint it was started with. */
export function runningService(name: string): { pid: number; print: string } | undefined {
  for (const pid of serviceProcesses(name)) {
    const [print, program] = (environmentOf(pid)[mark] ?? "").split(" ");
    // Children of a service (containers' shims, helpers) share its group and its variables, but are other programs.
    if (print && program === programAt(pid) && isAlive(pid)) return { pid, print };
  }
  return undefined;
}

/**
 * @throws UserError when the local nodes that run on this machine keep their data elsewhere: two sets would take each
 * other's names and networks
 */
export function refuseForeignNodes(): void {
  const folders = services()
    .flatMap(serviceProcesses)
    .map((pid) => environmentOf(pid)[owner]);
  const other = folders.find((folder) => folder !== undefined && folder !== clusterState);
  if (other === undefined) return;
  throw new UserError(
    `local nodes with other data (${other}) run on this machine`,
    `stop them first: SWITCHBOARD_STATE=${dirname(other)} npm run down`,
  );
}

/**
 * Waits until `ready` answers true.
 * @throws UserError when a service ends or the time is over, with the end of its log
 */
export async function waitForService(
  name: string,
  what: string,
  ready: () => Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await ready()) return;
    if (!runningService(name)) throw await givenUp(name, what);
    if (Date.now() > end) {
      const log = serviceLog(name);
      throw new UserError(
        `${what} took longer than ${seconds} s: ${lastLines(log)}`,
        "read its log, then run again",
        log,
      );
    }
    await sleep(150);
  }
}

/**
 * @throws UserError when one of the services does not run: what ended once is given the time to come back
 */
export async function demandRunning(names: readonly string[], before: string): Promise<void> {
  const missing = () => names.filter((name) => !runningService(name));
  if (missing().length === 0) return;
  await sleep(longestPause + 1000);
  const [name] = missing();
  if (name !== undefined) throw await givenUp(name, before);
}

/** Ends the loop that would start a service for ever without anybody's knowledge. Returns what to tell. */
async function givenUp(name: string, before: string): Promise<UserError> {
  await endService(name, 2_000);
  const log = serviceLog(name);
  return new UserError(`${name} ended before ${before}: ${lastLines(log)}`, "read its log, then run it again", log);
}

/** Ends a process: the signal, then SIGKILL after `patience` milliseconds. Returns when it is gone. */
export async function endProcess(pid: number, signal: NodeJS.Signals, patience: number): Promise<void> {
  const end = Date.now() + patience;
  send(pid, signal);
  while (isAlive(pid)) {
    if (Date.now() > end) send(pid, "SIGKILL");
    await sleep(30);
  }
}

/** Whether the process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

function fingerprint(service: Service, command: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify([command, service.inside, service.environment]));
  for (const file of service.files ?? []) {
    // Programs are large: their time and size say enough.
    const { mtimeMs, size } = statSync(file);
    hash.update(size > 1024 * 1024 ? `${file} ${mtimeMs} ${size}` : readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

function environmentOf(pid: number): Record<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return Object.fromEntries(pairs.map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]));
  } catch {
    return {};
  }
}

function programOf(service: Service): string {
  return service.program ?? basename(service.command[0]);
}

function programAt(pid: number): string | undefined {
  try {
    return basename(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]!);
  } catch {
    return undefined;
  }
}

/** The last lines of a log that say something, on one line. That the supervisor tries again explains nothing. */
export function lastLines(log: string, lines = 2): string {
  if (!existsSync(log)) return "(no log)";
  const text = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !isSupervisorLine(line));
  return text.slice(-lines).join(" | ").slice(-600) || `(${basename(log)} is empty)`;
}
