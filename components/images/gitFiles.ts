import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * What git knows of a folder or would take in: each path below it, with its mode (`100755`) where it is tracked. Undefined
 * where git is not there, the folder is in no working tree, or it is ignored as a whole (a copy below a build folder).
 */
export function gitFiles(folder: string): Map<string, string | undefined> | undefined {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--stage"];
  try {
    // Starting git costs more than all else that is asked of the settings.
    if (!isBelowRepository(realpathSync(folder))) return undefined;
    const text = execFileSync("git", ["-C", folder, "-c", "core.fsmonitor=false", ...list], {
      encoding: "utf8",
      // Git sets these for its hooks, and they mean the repository that the hook belongs to.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 2 ** 28,
    });
    const lines = text.split("\0").filter((line) => line !== "");
    return lines.length === 0 ? undefined : new Map(lines.map(entryOf));
  } catch {
    return undefined;
  }
}

/** Whether git would find the folder or one above it to be a working tree. */
function isBelowRepository(folder: string): boolean {
  return existsSync(join(folder, ".git")) || (dirname(folder) !== folder && isBelowRepository(dirname(folder)));
}

/** `100644 <hash> 0<tab>path` of what is tracked, the path alone of what is not. */
function entryOf(line: string): [path: string, mode: string | undefined] {
  const [, mode, path] = /^(\d{6}) [0-9a-f]{40,64} \d\t(.*)$/s.exec(line) ?? [];
  return [path ?? line, mode];
}
