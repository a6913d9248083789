import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { type TarEntry, tar } from "./tar";

/** A file of an image: copied from this machine, or given as text or bytes. */
export interface ImageFile {
  readonly from?: string;
  readonly content?: string | Buffer;
  /** Permission bits. @default 0o755, because nearly every file of such an image is a program */
  readonly mode?: number;
}

/** What an image that consists of static files alone needs. */
export interface ScratchImage {
  /** The full reference, for example `localhost/switchboard/coredns:1.15.0`. */
  readonly name: string;
  /** Absolute path in the image to the file. */
  readonly files: Readonly<Record<string, ImageFile>>;
  readonly entrypoint: readonly string[];
  /** Arguments that a container may replace. @default none */
  readonly command?: readonly string[];
  /** `NAME=value` lines. @default `PATH` with the usual folders */
  readonly environment?: readonly string[];
  /** `uid` or `uid:gid`. @default root */
  readonly user?: string;
  /** Where the archive is written. An existing file is replaced in one step. */
  readonly out: string;
}

/**
 * Writes an image of static files as one archive, with no build tool. It is an OCI layout with the manifest of
 * `docker save` beside it, so `ctr images import`, `docker load`, `podman load` and `kind load image-archive` all read
 * it and find the image under its full name. The bytes depend on the input alone.
 *
 * @returns the digest of the image's manifest, `sha256:` and 64 hex digits
 * @throws when a file cannot be read, a path is not absolute, or the archive cannot be written
 */
export function scratchImage(image: ScratchImage): string {
  const { archive, digest } = imageArchive(image);
  mkdirSync(dirname(image.out), { recursive: true });
  // A killed run leaves only this temporary file, never half an archive under the final name.
  const temporary = `${image.out}.${process.pid}.partial`;
  try {
    writeFileSync(temporary, archive);
    renameSync(temporary, image.out);
  } finally {
    rmSync(temporary, { force: true });
  }
  return digest;
}

function imageArchive(image: ScratchImage): { archive: Buffer; digest: string } {
  const layer = tar(layerEntries(image.files));
  const config = json({
    architecture: architecture(process.arch),
    os: "linux",
    config: {
      Entrypoint: image.entrypoint,
      ...(image.command && { Cmd: image.command }),
      ...(image.user && { User: image.user }),
      Env: image.environment ?? ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    },
    rootfs: { type: "layers", diff_ids: [sha256(layer)] },
    history: [{ created_by: "static files" }],
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
  });
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor("application/vnd.oci.image.manifest.v1+json", manifest),
        // containerd takes the name from the first of these, other tools from the second.
        annotations: { "io.containerd.image.name": image.name, "org.opencontainers.image.ref.name": image.name },
      },
    ],
  });
  const dockerManifest = json([{ Config: blobPath(config), RepoTags: [image.name], Layers: [blobPath(layer)] }]);
  const archive = tar([
    { name: "oci-layout", content: json({ imageLayoutVersion: "1.0.0" }) },
    { name: "index.json", content: index },
    { name: "manifest.json", content: dockerManifest },
    { name: "blobs/" },
    { name: "blobs/sha256/" },
    ...[manifest, config, layer].map((content) => ({ name: blobPath(content), content })),
  ]);
  return { archive, digest: sha256(manifest) };
}

/** The files with the folders that hold them, parents first, in a fixed order. `/tmp` is open to all as usual. */
function layerEntries(files: ScratchImage["files"]): TarEntry[] {
  const folders = new Set<string>();
  const entries: TarEntry[] = [];
  for (const [path, file] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!path.startsWith("/") || posix.normalize(path) !== path || path.endsWith("/")) {
      throw new Error(`image file ${JSON.stringify(path)}: must be an absolute, plain path such as "/coredns"`);
    }
    for (let slash = path.indexOf("/", 1); slash > 0; slash = path.indexOf("/", slash + 1)) {
      const folder = path.slice(1, slash + 1);
      if (!folders.has(folder)) {
        folders.add(folder);
        entries.push({ name: folder, mode: folder === "tmp/" ? 0o1777 : 0o755 });
      }
    }
    entries.push({ name: path.slice(1), content: contentOf(path, file), mode: file.mode ?? 0o755 });
  }
  return entries;
}

function contentOf(path: string, file: ImageFile): Buffer {
  if ((file.from === undefined) === (file.content === undefined)) {
    throw new Error(`image file ${path}: needs exactly one of "from" and "content"`);
  }
  return file.from === undefined ? Buffer.from(file.content as string) : readFileSync(file.from);
}

/** What images call a processor that Node.js calls something else. */
export function architecture(arch: string): string {
  return arch === "x64" ? "amd64" : arch;
}

function sha256(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function blobPath(content: Buffer): string {
  return `blobs/${sha256(content).replace(":", "/")}`;
}

function descriptor(mediaType: string, content: Buffer): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: sha256(content), size: content.length };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
