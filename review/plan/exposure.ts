import { type Opening, textsIn } from "../../components/clouds/shared/facts/openings";
import { factsOf } from "../../components/facts";
import { kindOf, type Resource } from "../../engine/resources/resource";
import { isObject } from "./lists";

/**
 * What of a resource is open to the whole internet. Compared before and after, so that only what is newly open is told.
 */
export function openings(resource: Resource | undefined): Opening[] {
  if (!resource || resource.read) return [];
  const { type, inputs } = resource;
  return [...(factsOf(type)?.openings?.(inputs ?? {}) ?? []), ...everybody(inputs)];
}

/** Whoever logs in, or nobody in particular: IAM members of Google, principals of AWS policies, groups of Kubernetes. */
function everybody(inputs: unknown): Opening[] {
  const found: Opening[] = [];
  if (!isObject(inputs)) return found;
  const members = [inputs.member, ...(Array.isArray(inputs.members) ? inputs.members : [])];
  if (members.some((member) => member === "allUsers" || member === "allAuthenticatedUsers")) {
    found.push({ path: "member", what: `everybody on the internet gets ${String(inputs.role ?? "the role")}` });
  }
  if (statementsOf(inputs.policy).some(namesEverybody)) {
    found.push({ path: "policy", what: "its policy allows it to every account of the cloud, without a condition" });
  }
  return found;
}

/** The statements of a policy of AWS. */
function statementsOf(policy: unknown): readonly unknown[] {
  if (typeof policy !== "string") return [];
  try {
    const { Statement: statements } = JSON.parse(policy) as { Statement?: unknown };
    return Array.isArray(statements) ? statements : [statements];
  } catch {
    return [];
  }
}

/** A condition narrows it, as the key policies of AWS itself do with the caller's account. */
function namesEverybody(statement: unknown): boolean {
  if (!isObject(statement) || statement.Effect !== "Allow" || statement.Condition !== undefined) return false;
  const { Principal: principal } = statement;
  return textsIn(principal).includes("*");
}

/** `Service edge-service`. */
export function titleOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${kindOf(type)} ${name}`;
}
