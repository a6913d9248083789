import { realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { binaries, cache } from "../lib/paths";
import { UserError } from "../lib/userError";
import { buildEngine, builtEngine, engineVersion } from "./build";
import { downloadEngine, downloadedEngine } from "./download";
import { isExecutable } from "./goTool";

/** The folders of PATH without the ones that this repository made. */
export function pathFolders(): string[] {
  return (process.env.PATH ?? "").split(delimiter).filter((folder) => folder && !folder.startsWith(cache));
}

/** A `pulumi` on PATH that is not the one of the cache. */
export function cliOnPath(folders: readonly string[] = pathFolders()): string | undefined {
  return folders
    .map((folder) => join(folder, "pulumi"))
    .find((file) => isExecutable(file) && realpathSync(file) !== join(binaries, "pulumi"));
}

/** A Pulumi CLI and how people call it. */
export interface Cli {
  readonly executable: string;
  readonly name: string;
  /** Where it is from: installed by the person, the official download, or built from its Go modules. */
  readonly origin: "path" | "downloaded" | "built";
}

/** The CLI that is there already: the one on PATH, else one in the cache. */
export function presentCli(): Cli | undefined {
  const onPath = cliOnPath();
  if (onPath) return { executable: onPath, name: `Pulumi CLI ${onPath}`, origin: "path" };
  const downloaded = downloadedEngine();
  if (downloaded) return asDownloaded(downloaded);
  const built = builtEngine();
  return built ? asBuilt(built) : undefined;
}

/**
 * The CLI that is there already; else the official download; where that cannot be had, one that is built, which takes some
 * minutes once.
 * @throws UserError when it can be neither downloaded nor built
 */
export async function ensureCli(report?: (line: string) => void, signal?: AbortSignal): Promise<Cli> {
  const present = presentCli();
  if (present) return present;
  const downloaded = await downloadEngine(report, signal);
  if ("executable" in downloaded) return asDownloaded(downloaded.executable);
  const noDownload = `The official CLI was not downloaded: ${downloaded.problem}.`;
  report?.(noDownload);
  try {
    return asBuilt(await buildEngine(report, signal));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const todo = `${error.todo}; or install the Pulumi CLI yourself (https://www.pulumi.com/docs/install/)`;
    throw new UserError(`${error.message} ${noDownload}`, todo, error.log);
  }
}

const asDownloaded = (executable: string): Cli => ({
  ...{ executable, name: `downloaded Pulumi CLI ${engineVersion}`, origin: "downloaded" },
});

const asBuilt = (executable: string): Cli => ({
  ...{ executable, name: `Pulumi CLI ${engineVersion} built from its Go modules`, origin: "built" },
});
