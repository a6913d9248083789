import { type Asked, ask } from "../../../components/clouds/shared/doctor/ask";
import type { World } from "../../../components/clouds/shared/doctor/model";
import type { Subject } from "../subject";

/** The flags by which kubectl asks the stack's cluster, and no other. */
export function contextOf({ target }: Pick<Subject, "target">): string[] {
  return target.context ? ["--context", target.context] : [];
}

/**
 * Asks the stack's cluster for JSON.
 *
 * @param what is asked for, in words
 */
export function askCluster<T>(
  subject: Pick<Subject, "target">,
  world: World,
  what: string,
  ...args: readonly string[]
): Promise<Asked<T>> {
  return ask<T>(world, what, "kubectl", ...contextOf(subject), ...args, "--output", "json");
}
