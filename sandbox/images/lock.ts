import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../lib/userError";

/**
 * Runs `work` while no other process of this machine does the same, told apart by a lock file. The lock of a process
 * that was killed counts for nothing.
 *
 * @throws UserError when another process holds the lock
 */
export async function withLock<T>(file: string, purpose: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  take(file, purpose);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string, purpose: string): void {
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, mine, { flag: "wx" });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [pid = "", start] = readFileSync(file, "utf8").split(" ");
    if (start !== undefined && start === startOf(Number(pid))) {
      throw new UserError(
        `process ${pid} is already at it: ${purpose}`,
        "wait until it has ended, then run this again",
      );
    }
    rmSync(file, { force: true });
  }
  throw new UserError(`two processes want the same at once: ${purpose}`, "run this again");
}

/**
 * When a process started, in clock ticks since boot (field 22 of /proc/PID/stat), so that a number which the kernel
 * has given to another process since is not taken for the old one. Undefined when there is no such process, or only
 * its entry is left until its parent has read how it ended.
 */
function startOf(pid: number): string | undefined {
  try {
    // The second field is the program's name in parentheses and may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop()?.split(" ");
    return fields?.[0] === "Z" ? undefined : fields?.[19];
  } catch {
    return undefined;
  }
}
