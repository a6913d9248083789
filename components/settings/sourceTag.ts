import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders that hold what a build makes or a tool leaves; they do not change what an image contains. */
const notSource = new Set(["node_modules", "_build", "deps", ".git", "test"]);

/**
 * The tag of an image that is built from a folder of this repository: `src-` and twelve hex digits of a digest over
 * the names and contents of its files. The same sources give the same tag on every machine, so the program can name
 * the image before it is built, and a changed source rolls the pods that run it.
 *
 * @throws when the folder cannot be read
 */
export function sourceTag(folder: string): string {
  const hash = createHash("sha256");
  for (const file of listFiles(folder, "")) {
    const content = createHash("sha256")
      .update(readFileSync(join(folder, file)))
      .digest("hex");
    hash.update(`${content} ${file}\n`);
  }
  return `src-${hash.digest("hex").slice(0, 12)}`;
}

function listFiles(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter((entry) => !notSource.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name;
      return entry.isDirectory() ? listFiles(folder, path) : entry.isFile() ? [path] : [];
    });
}
