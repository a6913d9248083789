import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "./alive";

/**
 * Removes what runs that were killed have left in a folder: what begins with a prefix and ends with a dot and the id of a
 * process that is gone.
 */
export function removeAbandoned(folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = (name.startsWith(prefix) && /\.(\d+)$/.exec(name)) || [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
