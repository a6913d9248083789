import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What one Node.js process cost. */
export interface Cost {
  /** User and system time of all its threads, in seconds. */
  readonly cpuSeconds: number;
  /** Peak resident set, in MB. */
  readonly peakMegabytes: number;
}

/**
 * Runs Node.js and asks it what it has used; `/usr/bin/time` is not needed.
 *
 * @param args options of Node.js, the script and its arguments
 * @throws when the process ends with another code than 0, with what it wrote
 */
export function measureProcess(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Cost> {
  const child = spawn(process.execPath, ["--require", join(__dirname, "usage.cjs"), ...args], {
    ...options,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let said = "";
  let usage = "";
  for (const [descriptor, stream] of child.stdio.entries()) {
    stream?.on("data", (chunk: Buffer) => {
      if (descriptor === 3) usage += String(chunk);
      else said += String(chunk);
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 && usage) resolve(JSON.parse(usage));
      else reject(new Error(`the process ended with ${code}: ${said}`));
    });
  });
}

/** Hundredths of a second: the unit of CPU time in `/proc` (`getconf CLK_TCK` is 100 on Linux). */
const tick = 0.01;

/**
 * Runs a native program and reads from `/proc`, every few milliseconds, what it has used.
 *
 * @throws when it ends with another code than 0, with what it wrote
 */
export function measureNative(file: string, args: readonly string[], options: { readonly cwd: string }): Promise<Cost> {
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += String(chunk)));
  let cost: Cost = { cpuSeconds: 0, peakMegabytes: 0 };
  const poll = setInterval(() => {
    try {
      const of = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, "utf8");
      // After the program's name, which ends with the last parenthesis; user and system time are the 12th and 13th.
      const [user, system] = of("stat")
        .replace(/^.*\) /s, "")
        .split(" ")
        .slice(11, 13)
        .map(Number);
      const peak = Number(/^VmHWM:\s+(\d+)/m.exec(of("status"))?.[1] ?? 0);
      cost = { cpuSeconds: (user! + system!) * tick, peakMegabytes: Math.max(peak / 1024, cost.peakMegabytes) };
    } catch {
      // It has ended between two looks.
    }
  }, 5);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(poll);
      if (code === 0) resolve(cost);
      else reject(new Error(`${file} ended with ${code}: ${said}`));
    });
  });
}

/** The cost in the middle, figure by figure. */
export function median<C extends Cost>(costs: readonly C[]): C {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return {
    ...costs[0]!,
    cpuSeconds: middle(costs.map(({ cpuSeconds }) => cpuSeconds)),
    peakMegabytes: middle(costs.map(({ peakMegabytes }) => peakMegabytes)),
  };
}
