import { resolve } from "node:path";
import { readProject } from "../../components/schema/stackFile";

/** What this checkout's project is called: `npm run unit -- --project NAME` runs the tests under another name. */
// Read by what the product reads it with, and not through `local`, whose paths are made on import.
export const project = readProject(resolve(__dirname, "../..")).name;

/** The project that recordings, goldens and fixtures are of. What is compared with them is made under this name. */
export const recordedProject = "switchboard";

/** A layer's key in a stack's file of this project. */
export function layerKey(layer: string): string {
  return `${project}:${layer}`;
}

/** A key of this project's configuration as it is in the recorded one; a package's key stays. */
export function recordedKey(key: string): string {
  const prefix = layerKey("");
  return key.startsWith(prefix) ? `${recordedProject}:${key.slice(prefix.length)}` : key;
}

/** A stack's file among the fixtures as it is in this project. */
export function inThisProject(stackFile: string): string {
  return stackFile.replaceAll(new RegExp(`^ {2}${recordedProject}:`, "gm"), `  ${project}:`);
}
