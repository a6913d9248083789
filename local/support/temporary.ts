import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that only this user can read and that is gone when this process is, also after Ctrl-C. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `switchboard-${name}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
