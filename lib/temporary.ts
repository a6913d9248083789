import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];

/** A folder that only this user can read and that is gone when this process is, also after Ctrl-C. */
export function temporaryFolder(name: string): string {
  if (folders.length === 0) process.once("exit", takeAway);
  const folder = mkdtempSync(join(tmpdir(), `switchboard-${name}-`));
  folders.push(folder);
  return folder;
}

function takeAway(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
