/** One entry of a tar archive. A name that ends in `/` is a folder and has no content. */
export interface TarEntry {
  /** Path inside the archive, without a leading slash, at most 255 bytes. */
  readonly name: string;
  readonly content?: Buffer;
  /** Permission bits. @default 0o644, or 0o755 for a folder */
  readonly mode?: number;
}

/** Block size of the format, in bytes. */
const block = 512;

/**
 * Writes entries as a POSIX ustar archive, owned by root and dated 1970, so that the same entries always give the same
 * bytes (an image is named by the digest of them).
 *
 * @throws when a name does not fit the format or a folder has content
 */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const content = entry.content ?? Buffer.alloc(0);
    parts.push(header(entry, content.length), content, Buffer.alloc((block - (content.length % block)) % block));
  }
  // Two zero blocks end an archive.
  parts.push(Buffer.alloc(2 * block));
  return Buffer.concat(parts);
}

function header(entry: TarEntry, size: number): Buffer {
  const folder = entry.name.endsWith("/");
  if (folder && size > 0) {
    throw new Error(`tar: ${entry.name} is a folder and cannot have content`);
  }
  const { prefix, name } = splitName(entry.name);
  const bytes = Buffer.alloc(block);
  const mode = entry.mode ?? (folder ? 0o755 : 0o644);
  bytes.write(name, 0, 100, "utf8");
  bytes.write(octal(mode, 8), 100);
  bytes.write(octal(0, 8), 108);
  bytes.write(octal(0, 8), 116);
  bytes.write(octal(size, 12), 124);
  bytes.write(octal(0, 12), 136);
  bytes.write(folder ? "5" : "0", 156);
  bytes.write("ustar\u000000", 257, "latin1");
  bytes.write(prefix, 345, 155, "utf8");
  // The checksum is computed with its own field filled with spaces.
  bytes.fill(" ", 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
  return bytes;
}

/** A ustar header has 100 bytes for a name and 155 more for the folders before it, split at a slash. */
function splitName(path: string): { prefix: string; name: string } {
  if (path === "" || path.startsWith("/") || path.split("/").includes("..")) {
    throw new Error(`tar: ${JSON.stringify(path)} must be a relative path without ".."`);
  }
  if (Buffer.byteLength(path) <= 100) {
    return { prefix: "", name: path };
  }
  for (let slash = path.indexOf("/"); slash > 0 && slash < path.length - 1; slash = path.indexOf("/", slash + 1)) {
    const prefix = path.slice(0, slash);
    const name = path.slice(slash + 1);
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) {
      return { prefix, name };
    }
  }
  throw new Error(`tar: the name ${path} is too long (${Buffer.byteLength(path)} bytes; at most 100 after a slash)`);
}

function octal(value: number, width: number): string {
  const digits = value.toString(8);
  if (digits.length > width - 1) {
    throw new Error(`tar: ${value} does not fit in ${width - 1} octal digits`);
  }
  return digits.padStart(width - 1, "0");
}
