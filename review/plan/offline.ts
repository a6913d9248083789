import type { Plan } from "../../engine/record/plan";
import { fromPlan } from "../../engine/resources/fromPlan";
import { componentsOf, type Resource } from "../../engine/resources/resource";
import type { Change, StackPreview } from "./model";
import { compareChanges } from "./order";
import { greatest } from "./ranks";
import { withoutColours } from "./report";
import { assess } from "./risk";
import { Redactor } from "./secrets";
import { countsOf, resourcesOf } from "./sums";

/**
 * A stack as the program alone makes it, when nobody was asked what is there: everything is new.
 *
 * @param plan what `record` returned
 */
export function offlinePreview(plan: Plan, stack: string): StackPreview {
  const redactor = new Redactor();
  const after = fromPlan(plan).map((resource, index) => {
    const secretProperties = new Set(plan.registrations[index]?.additionalSecretOutputs ?? []);
    const pair = redactor.pair(undefined, resource.inputs, { type: resource.type, secretProperties });
    return { ...resource, inputs: pair.after };
  });
  const cleared = after.map((resource) => ({ ...resource, inputs: redactor.cleared(resource.inputs) }));
  const byUrn = new Map(cleared.map((resource) => [resource.urn, resource]));
  const changes = cleared.map((resource): Change => {
    const operation = resource.read ? "read" : "create";
    const { urn, type, name } = resource;
    const components = componentsOf(resource, byUrn).map((component) => component.name);
    const plain = {
      ...{ properties: [], forcedBy: [], deletedFirst: false, asked: false, succeeded: false },
      ...{ along: false, pending: false, withComponent: false, deniedByDefault: true },
    };
    return {
      ...{ operation, urn, type, name, components, after: resource, properties: [], forcedBy: [] },
      ...assess({ ...plain, operation, after: resource }),
      ...(resource.source && { source: resource.source }),
    };
  });
  const made = changes.filter(({ operation }) => operation !== "read").sort(compareChanges);
  return {
    ...{ project: projectOf(cleared), stack, origin: "offline", succeeded: true, changes: made },
    counts: countsOf(changes.map(({ operation }) => operation)),
    risk: greatest(made.map(({ risk }) => risk)),
    diagnostics: plan.warnings.map((warning) => ({
      severity: "warning",
      message: redactor.text(withoutColours(warning).trim()),
    })),
    before: [],
    after: resourcesOf(cleared),
  };
}

function projectOf(resources: readonly Resource[]): string {
  return resources[0]?.urn.split("::")[1] ?? "";
}
