import { Project } from "@pulumi/gcp/organizations/project";
import * as pulumi from "@pulumi/pulumi";

/** The project that the settings mean: its id, and its number, which the names of its identities hold. */
export interface ProjectId {
  readonly project: string;
  readonly projectNumber: string;
}

/**
 * The project's id, once the project has been asked for its number. Everything that is made takes the id from here, so
 * that nothing is made in a project that was not meant: the id and the number of two projects come together when a
 * stack's file is copied and changed in one place, and then keys and zones would be opened to the other project's
 * identities.
 *
 * The project is read with the permission that every role on it holds (`resourcemanager.projects.get`), in a preview
 * too. It is a read and not a function call, so that a preview without a cloud goes on with what the settings say: the
 * number is given along, and the real provider replaces it by what it has found.
 */
export function checkedProject(
  name: string,
  meant: ProjectId,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const state = { projectId: meant.project, number: meant.projectNumber };
  return Project.get(name, meant.project, state, opts).number.apply((found) => {
    const problem = projectProblem(meant, found);
    if (problem) throw unchanged(new pulumi.RunError(problem), problem);
    return meant.project;
  });
}

/** What is wrong when a project was found to have this number. */
export function projectProblem({ project, projectNumber }: ProjectId, found: string): string | undefined {
  if (found === projectNumber) return undefined;
  return (
    `cluster.projectNumber: project "${project}" has number ${found}, the settings say ${projectNumber}; ` +
    "correct whichever of cluster.project and cluster.projectNumber is not meant"
  );
}

/** The SDK writes the name of every input on the way before the message of an error; this one says it all itself. */
function unchanged(error: Error, message: string): Error {
  return Object.defineProperty(error, "message", { get: () => message, set: () => {} });
}
