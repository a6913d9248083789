import { createHash } from "node:crypto";
import { type Sources, sourceFiles } from "./sourceFiles";

/**
 * The tag of an image that is built from a folder of this repository: `src-` and twelve hex digits of a digest over
 * what it is built from (`sourceFiles`): names, kinds and contents, and the Dockerfile. The same sources give the same
 * tag on every machine, so the program can name the image before it is built, and a changed source rolls the pods that
 * run it. The builder gets these files and no others.
 *
 * @throws when the folder cannot be read
 */
export function sourceTag(folder: string): string {
  return tagOfSources(sourceFiles(folder));
}

/** The tag of sources that were read already. */
export function tagOfSources({ files, dockerfile }: Sources): string {
  const hash = createHash("sha256");
  hash.update(`${digest(dockerfile ?? Buffer.alloc(0))} Dockerfile\n`);
  for (const { path, kind, content } of files) hash.update(`${digest(content)} ${kind} ${path}\n`);
  return `src-${hash.digest("hex").slice(0, 12)}`;
}

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
