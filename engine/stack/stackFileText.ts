import { readProject, readStackFile, type StackFile, UnreadableStackFile } from "../../components/schema/stackFile";
import { repository } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { projectName } from "./project";

/**
 * The text of a stack's file as the Pulumi CLI reads it.
 *
 * @param file how it is called in errors
 * @throws UserError where the CLI would refuse it
 */
export function parseStackFile(text: string, file: string): StackFile {
  try {
    return readStackFile(text, { name: projectName(), defaults: readProject(repository).defaults });
  } catch (error) {
    if (!(error instanceof UnreadableStackFile)) throw error;
    throw new UserError(`${file} is no YAML that Pulumi reads: ${error.message}`, "correct the file");
  }
}
