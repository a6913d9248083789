import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { basename, delimiter, join } from "node:path";
import { execa } from "execa";
import { UserError } from "../../lib/userError";
import { buildContext } from "./context";
import type { HostPackages } from "./hostPackages";
import type { Recipe } from "./recipes";

/** A buildah of our own: nothing of it is shared with the machine's own images and settings. */
export class Builder {
  private readonly settings: string[];

  /**
   * @param folder keeps the storage and everything temporary
   * @param logs folder with one log per image
   * @param signal ends a running step
   */
  constructor(
    private readonly folder: string,
    private readonly logs: string,
    private readonly host: HostPackages,
    private readonly signal?: AbortSignal,
  ) {
    for (const name of ["tmp", "storage", "run"]) mkdirSync(join(folder, name), { recursive: true });
    mkdirSync(logs, { recursive: true });
    // buildah wants both; a machine without Docker has neither, and one that has them may forbid what we need.
    writeFileSync(join(folder, "policy.json"), '{"default":[{"type":"insecureAcceptAnything"}]}\n');
    writeFileSync(join(folder, "registries.conf"), "unqualified-search-registries = []\n");
    this.settings = [
      ...["--root", join(folder, "storage"), "--runroot", join(folder, "run")],
      ...["--storage-driver", storageDriver(statfsSync(folder).type)],
      ...["--registries-conf", join(folder, "registries.conf")],
    ];
  }

  /** Where one image's log is. */
  logOf(recipe: Recipe): string {
    return join(this.logs, `image-${recipe.tag.split("/").pop()?.split(":")[0]}.log`);
  }

  /** The image's id in the storage, or undefined where it is not there. */
  async find(recipe: Recipe): Promise<string | undefined> {
    const id = await this.quietly("inspect", "--type", "image", "--format", "{{.FromImageID}}", recipe.tag);
    return id === "" ? undefined : id;
  }

  /**
   * Builds an image into the storage. A folder with a prepare.sh (stand-ins) gets a context of its own that the script
   * has filled; unchanged steps come from the storage.
   */
  async build(recipe: Recipe): Promise<void> {
    const log = this.logOf(recipe);
    rmSync(log, { force: true });
    const { dockerfile, folder } = await this.context(recipe, log);
    const { apt, secrets } = this.host;
    const args = [
      ...["bud", "--isolation", "chroot", "--layers", recipe.pulls ? "--pull" : "--pull-never"],
      ...["--signature-policy", join(this.folder, "policy.json"), "--tag", recipe.tag],
      ...["--file", dockerfile],
      ...recipe.bases.flatMap(({ argument, recipe: base }) => ["--build-arg", `${argument}=${base.tag}`]),
      ...Object.entries(secrets).flatMap(([id, file]) => ["--secret", `id=${id},src=${file}`]),
      ...(apt ? ["--volume", `${apt}:/etc/apt:ro`] : []),
    ];
    try {
      await this.run(recipe, log, "buildah", [...this.settings, ...args, folder]);
    } finally {
      rmSync(this.contextFolder(recipe), { recursive: true, force: true });
    }
  }

  /** Writes an image of the storage as an archive in the format of `docker save`, under its reference. */
  async save(recipe: Recipe, out: string): Promise<void> {
    const policy = ["--signature-policy", join(this.folder, "policy.json")];
    const target = `docker-archive:${out}:${recipe.reference}`;
    // By id, because by tag the archive would carry the tag as a second name.
    const id = (await this.find(recipe)) ?? recipe.tag;
    await this.run(recipe, this.logOf(recipe), "buildah", [...this.settings, "push", ...policy, id, target]);
  }

  /** Forgets an image; layers that others stand on stay. */
  async remove(tag: string): Promise<void> {
    await this.quietly("rmi", tag);
  }

  /** What a command prints; nothing where it fails. */
  private async quietly(...args: string[]): Promise<string> {
    const [first = "", ...rest] = isolated("buildah", [...this.settings, ...args]);
    const { stdout, exitCode } = await execa(first, rest, {
      reject: false,
      stdin: "ignore",
      cancelSignal: this.signal,
    });
    return exitCode === 0 ? stdout.trim() : "";
  }

