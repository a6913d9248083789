export { secret, unknown } from "../../lib/masking/marks";

/** A line of the program, as the SDK saw it when the resource was registered. */
export interface SourceLine {
  /** Path in the repository. */
  readonly file: string;
  readonly line: number;
}

/**
 * One resource of a stack, wherever it was read: in a run of the program without a CLI (`fromPlan`), in a stack's state
 * (`fromState`), or before and after in a preview of the CLI (`review/plan`). Policies, costs and diagrams look at this
 * and at nothing else, so each works on all of them.
 */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty for a child of the stack. */
  readonly parent: string;
  /** Whether a provider keeps it; false for components. */
  readonly custom: boolean;
  /** Whether it is only looked up and not made by the stack. */
  readonly read: boolean;
  readonly protect: boolean;
  readonly dependencies: readonly string[];
  /** Inputs; secrets are `[secret]` whatever shape they had, and what is not known yet is `[unknown]`. */
  // biome-ignore lint/suspicious/noExplicitAny: inputs have the shape of their resource
  readonly inputs: any;
  /** Where the program makes it, if that is known. */
  readonly source?: SourceLine;
}

/** `GkeCluster` of `switchboard:cluster:GkeCluster`, `Deployment` of `kubernetes:apps/v1:Deployment`. */
export function kindOf(type: string): string {
  return type.split(":").pop()!.split("/").pop()!;
}

/** The name in a URN: all after its last `::` that stands before the name. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The type in a URN, without those of its parents. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").pop()!;
}

/** The components that a resource stands in, outermost first, by URN; the stack itself is none. */
export function componentsOf(resource: Resource, byUrn: ReadonlyMap<string, Resource>): Resource[] {
  const chain: Resource[] = [];
  const seen = new Set([resource.urn]);
  // A report may say anything, also that two resources are each other's parents.
  for (let at = byUrn.get(resource.parent); at && !seen.has(at.urn); at = byUrn.get(at.parent)) {
    seen.add(at.urn);
    if (!at.custom && at.type !== "pulumi:pulumi:Stack") chain.unshift(at);
  }
  return chain;
}
