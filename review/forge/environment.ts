import type { Environment as Told } from "./octokit";

/** An environment as far as it decides whose jobs get what is in it. */
export interface Environment {
  readonly name: string;
  /** People or teams of whom one has to agree before a job of it begins. */
  readonly reviewers: number;
  /** Branches and tags whose jobs may use it: every one, protected ones, or those of these names and patterns. */
  readonly branches: "all" | "protected" | readonly string[];
}

/**
 * What GitHub's answer says of an environment.
 * @param listed asks for the branches by name, where they are not all and not the protected ones
 */
export async function environmentOf(
  name: string,
  { protection_rules: rules = [], deployment_branch_policy: policy }: Told,
  listed: () => Promise<readonly string[]>,
): Promise<Environment> {
  const required = rules.filter(({ type }) => type === "required_reviewers");
  const reviewers = required.flatMap((rule) => rule.reviewers ?? []).length;
  if (!policy) return { name, reviewers, branches: "all" };
  return { name, reviewers, branches: policy.protected_branches ? "protected" : await listed() };
}
