import type { Plan } from "../record/plan";
import { masked } from "./masked";
import type { Resource } from "./resource";

/** The resources of a stack that does not exist yet, as the program registered them. */
export function fromPlan(plan: Plan): Resource[] {
  const created = plan.registrations.map(({ urn, type, name, parent, custom, protect, dependencies, inputs }) => ({
    ...{ urn, type, name, parent, custom, protect, dependencies, read: false },
    inputs: masked(inputs) ?? {},
  }));
  const read = plan.reads.map(({ urn, type, name, parent }) => ({
    ...{ urn, type, name, parent, custom: true, protect: false, dependencies: [], read: true },
    inputs: {},
  }));
  return [...created, ...read];
}
