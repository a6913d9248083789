import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isExecutable } from "../support/goTool";
import { cache, repository } from "../support/paths";

/** A Pulumi plugin that this program needs and that has a local stand-in. */
export interface PluginNeed {
  /** The executable's name, by which the engine finds it on PATH. */
  readonly executable: string;
  /** How people call it. */
  readonly name: string;
  readonly kind: "language" | "resource";
  /** The npm package whose version the official plugin has; the language host comes with the CLI instead. */
  readonly npmPackage?: string;
  /** The stand-in's entry point, relative to the repository. */
  readonly standIn: string;
}

export const pluginNeeds: readonly PluginNeed[] = [
  { executable: "pulumi-language-nodejs", name: "nodejs", kind: "language", standIn: "local/engine/languageHost.ts" },
  ...["kubernetes", "random", "tls"].map((name) => ({
    executable: `pulumi-resource-${name}`,
    name,
    kind: "resource" as const,
    npmPackage: `@pulumi/${name}`,
    standIn: `local/engine/providers/${name}/index.ts`,
  })),
];

/** The version that an installed npm package has, which is the version of the plugin that its program asks for. */
export function wantedVersion(need: PluginNeed): string | undefined {
  if (!need.npmPackage) return undefined;
  const file = join(repository, "node_modules", need.npmPackage, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version : undefined;
}

/**
 * Where the official plugin is: on PATH, beside the CLI, or in a Pulumi home in the wanted version.
 * @param need the plugin
 * @param folders the folders of PATH, without the ones that this repository made
 * @param homes Pulumi homes (`~/.pulumi`)
 */
export function officialPlugin(
  need: PluginNeed,
  folders: readonly string[],
  homes: readonly string[],
): string | undefined {
  const onPath = folders.map((folder) => join(folder, need.executable)).find(isExecutable);
  if (onPath || need.kind === "language") return onPath;
  return homes
    .map((home) => join(home, "plugins", `resource-${need.name}-v${wantedVersion(need)}`, need.executable))
    .find(isExecutable);
}

/**
 * A folder for PATH with one small script per stand-in, which runs it with this process's Node.js. Each choice of
 * stand-ins has its own folder, so that one of them never hides an official plugin found later.
 */
export function standInFolder(needs: readonly PluginNeed[]): string {
  const folder = join(cache, "plugins", needs.map(({ name }) => name).join("-"));
  mkdirSync(folder, { recursive: true });
  for (const { executable, standIn } of needs) {
    const words = [process.execPath, "--require", join(repository, "components/loader.cjs"), join(repository, standIn)];
    const script = `#!/bin/sh\n# A local stand-in, not the official plugin.\nexec ${words.map(quoted).join(" ")} "$@"\n`;
    const file = join(folder, executable);
    if (existsSync(file) && readFileSync(file, "utf8") === script) continue;
    writeFileSync(`${file}.${process.pid}`, script, { mode: 0o755 });
    renameSync(`${file}.${process.pid}`, file);
  }
  return folder;
}

/** Makes an official resource plugin that is in one Pulumi home known in another. */
export function linkPlugin(plugin: string, home: string): void {
  const source = dirname(plugin);
  const target = join(home, "plugins", source.split("/").at(-1)!);
  mkdirSync(dirname(target), { recursive: true });
  if (!existsSync(target)) symlinkSync(source, target);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
