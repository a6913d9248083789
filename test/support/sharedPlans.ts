import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Plan, planWith } from "../../engine/record/plan";
import { isAlive } from "../../lib/alive";
import { plan } from "./plan";
import type { Stack } from "./stacks";
import { plansVariable } from "./unit";

type PlannedStack = Pick<Stack, "stack" | "config" | "secretKeys">;

/**
 * What the program registers for a stack. Many files of tests look at the same stacks: in a run of the suite the first
 * one runs the program, and the others read what it has kept. A file that is run alone runs the program itself.
 *
 * @param preview what a preview sees, where generated values are unknown; else what an update sees
 */
export async function planOf({ stack, config, secretKeys }: PlannedStack, preview = true): Promise<Plan> {
  const folder = process.env[plansVariable];
  const make = () => plan(config, { stack, secretKeys, preview });
  if (folder === undefined) return make();
  const key = createHash("sha256")
    .update(JSON.stringify([stack, config, secretKeys, preview]))
    .digest("hex");
  const file = join(folder, `${key}.json`);
  const lock = join(folder, `${key}.lock`);
  while (!existsSync(file)) {
    if (taken(lock)) {
      await sleep(50);
      continue;
    }
    try {
      const made = await make();
      writeFileSync(`${file}.${process.pid}`, JSON.stringify(made));
      renameSync(`${file}.${process.pid}`, file);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return planWith(JSON.parse(readFileSync(file, "utf8")));
}

/** Takes a lock, or says that a process which is alive has it. */
function taken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return false;
  } catch {
    // It may be written, or gone again, at this moment.
    const holder = Number(existsSync(lock) ? readFileSync(lock, "utf8") || process.pid : process.pid);
    if (!isAlive(holder)) rmSync(lock, { force: true });
    return true;
  }
}
