import { realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { binaries, cache } from "../lib/paths";
import { builtEngine, engineVersion, ensureEngine } from "./build";
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
}

/**
 * The CLI that is there already: the one on PATH, else the one built into the cache.
 * @param build builds it where there is none, which takes some minutes once
 */
export async function findCli(
  build: boolean,
  report?: (line: string) => void,
  signal?: AbortSignal,
): Promise<Cli | undefined> {
  const onPath = cliOnPath();
  if (onPath) return { executable: onPath, name: `Pulumi CLI ${onPath}` };
  const built = builtEngine() ?? (build ? await ensureEngine(report, signal) : undefined);
  return built ? { executable: built, name: `Pulumi CLI ${engineVersion} built from its Go modules` } : undefined;
}
