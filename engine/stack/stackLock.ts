import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../../lib/steps";
import { UserError } from "../../lib/userError";
import { locksIn } from "./pulumiEvents";
import { isOrphan, isPulumi } from "./pulumiProcess";

/** Seconds that a Pulumi which lost its `npm run up` may take to end in order: it waits for what it has begun. */
const orphanPatience = 60;

/**
 * Sees to it that no living process holds one of the locks that the CLI complained of.
 * @returns whether it complained of any: they can be taken away now
 * @throws UserError when somebody else's Pulumi is at work
 */
export async function locksAreStale(complaint: string, stack: string, report: Report): Promise<boolean> {
  const locks = locksIn(complaint);
  for (const { host, pid, since } of locks) {
    if (host === hostname() && (await endsByItself(pid, report))) continue;
    throw new UserError(
      `another Pulumi changes the stack ${stack}: process ${pid} on ${host}, since ${since}`,
      "wait until it has ended, then run this again",
    );
  }
  return locks.length > 0;
}

/**
 * Whether the process that holds the lock is gone, or is what a killed run left behind: that one is asked to end in
 * order and waited for. Another person's Pulumi is left alone.
 */
async function endsByItself(pid: number, report: Report): Promise<boolean> {
  if (isOrphan(pid)) {
    report(`ending what a killed run has left: process ${pid}`);
    process.kill(pid, "SIGINT");
    for (let left = orphanPatience * 10; left > 0 && isPulumi(pid); left--) await sleep(100);
  }
  return !isPulumi(pid);
}
