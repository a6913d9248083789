import { execFile } from "node:child_process";
import { copyFileSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cache } from "../lib/paths";
import { UserError } from "../lib/userError";
import type { GoTool } from "./goTool";

const run = promisify(execFile);

/** Files of one module by their paths in it: what stands in their place, or nothing where the build leaves them out. */
export type ChangedFiles = Readonly<Record<string, string | undefined>>;

/**
 * The flag for a build in which some modules have other files than in the proxy. Go checks what it downloads as ever.
 *
 * @param module folder with the go.mod and go.sum of the build
 * @param name of the tool, for its folder in the cache
 * @param changes by the path of the module
 * @throws UserError when a module cannot be downloaded or has no such file
 */
export async function changedModules(
  go: string,
  { module, name, changes }: Pick<GoTool, "module" | "name" | "changes">,
): Promise<string[]> {
  if (!changes) return [];
  const folder = join(cache, "modules", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ["go.mod", "go.sum"]) copyFileSync(join(module, file), join(folder, file));
  const call = (...args: string[]) =>
    run(go, ["mod", ...args], { cwd: module, env: { ...process.env, GOWORK: "off" } });
  const replaced: string[] = [];
  for (const [path, files] of Object.entries(changes)) {
    const { stdout } = await call("download", "-json", path).catch((error) => {
      throw new UserError(
        `go mod download of ${path} failed: ${error.stdout || error.stderr}`,
        "check that the Go module proxy can be reached (go env GOPROXY), then run the command again",
      );
    });
    const copy = join(folder, path);
    copyWith((JSON.parse(stdout) as { Dir: string }).Dir, copy, files);
    replaced.push(`-replace=${path}=${copy}`);
  }
  await call("edit", ...replaced, join(folder, "go.mod"));
  return ["-modfile", join(folder, "go.mod")];
}

/**
 * A copy of a folder with other files. Folders in which all is the same are links.
 * @throws UserError when what is left out is not there
 */
export function copyWith(from: string, to: string, files: ChangedFiles): void {
  mkdirSync(to, { recursive: true });
  const left = new Map(Object.entries(files));
  for (const entry of readdirSync(from)) {
    const [source, target] = [join(from, entry), join(to, entry)];
    const below = [...left].filter(([path]) => path.startsWith(`${entry}/`));
    const instead = left.get(entry);
    const isChanged = left.delete(entry);
    if (below.length > 0) {
      copyWith(source, target, Object.fromEntries(below.map(([path, file]) => [path.slice(entry.length + 1), file])));
      for (const [path] of below) left.delete(path);
    } else if (isChanged) {
      if (instead !== undefined) copyFileSync(instead, target);
    } else if (lstatSync(source).isDirectory()) symlinkSync(source, target);
    else copyFileSync(source, target);
  }
  const [missing] = left.keys();
  if (missing !== undefined)
    throw new UserError(`${join(from, missing)} is not there`, "name the file as this version of the module has it");
}
