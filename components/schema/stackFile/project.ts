import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rfc3339 } from "./goTime";
import { GoLeaf, GoMap, type GoTree, readGoYaml, UnreadableYaml } from "./goYaml";
import { plainValue } from "./values";

/** What a Pulumi.yaml says of the project. */
export interface Project {
  readonly name: string;
  /** What stacks get that say nothing, by the whole key: `default` or `value` of an entry of `config`. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** There is no Pulumi.yaml that names the project. */
export class UnreadableProject extends Error {}

const read = new Map<string, Project>();

/**
 * The project whose Pulumi.yaml is in this folder; each is read once.
 *
 * @throws UnreadableProject
 */
export function readProject(folder: string): Project {
  const known = read.get(folder) ?? projectOf(textOf(join(folder, "Pulumi.yaml")));
  read.set(folder, known);
  return known;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UnreadableProject(`${file} cannot be read`);
  }
}

/** @throws UnreadableProject */
export function projectOf(text: string): Project {
  try {
    const top = readGoYaml(text);
    const name = top instanceof GoMap ? leafOf(entry(top, "name")) : undefined;
    if (typeof name !== "string" || name === "") throw new UnreadableProject("Pulumi.yaml: name is not set");
    const config = entry(top as GoMap, "config");
    return { name, defaults: config instanceof GoMap ? defaultsOf(config, name) : {} };
  } catch (error) {
    if (!(error instanceof UnreadableYaml)) throw error;
    throw new UnreadableProject(`Pulumi.yaml: ${error.message}`);
  }
}

function defaultsOf(config: GoMap, project: string): Record<string, unknown> {
  const found = [...config.entries.values()].flatMap(({ key, value }) => {
    const given = value instanceof GoMap ? (entry(value, "default") ?? entry(value, "value")) : value;
    if (given === undefined || leafOf(given) === null) return [];
    const full = String(key).includes(":") ? String(key) : `${project}:${key}`;
    return [[full, plainValue(given, [full], undefined, rfc3339)] as const];
  });
  return Object.fromEntries(found);
}

function entry(map: GoMap, name: string): GoTree | undefined {
  return map.entries.get(`string:${name}`)?.value;
}

function leafOf(tree: GoTree | undefined): unknown {
  return tree instanceof GoLeaf ? tree.value : undefined;
}
