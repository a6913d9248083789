import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

/**
 * Text that gives later steps and jobs values by name, as GitHub reads it from the file in `GITHUB_OUTPUT`. Each value
 * has an end of its own that nobody can know, so that no value can give another one.
 * @throws Error when a name is none
 */
export function outputText(
  values: Readonly<Record<string, string | number | boolean>>,
  end: () => string = () => `end-${randomUUID()}`,
): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (!/^[a-z][a-z0-9_-]*$/i.test(name)) throw new Error(`${JSON.stringify(name)} is no name of an output`);
      const mark = end();
      return `${name}<<${mark}\n${value}\n${mark}\n`;
    })
    .join("");
}

/** Gives values to later steps, where this runs in a workflow; elsewhere it does nothing. */
export function giveOutputs(values: Readonly<Record<string, string | number | boolean>>, env = process.env): void {
  if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, outputText(values));
}
