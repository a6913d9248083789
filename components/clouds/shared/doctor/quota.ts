import { advice, certain, type Finding, ok } from "./model";

/** How much of something a stack takes at most. */
export interface Need {
  /** The provider's name of the quota. */
  readonly name: string;
  readonly amount: number;
  /** For what. */
  readonly why: string;
  /** Taken by the first `up`, not only when the stack has grown. */
  readonly fixed?: boolean;
}

/** A quota as its provider has it. */
export interface Quota {
  readonly name: string;
  readonly limit: number;
  readonly usage: number;
}

/**
 * Whether a need fits into its quota. What is in use counts as somebody else's: a stack that is up already may be told of
 * more than it needs, and never of less.
 */
export function quotaFinding(need: Need, quotas: readonly Quota[], where: string): Finding[] {
  const quota = quotas.find(({ name }) => name === need.name);
  if (!quota || need.amount === 0) return [];
  const free = quota.limit - quota.usage;
  const what = `quota ${need.name}: ${need.amount} for ${need.why}; ${free} of ${quota.limit} are free ${where}`;
  if (free >= need.amount) return [ok(what)];
  const todo = `ask for ${quota.usage + need.amount} ${where}; it may take days`;
  // The first `up` takes this at once, and the provider has said that it is not there.
  const name = `quota.${need.name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
  return [
    need.fixed ? certain(name, what, todo) : advice(`${what}, which includes what this stack uses already`, todo),
  ];
}
