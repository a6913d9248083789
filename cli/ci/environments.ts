import type { Environment } from "../../review/forge/github";

/** What is wrong with how a stack of production is kept from whoever may push a branch; `todo` says how to close it. */
export interface Opening {
  readonly what: string;
  readonly todo: string;
}

/** What the calling workflow does in an environment of the stack. */
export type Use = "deploy" | "drift" | "door";

/** What asks for an environment. */
export type Asks = (name: string) => Promise<Environment | undefined>;

/** Environments of a stack, by what runs in them: each has a role of its own in the cloud. */
const environmentsOf = (stack: string) => ({
  deploy: stack,
  preview: `preview-${stack}`,
  drift: `drift-${stack}`,
  door: `door-${stack}`,
});

/**
 * How a stack of production stands open. A branch may hold any workflow, so what it says of itself protects nothing: only
 * the environment decides, with reviewers or with the branches that it takes, whose job gets its role and its secrets.
 * GitHub makes an environment that a workflow names and that is not there, without any rule.
 *
 * @param branch the default branch
 * @param needed the environment that has to be there: the one that the calling workflow uses itself
 */
export async function openings(stack: string, asks: Asks, branch: string, needed: Use): Promise<Opening[]> {
  const names = environmentsOf(stack);
  const [deploy, preview, drift, door] = await Promise.all(
    [names.deploy, names.preview, names.drift, names.door].map(asks),
  );
  const found: Opening[] = [];
  if (needed === "deploy" || deploy) {
    if (!deploy || deploy.reviewers === 0) found.push(noReviewers(names.deploy, "brought up without an approval"));
    if (deploy && !isClosed(deploy, branch)) found.push(anyBranch(deploy, branch));
  }
  // Where there is none, its previews are offline, and no job has its role.
  if (preview && preview.reviewers === 0)
    found.push(noReviewers(names.preview, "previewed for any branch, with its state and its key"));
  for (const [use, environment] of [
    ["drift", drift],
    ["door", door],
  ] as const) {
    if (environment && !isClosed(environment, branch)) found.push(anyBranch(environment, branch));
    if (environment || needed !== use) continue;
    found.push({
      what: `there is no environment ${names[use]}, so GitHub would make one that any branch may use`,
      todo: `Settings > Environments > New environment ${names[use]}, deployment branches: ${branch} only`,
    });
  }
  return found;
}

/** Whether only jobs of the default branch, or of branches that not everybody may push, get in. */
function isClosed({ branches }: Environment, branch: string): boolean {
  if (branches === "protected") return true;
  return branches !== "all" && branches.every((name) => name === branch);
}

function noReviewers(name: string, what: string): Opening {
  return {
    what: `production would be ${what}: the environment ${name} has no required reviewers`,
    todo: `Settings > Environments > ${name} > Required reviewers; or take operations.protect out of the stack's file`,
  };
}

function anyBranch({ name, branches }: Environment, branch: string): Opening {
  const who = branches === "all" ? "every branch" : `the branches ${(branches as readonly string[]).join(", ")}`;
  return {
    what: `jobs of ${who} may use the environment ${name}, and with it the role of production`,
    todo: `Settings > Environments > ${name} > Deployment branches and tags: ${branch} only`,
  };
}

/**
 * Stacks of production whose preview may be live: somebody has to agree before a branch's job gets their state and key.
 * @param stacks names of stacks of production
 */
export async function reviewedPreviews(stacks: readonly string[], asks: Asks): Promise<readonly string[]> {
  const found = await Promise.all(stacks.map((stack) => asks(environmentsOf(stack).preview)));
  return stacks.filter((_, index) => (found[index]?.reviewers ?? 0) > 0);
}
