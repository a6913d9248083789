import { existsSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import type { SettingsContext } from "../context";
import { Problem, show, text } from "../fields";

/**
 * A file of the repository that runs as a part of the program; its absolute path. It has to be in the repository: what
 * every machine and every pipeline runs must be the same.
 *
 * @throws Problem for anything that is not there
 */
function parseProgramFile(value: string, { root }: Pick<SettingsContext, "root">): string {
  const todo = 'use a path from the root of the repository, e.g. "platform/transforms.ts"';
  const file = join(root, value);
  if (isAbsolute(value) || relative(root, file).startsWith(".."))
    throw new Problem(`${show(value)} is not in this repository; ${todo}`);
  if (!/\.ts$/.test(value)) throw new Problem(`${show(value)} is not a TypeScript file; ${todo}`);
  if (!existsSync(file)) throw new Problem(`${show(value)} is not there; ${todo}`);
  return file;
}

export const programFile = (context: SettingsContext) => text((value) => parseProgramFile(value, context));
