import type { Complaint } from "../../components/clouds/shared/facts/demand";
import { factsOf } from "../../components/facts";
import type { Resource } from "../../engine/resources/resource";
import type { StackComplaint } from "./model";

/**
 * What the facts of a resource's type demand under the name of a rule, as the `resource` of that rule. A type of which they
 * demand nothing keeps to it.
 */
export function demanded(rule: string): (resource: Resource) => readonly Complaint[] {
  return (resource) => factsOf(resource.type)?.demands?.[rule]?.(resource.inputs, resource) ?? [];
}

/** Whether a stack holds what must not be lost: `operations.protect` protects its namespace and its data. */
export function isProtected(resources: readonly Resource[]): boolean {
  return resources.some(({ protect }) => protect);
}

/** The custom resources that a stack makes. */
export function made(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(({ custom, read }) => custom && !read);
}

/** A look at every resource, only in stacks that hold what must not be lost, as the `stack` of a rule. */
export function whereProtected(
  look: (resource: Resource) => readonly Complaint[],
): (resources: readonly Resource[]) => readonly StackComplaint[] {
  return (resources) => (isProtected(resources) ? everywhere(look)(resources) : []);
}

/** A look at every resource of a stack, for rules that need all of it. */
export function everywhere(
  look: (resource: Resource, resources: readonly Resource[]) => readonly Complaint[],
): (resources: readonly Resource[]) => readonly StackComplaint[] {
  return (resources) =>
    made(resources).flatMap((resource) =>
      look(resource, resources).map((complaint) => ({ ...complaint, urn: resource.urn })),
    );
}
