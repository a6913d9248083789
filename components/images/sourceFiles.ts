import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { gitFiles } from "./gitFiles";
import { ignorePatterns } from "./ignorePatterns";

/** One file that an image is built from, as it is on every machine. */
export interface SourceFile {
  /** Path below the folder, with `/`. */
  readonly path: string;
  /** The content, with the line ends of Unix where it is text; a link's target. */
  readonly content: Buffer;
  readonly kind: "file" | "program" | "link";
}

/** What a folder's image is built from. */
export interface Sources {
  /** What the Dockerfile sees as its context, in the order of the paths. */
  readonly files: readonly SourceFile[];
  /** The Dockerfile itself, which is no part of the context unless the ignore file lets it in. */
  readonly dockerfile?: Buffer;
}

/** What editors, file managers and people leave beside sources: never a part of them, whatever lets them in. */
const noise = new RegExp(
  `^(${[
    String.raw`\.git|\.hg|\.svn`,
    // macOS, Windows, Linux desktops, network file systems
    String.raw`\.DS_Store|\._.*|\.AppleDouble|\.Spotlight-V100|\.Trashes|\.fseventsd|__MACOSX`,
    String.raw`Thumbs\.db|ehthumbs\.db|desktop\.ini|.*:Zone\.Identifier`,
    String.raw`\.directory|\.Trash-.*|\.nfs.*|\.fuse_hidden.*`,
    // Vim, Emacs, others
    String.raw`\..*\.sw[a-p]|\..*\.un~|.*~|\.#.*|#.*#|\.idea|\.vscode`,
    // logins and passwords
    String.raw`\.env|\.env[.-].*|\.envrc`,
  ].join("|")})$`,
  "i",
);

/**
 * The files that the image of a folder is built from, the same on every machine: what git knows of or would take in
 * (tracked or new, not ignored), where the folder is in a working tree, else all of it; of that what the ignore file lets
 * in; never what editors and file managers leave, nor `.env`. Text has Unix line ends and a file is a program or not,
 * whatever a checkout has made of it. Empty folders are none, as in git.
 *
 * @throws when the folder cannot be read
 */
export function sourceFiles(folder: string): Sources {
  const ignored = ignorePatterns(ignoreFile(folder));
  const tracked = gitFiles(folder);
  const paths = tracked ? [...tracked.keys()].flatMap((path) => expand(folder, path)) : filesBelow(folder, "");
  const files = [...new Set(paths)]
    .filter((path) => !path.split("/").some((part) => noise.test(part)) && !ignored(path))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap((path) => fileAt(folder, path, tracked?.get(path)) ?? []);
  return { files, dockerfile: read(join(folder, "Dockerfile")) };
}

/** BuildKit prefers the one that bears the Dockerfile's name. */
function ignoreFile(folder: string): string {
  return (read(join(folder, "Dockerfile.dockerignore")) ?? read(join(folder, ".dockerignore")))?.toString("utf8") ?? "";
}

function read(path: string): Buffer | undefined {
  try {
    return unixLines(readFileSync(path));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** A path of git's list: a folder with a repository of its own is listed as one entry. */
function expand(folder: string, path: string): string[] {
  const plain = path.replace(/\/$/, "");
  try {
    return lstatSync(join(folder, plain)).isDirectory() ? filesBelow(folder, plain) : [plain];
  } catch {
    // Deleted, and git was not told yet.
    return [];
  }
}

function filesBelow(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => !noise.test(name))
    .flatMap((entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return filesBelow(folder, path);
      return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
    });
}

/** @param mode what git has of it; it counts before the file's own, which Windows and mounted disks make up */
function fileAt(folder: string, path: string, mode: string | undefined): SourceFile | undefined {
  const full = join(folder, path);
  const found = lstatSync(full);
  if (found.isSymbolicLink())
    return { path, kind: "link", content: Buffer.from(readlinkSync(full).replaceAll("\\", "/")) };
  if (!found.isFile()) return undefined;
  const isProgram = mode === undefined ? (found.mode & 0o100) !== 0 : mode === "100755";
  const content = readFileSync(full);
  // Where the file system has no links a checkout writes a file with the target.
  if (mode === "120000") return { path, kind: "link", content };
  return { path, kind: isProgram ? "program" : "file", content: unixLines(content) };
}

/** Text is what has no zero byte at its start, as for git; with `core.autocrlf` a checkout on Windows has `\r\n`. */
function unixLines(content: Buffer): Buffer {
  if (!content.includes("\r\n") || content.subarray(0, 8000).includes(0)) return content;
  return Buffer.from(content.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}
