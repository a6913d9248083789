import { layersOf } from "../../components/schema/stackFile";
import { knownConfig } from "./knownConfig";
import { projectName } from "./project";
import { parseStackFile } from "./stackFileText";

export { knownConfig } from "./knownConfig";
export { parseStackFile } from "./stackFileText";

/** The layers of a stack's file by their names, as the text alone says them. @throws UserError as `parseStackFile` */
export function layersIn(text: string, file: string): Record<string, unknown> {
  return layersOf(parseStackFile(text, file).config, projectName());
}

/** The layers of the stack whose file is at a path, as far as they can be known here (`knownConfig`). */
export function layersAt(path: string): Record<string, unknown> {
  return layersOf(knownConfig(path).config, projectName());
}
