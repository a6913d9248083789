import { join } from "node:path";
import { pulumiState } from "../../lib/paths";

/** Where the machine's own backend keeps the settings that each stack had last, in a folder for each. */
export const keptSettings = join(pulumiState, "settings");

/** The file of a stack there, with the salt of its secrets. */
export function keptSettingsOf(stack: string): string {
  return join(keptSettings, stack, `Pulumi.${stack}.yaml`);
}
