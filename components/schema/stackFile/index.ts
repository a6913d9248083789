/**
 * What the Pulumi CLI makes of a stack's file (`LoadProjectStack` and `mergeConfig` in its sdk/go/common/workspace). The
 * tools that read such files ask here and nowhere else, so that they see what the program will get.
 */
import { GoLeaf, GoMap, type GoTree, readGoYaml, UnreadableYaml } from "./goYaml";
import type { Project } from "./project";
import { namedEntries, plainValue, type SettingPath } from "./values";

export { unquotedDate } from "./goTime";
export { readProject, UnreadableProject } from "./project";

/** A stack's file as the CLI reads it. */
export interface StackFile {
  /**
   * `<project>:<layer>` to its value, as the program gets it; what is encrypted is `{ secure: text }`. What Pulumi.yaml
   * gives where the stack says nothing is in it; what an environment of Pulumi ESC gives is not.
   */
  readonly config: Readonly<Record<string, unknown>>;
  /** The text of a number, a date or a word for true or false as it is in the file, e.g. `7.20` for 7.2. */
  readonly written: (path: SettingPath) => string | undefined;
  /** Whether the file names environments of Pulumi ESC (`environment:`), whose values are not in it. */
  readonly hasEnvironment: boolean;
}

/** The CLI would refuse the file, for this reason. */
export class UnreadableStackFile extends Error {}

/**
 * Reads the text of a `Pulumi.<stack>.yaml`.
 *
 * @throws UnreadableStackFile
 */
export function readStackFile(text: string, project: Pick<Project, "name" | "defaults">): StackFile {
  try {
    const written = new Map<string, string>();
    const top = mapOf(readGoYaml(text));
    const fileConfig = Object.fromEntries(
      configEntries(top.get("config")).map(([name, tree]) => {
        const key = fullKey(name, project.name);
        return [
          key,
          layerValue(
            plainValue(tree, [key], (path, as) => written.set(JSON.stringify(path), as)),
            tree,
          ),
        ];
      }),
    );
    const missing = Object.entries(project.defaults).filter(([key]) => !Object.hasOwn(fileConfig, key));
    return {
      config: { ...fileConfig, ...Object.fromEntries(missing) },
      written: (path) => written.get(JSON.stringify(path)),
      hasEnvironment: isSomething(top.get("environment")),
    };
  } catch (error) {
    if (!(error instanceof UnreadableYaml)) throw error;
    throw new UnreadableStackFile(error.message);
  }
}

/** The layers of a project, without its name before them. */
export function layersOf(config: Readonly<Record<string, unknown>>, project: string): Record<string, unknown> {
  const prefix = `${project}:`;
  const projectEntries = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(projectEntries.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** The keys of a configuration that are of other projects and of packages. */
export function othersOf(config: Readonly<Record<string, unknown>>, project: string): string[] {
  return Object.keys(config).filter((key) => !key.startsWith(`${project}:`));
}

/** Whether a value is an encrypted one, as the CLI stores it. */
export function isEncrypted(value: unknown): value is { readonly secure: string } {
  if (typeof value !== "object" || value === null) return false;
  const entries = Object.entries(value);
  return entries.length === 1 && entries[0]![0] === "secure" && typeof entries[0]![1] === "string";
}

function mapOf(tree: GoTree | undefined): Map<string, GoTree> {
  if (tree === undefined || (tree instanceof GoLeaf && tree.value === null)) return new Map();
  if (!(tree instanceof GoMap)) throw new UnreadableYaml("it is not a map of keys and values");
  for (const { key } of tree.entries.values()) {
    if (typeof key !== "string") throw new UnreadableYaml(`the key ${key} is not text; quote it`);
  }
  return new Map(namedEntries(tree, []));
}

function configEntries(tree: GoTree | undefined): [string, GoTree][] {
  if (tree === undefined || (tree instanceof GoLeaf && tree.value === null)) return [];
  if (!(tree instanceof GoMap)) throw new UnreadableYaml("config: is not a map of keys and values");
  return [...mapOf(tree)];
}

/** `switchboard:panel` for `panel` and `switchboard:config:panel`. */
function fullKey(name: string, project: string): string {
  const parts = name.split(":");
  if (parts.length === 1) return `${project}:${name}`;
  if (parts.length === 2) return name;
  const [namespace = "", config, key = ""] = parts;
  if (parts.length === 3 && config === "config" && namespace && key) return `${namespace}:${key}`;
  throw new UnreadableYaml(`config: ${name} is not a key of configuration; write it as ${project}:<layer>`);
}

/** What is not a map or list is handed over as text, and the program reads its JSON; nothing is an empty text. */
function layerValue(value: unknown, tree: GoTree): unknown {
  if (!(tree instanceof GoLeaf)) return value;
  return value === null ? "" : fromText(String(value));
}

/** A value of configuration as the program reads it from the text that the CLI hands over. */
export function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isSomething(tree: GoTree | undefined): boolean {
  if (tree === undefined) return false;
  if (tree instanceof GoLeaf) return tree.value !== null;
  return Array.isArray(tree) ? tree.length > 0 : (tree as GoMap).entries.size > 0;
}
