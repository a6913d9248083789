import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binaries, imageStore } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { type ScratchImage, scratchImage } from "../images/scratch";
import { onMachine } from "./machine";
import { inNode } from "./nodeConfig";
import { enter, type Inside } from "./service";
import { corednsVersion, pauseVersion } from "./tools";

/** The images that the nodes themselves need. */
export const nodeImages = {
  pause: `localhost/switchboard/pause:${pauseVersion}`,
  coredns: `localhost/switchboard/coredns:${corednsVersion}`,
} as const;

/** An archive with the image of this name. */
export interface ImageArchive {
  readonly reference: string;
  readonly archive: string;
}

/** Writes the archives of the nodes' own images unless they are there and as new as the programs in them. */
export function ensureNodeImages(): ImageArchive[] {
  const tool = (name: string) => join(binaries, name);
  return [
    build({ name: nodeImages.pause, files: { "/pause": { from: tool("pause") } }, entrypoint: ["/pause"] }),
    build({
      name: nodeImages.coredns,
      files: { "/coredns": { from: tool("coredns") } },
      entrypoint: ["/coredns"],
      user: "65532:65532",
    }),
  ];
}

function build(image: Omit<ScratchImage, "out">): ImageArchive {
  const archive = join(imageStore, "nodes", `${image.name.split("/").pop()!.replace(":", "-")}.tar`);
  const newest = Math.max(...Object.values(image.files).map((file) => statSync(file.from!).mtimeMs));
  if (!existsSync(archive) || statSync(archive).mtimeMs < newest) {
    mkdirSync(join(imageStore, "nodes"), { recursive: true });
    scratchImage({ ...image, out: archive });
  }
  return { reference: image.name, archive };
}

/** The references of the images that a node has. */
async function imagesOn(node: Inside): Promise<Set<string>> {
  const text = await onMachine(node, [...ctr, "images", "list", "--quiet"]);
  return new Set(text.split("\n").filter(Boolean));
}

/**
 * Brings image archives (OCI layouts or `docker save`) to a node, except those that were brought there before and are
 * still there.
 * @param folder the node's folder, which remembers what was loaded
 * @returns the references that were loaded now
 * @throws UserError when an archive cannot be imported
 */
export async function importImages(node: Inside, folder: string, images: readonly ImageArchive[]): Promise<string[]> {
  const present = await imagesOn(node);
  const loaded: string[] = [];
  for (const { reference, archive } of images) {
    // An archive is written aside and renamed, so another content is another inode; its times only say when it was used.
    const { ino, size } = statSync(archive);
    const stamp = join(folder, "images", createHash("sha256").update(reference).digest("hex").slice(0, 16));
    const print = `${reference} ${archive} ${ino} ${size}`;
    if (present.has(reference) && existsSync(stamp) && readFileSync(stamp, "utf8") === print) continue;
    await importArchive(node, archive);
    mkdirSync(join(folder, "images"), { recursive: true });
    writeFileSync(stamp, print);
    loaded.push(reference);
  }
  return loaded;
}

const ctr = ["ctr", "--address", inNode.containerdSocket, "--namespace", "k8s.io"];

async function importArchive(node: Inside, archive: string): Promise<void> {
  const file = openSync(archive, "r");
  try {
    // By standard input, because the node has other files under the archive's path.
    const [program, ...rest] = enter(node, [...ctr, "images", "import", "-"]);
    const child = spawn(program, rest, { stdio: [file, "ignore", "pipe"] });
    let complaint = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      complaint += chunk;
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code !== 0) {
      throw new UserError(
        `the image archive ${archive} could not be loaded: ${complaint.trim()}`,
        "remove the file, so that it is built again, and check the free space; then run it again",
      );
    }
  } finally {
    closeSync(file);
  }
}
