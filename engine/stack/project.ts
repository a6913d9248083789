import { readProject, UnreadableProject } from "../../components/schema/stackFile";
import { repository } from "../../lib/paths";
import { UserError } from "../../lib/userError";

/**
 * What this repository's Pulumi project is called: the prefix of its keys in a stack's file.
 *
 * @throws UserError where Pulumi.yaml does not say
 */
export function projectName(): string {
  try {
    return readProject(repository).name;
  } catch (error) {
    if (!(error instanceof UnreadableProject)) throw error;
    throw new UserError(error.message, "see to it that Pulumi.yaml is there and names the project");
  }
}
