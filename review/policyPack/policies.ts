import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Complaint } from "../../components/clouds/shared/facts/demand";
import type { Resource } from "../../engine/resources/resource";
import type { Rule } from "../policies/model";

/**
 * The rules as policies of the SDK. Rules about one resource are asked when the engine registers it, rules about the
 * stack at the end. By then the engine sends what the providers answered, so the inputs are remembered from before.
 */
export function policiesOf(rules: readonly Rule[]): (ResourceValidationPolicy | StackValidationPolicy)[] {
  const inputs = new Map<string, unknown>();
  return rules.map(({ name, level, description, resource, stack }) => {
    const described = { name, description, enforcementLevel: level };
    if (stack)
      return {
        ...described,
        validateStack({ resources }, report) {
          const all = resources
            .filter(({ type }) => type !== "pulumi:pulumi:Stack")
            .map((entry) => ({
              ...resourceOf(entry),
              parent: isStack(entry.parent?.urn) ? "" : (entry.parent?.urn ?? ""),
              dependencies: entry.dependencies.map(({ urn }) => urn),
              inputs: inputs.get(entry.urn) ?? entry.props,
            }));
          for (const complaint of stack(all)) report(textOf(complaint), complaint.urn);
        },
      };
    return {
      ...described,
      validateResource(args, report) {
        inputs.set(args.urn, args.props);
        const found = resourceOf(args);
        if (!found.custom) return;
        for (const complaint of resource?.(found) ?? []) report(textOf(complaint));
      },
    };
  });
}

/** A resource as the SDK has it, in the form that the rules read. */
function resourceOf(given: ResourceValidationArgs | PolicyResource): Resource {
  const { urn, type, name, props, opts, provider } = given;
  return {
    ...{ urn, type, name, inputs: props, protect: opts.protect, dependencies: [], read: false },
    parent: isStack(opts.parent) ? "" : (opts.parent ?? ""),
    // Only what a provider keeps has one; a provider itself has none.
    custom: provider !== undefined || type.startsWith("pulumi:providers:"),
  };
}

const isStack = (urn = "") => urn.includes("::pulumi:pulumi:Stack::");

/** What the CLI shows below the rule's description. */
function textOf({ message, todo }: Complaint): string {
  return `${message}\n→ ${todo}`;
}
