import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Cloud } from "../components/clouds";
import { cache, repository } from "../lib/paths";
import { isExecutable } from "./goTool";

/** A Pulumi plugin that this program needs. */
export interface PluginNeed {
  /** The executable's name, by which the engine finds it on PATH. */
  readonly executable: string;
  /** How people call it. */
  readonly name: string;
  readonly kind: "language" | "resource";
  /** The npm package whose version the official plugin has; the language host comes with the CLI instead. */
  readonly npmPackage?: string;
  /** The stand-in that may be used instead; none where only the official plugin will do. */
  readonly standIn?: StandIn;
}

/** A program of this repository that serves a plugin. */
export interface StandIn {
  /** Its entry point, relative to the repository. */
  readonly file: string;
  /** What it is given before the engine's own arguments. */
  readonly args?: readonly string[];
}

const nodejs: PluginNeed = {
  executable: "pulumi-language-nodejs",
  name: "nodejs",
  kind: "language",
  standIn: { file: "engine/languageHost.ts" },
};

function resourceNeed(name: string, standIn?: StandIn): PluginNeed {
  return {
    executable: `pulumi-resource-${name}`,
    name,
    kind: "resource",
    npmPackage: `@pulumi/${name}`,
    ...(standIn && { standIn }),
  };
}

const packages = ["kubernetes", "random", "tls"];

/**
 * The plugins that a stack needs. On the local nodes and on a cluster that is there, stand-ins will do. What is made in a
 * cloud costs money and holds other people's data, so there only official plugins are used.
 *
 * @param cloud the cloud that the stack's cluster is made in, if it is
 */
export function pluginNeeds(cloud?: Cloud): readonly PluginNeed[] {
  if (!cloud) {
    const standIns = packages.map((name) => resourceNeed(name, { file: `engine/providers/${name}/index.ts` }));
    return [nodejs, ...standIns];
  }
  const { standIn: _, ...official } = nodejs;
  return [official, ...[...packages, cloud].map((name) => resourceNeed(name))];
}

/** The plugins of an offline preview: each answers for its package and asks nobody. */
export const previewNeeds: readonly PluginNeed[] = [
  nodejs,
  ...[...packages, "gcp", "aws"].map((name) =>
    resourceNeed(name, { file: "engine/providers/previewOnly.ts", args: [name] }),
  ),
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
 *
 * @param folder where to put it. @default a folder of the cache that is named after them
 */
export function standInFolder(
  needs: readonly PluginNeed[],
  folder = join(cache, "plugins", needs.map(({ name }) => name).join("-")),
): string {
  mkdirSync(folder, { recursive: true });
  for (const { executable, standIn } of needs) {
    if (!standIn) throw new Error(`${executable} has no stand-in`);
    const loader = join(repository, "components/loader.cjs");
    const words = [process.execPath, "--require", loader, join(repository, standIn.file), ...(standIn.args ?? [])];
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