  private contextFolder(recipe: Recipe): string {
    return join(this.folder, "tmp", `context-${basename(recipe.folder)}-${recipe.key}`);
  }

  /** The files of the sources, or what a folder's prepare.sh has made. */
  private async context(recipe: Recipe, log: string): Promise<{ dockerfile: string; folder: string }> {
    const script = join(recipe.folder, "prepare.sh");
    const context = this.contextFolder(recipe);
    if (!existsSync(script)) return buildContext(recipe.folder, context);
    rmSync(context, { recursive: true, force: true });
    mkdirSync(context);
    await this.run(recipe, log, "sh", [script, context]);
    return { dockerfile: join(recipe.folder, "Dockerfile"), folder: context };
  }

  /** Runs a step with its output in the log. */
  private async run(recipe: Recipe, log: string, program: string, args: string[]): Promise<void> {
    const [first = "", ...rest] = isolated(program, args);
    appendFileSync(log, `$ ${program} ${args.join(" ")}\n`);
    try {
      await execa(first, rest, {
        stdin: "ignore",
        stdout: { file: log, append: true },
        stderr: { file: log, append: true },
        buffer: false,
        killSignal: "SIGKILL",
        cancelSignal: this.signal,
        env: { TMPDIR: join(this.folder, "tmp"), DEBIAN_MIRROR: this.host.debianMirror ?? "" },
      });
    } catch (error) {
      if (this.signal?.aborted) throw this.signal.reason;
      throw failure(recipe.reference, readFileSync(log, "utf8"), log, (error as Error).message);
    }
  }
}

/**
 * A command line in mount and process namespaces of its own: when the command ends, or this process is killed, the
 * kernel ends all that it started and takes its mounts away (the overlay driver leaves one behind otherwise).
 */
function isolated(program: string, args: readonly string[]): string[] {
  const namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  return ["setpriv", "--pdeathsig", "KILL", ...namespaces, program, ...args];
}

/** What a failed build means to a person. */
export function failure(reference: string, text: string, log: string, message: string): UserError {
  if (/no space left on device|ENOSPC|disk quota exceeded/i.test(text)) {
    return new UserError(
      `the image ${reference} could not be built: the disk is full`,
      "free some gigabytes and run this again; images that were there are untouched",
      log,
    );
  }
  // buildah ends with the step and its exit code; what the step itself said comes before.
  const outputLines = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^(subprocess exited|Error: building at)/.test(line));
  const cause =
    outputLines.findLast((line) => /error|failed|cannot|unable|not found/i.test(line)) ?? outputLines.at(-1) ?? message;
  return new UserError(
    `the image ${reference} could not be built: ${cause.trim().slice(0, 300)}`,
    "read the log, correct what it names and run this again; finished steps are kept",
    log,
  );
}

/** File systems that cannot carry overlay's upper layers (statfs magic numbers of linux/magic.h). */
const withoutOverlay = new Set([
  0x794c7630 /* overlayfs */, 0x6969 /* nfs */, 0x2fc12fc1 /* zfs */, 0x65735546 /* fuse */,
]);

/** The storage driver for a file system: vfs copies whole layers, so it is the last choice. */
export function storageDriver(fileSystem: number): "overlay" | "vfs" {
  return withoutOverlay.has(fileSystem) ? "vfs" : "overlay";
}

/** Programs a build needs, with the Debian package of each. */
const tools = {
  buildah: "buildah",
  debootstrap: "debootstrap",
  setpriv: "util-linux",
  unshare: "util-linux",
  npm: "npm",
};

/** @throws UserError that names the missing programs and the command that installs them */
export function checkTools(path = process.env.PATH ?? ""): void {
  const missing = Object.entries(tools).filter(([tool]) => !onPath(tool, path));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))].join(" ");
  throw new UserError(
    `images cannot be built: ${missing.map(([tool]) => tool).join(", ")} not found on PATH`,
    `install what is missing, on Debian and Ubuntu: apt-get install ${packages}`,
  );
}

/** Whether an executable of this name is in one of PATH's folders. */
export function onPath(tool: string, path = process.env.PATH ?? ""): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}
