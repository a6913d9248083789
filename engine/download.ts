import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { bodyOf } from "../components/registry/http";
import { removeAbandoned } from "../lib/abandoned";
import { cache } from "../lib/paths";
import { engineVersion } from "./build";
import { isExecutable } from "./goTool";
import { type GetOptions, secureGet } from "./secureGet";

const run = promisify(execFile);

/** One folder for each version of the CLI, as it is unpacked. */
const kept = join(cache, "cli");
/** A machine that reaches nothing loses the first of these once, before minutes of building. */
const patience = { connect: 2000, answer: 5000, silence: 20_000 };
/** The archive has 100 to 200 MB. */
const most = 1024 ** 3;

/** The official CLI, or why it cannot be had now. */
export type Downloaded = { readonly executable: string } | { readonly problem: string };

/** Path of the official CLI in the cache; undefined where it was not downloaded in this version. */
export function downloadedEngine(): string | undefined {
  const executable = join(kept, `v${engineVersion}`, "pulumi");
  return isExecutable(executable) ? executable : undefined;
}

/**
 * Downloads the official CLI, of the version that would be built, unless the cache has it. What the checksums of the
 * release do not confirm is never unpacked; what was not unpacked whole is never found. `SWITCHBOARD_DOWNLOAD_CLI=false`
 * forbids it.
 * @throws only what `signal` was aborted with: where nothing can be downloaded, there are other ways
 */
export async function downloadEngine(report?: (line: string) => void, signal?: AbortSignal): Promise<Downloaded> {
  const there = downloadedEngine();
  if (there) return { executable: there };
  if (process.env.SWITCHBOARD_DOWNLOAD_CLI === "false") return { problem: "SWITCHBOARD_DOWNLOAD_CLI forbids it" };
  const archive = archiveName();
  if (!archive) return { problem: `there is none for ${process.platform} on ${process.arch}` };
  const unfinished = join(kept, `.v${engineVersion}.${process.pid}`);
  try {
    mkdirSync(kept, { recursive: true });
    removeAbandoned(kept, ".v");
    report?.(`asking for the Pulumi CLI ${engineVersion}`);
    const wanted = await publishedChecksum(archive, { patience, signal });
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    const file = join(unfinished, archive);
    const found = await fetched(archive, file, { patience, signal }, report);
    if (found !== wanted) throw new Error(`${archive} has the SHA-256 ${found}; its release says ${wanted}`);
    report?.(`unpacking the Pulumi CLI ${engineVersion}`);
    // The owners are those of the machine that packed it.
    await run("tar", ["-xzf", file, "--no-same-owner", "-C", unfinished], { signal });
    return { executable: settled(join(unfinished, "pulumi")) };
  } catch (error) {
    signal?.throwIfAborted();
    return { problem: (error as Error).message };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Puts the unpacked folder where it is found, in one step. */
function settled(unpacked: string): string {
  for (const name of ["pulumi", "pulumi-language-nodejs"]) {
    if (!isExecutable(join(unpacked, name))) throw new Error(`the archive has no ${name}`);
  }
  const folder = join(kept, `v${engineVersion}`);
  if (!downloadedEngine()) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(unpacked, folder);
  } catch (error) {
    // Another run was faster.
    if (!downloadedEngine()) throw error;
  }
  return join(folder, "pulumi");
}

/** How the release calls this machine's archive. */
function archiveName(): string | undefined {
  const isKnown = ["linux", "darwin"].includes(process.platform) && ["x64", "arm64"].includes(process.arch);
  return isKnown ? `pulumi-v${engineVersion}-${process.platform}-${process.arch}.tar.gz` : undefined;
}

/** The SHA-256 that the release publishes: lines of a digest, two spaces and a file's name. */
async function publishedChecksum(archive: string, options: GetOptions): Promise<string> {
  const release = `https://github.com/pulumi/pulumi/releases/download/v${engineVersion}`;
  const list = await secureGet(new URL(`${release}/pulumi-${engineVersion}-checksums.txt`), options);
  const lines = (await bodyOf(list, 1024 ** 2)).toString().split("\n");
  const line = lines.map((text) => /^([0-9a-f]{64}) [ *](\S+)\s*$/.exec(text)).find((match) => match?.[2] === archive);
  if (!line) throw new Error(`the checksums of release ${engineVersion} do not name ${archive}`);
  return line[1]!;
}

/** @returns the SHA-256 of what was written to the file */
async function fetched(
  archive: string,
  file: string,
  options: GetOptions,
  report?: (line: string) => void,
): Promise<string> {
  const answer = await secureGet(new URL(`https://get.pulumi.com/releases/sdk/${archive}`), options);
  const whole = Number(answer.headers["content-length"]);
  const hash = createHash("sha256");
  const inMegabytes = (bytes: number) => Math.round(bytes / 1e6);
  let length = 0;
  let reportedAt = 0;
  const counted = new Transform({
    transform(part: Buffer, _encoding, done) {
      hash.update(part);
      length += part.length;
      if (length > most) return done(new Error(`${archive} is larger than ${inMegabytes(most)} MB`));
      if (Date.now() - reportedAt > 500) {
        reportedAt = Date.now();
        const of = whole > 0 ? ` of ${inMegabytes(whole)}` : "";
        report?.(`downloading the Pulumi CLI ${engineVersion}: ${inMegabytes(length)}${of} MB`);
      }
      done(null, part);
    },
  });
  await pipeline(answer, counted, createWriteStream(file, { flags: "wx" }));
  return hash.digest("hex");
}
