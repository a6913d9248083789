import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sourceFiles } from "../../components/images/sourceFiles";
import { tagOfSources } from "../../components/images/sourceTag";

/** A folder's sources as a builder gets them. */
export interface BuildContext {
  readonly dockerfile: string;
  readonly folder: string;
  /** The tag of exactly these files. */
  readonly tag: string;
}

/**
 * Writes what an image is built from to a folder of its own: the files that its tag is made of, with the same content and
 * modes everywhere, and nothing else. So an image holds what was hashed, whatever lies beside the sources.
 *
 * @param into is made anew
 */
export function buildContext(source: string, into: string): BuildContext {
  const sources = sourceFiles(source);
  const folder = join(into, "context");
  rmSync(into, { recursive: true, force: true });
  makeFolder(folder);
  for (const { path, kind, content } of sources.files) {
    const file = join(folder, path);
    makeFolder(dirname(file));
    if (kind === "link") symlinkSync(content.toString("utf8"), file);
    else {
      writeFileSync(file, content);
      // Not by `mode`, which the umask cuts down.
      chmodSync(file, kind === "program" ? 0o755 : 0o644);
    }
  }
  const dockerfile = join(into, "Dockerfile");
  writeFileSync(dockerfile, sources.dockerfile ?? "");
  return { dockerfile, folder, tag: tagOfSources(sources) };

  function makeFolder(path: string): void {
    const first = mkdirSync(path, { recursive: true });
    for (let ancestor = path; first !== undefined && ancestor.length >= first.length; ancestor = dirname(ancestor))
      chmodSync(ancestor, 0o755);
  }
}
