import type { Watched } from "../../components/clouds/shared/facts/risk";
import { factsOf } from "../../components/facts";
import type { Resource } from "../../engine/resources/resource";

/** What of a change takes something away or has to be watched while it is made. */
export function watched(before: Resource, after: Resource): Watched[] {
  return (factsOf(after.type)?.watch ?? []).flatMap((look) => look(before, after));
}
