import { readdirSync } from "node:fs";
import { repository } from "../../lib/paths";

/** The stacks that have a file in the repository. */
export function stacks(): string[] {
  return readdirSync(repository).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
}
