import type { Stateful } from "../../components/clouds/shared/facts/risk";
import { cloudOfType, factsOf } from "../../components/facts";

/** What a type is that holds something; undefined for the others. */
export function statefulOf(type: string): Stateful | undefined {
  return factsOf(type)?.stateful;
}

/** Whether something stops, or is let in, when a resource of this type goes: everything of a cloud, and most of a cluster. */
export function runs(type: string): boolean {
  return factsOf(type)?.runs === true || cloudOfType(type) !== undefined;
}
