import { constants, copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../lib/paths";

const folder = join(repository, "examples");

/** The stacks of `examples/`, by their names: each is a folder with a stack's file and, where needed, images. */
export function exampleStacks(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(exampleFile(entry.name)))
    .map(({ name }) => name);
}

/** The stack's file of an example. */
export function exampleFile(name: string): string {
  return join(folder, name, `Pulumi.${name}.yaml`);
}

/**
 * Makes an example a stack of the repository: a copy of its file, which is the person's own from then on.
 *
 * @returns the copy, or undefined where no example has this name or the repository has such a stack already
 */
export function takeExample(name: string): string | undefined {
  const copy = join(repository, `Pulumi.${name}.yaml`);
  if (existsSync(copy) || !exampleStacks().includes(name)) return undefined;
  copyFileSync(exampleFile(name), copy, constants.COPYFILE_EXCL);
  return copy;
}
