import { daysUntil, planningDays, type Support } from "../../../calendar/model";
import { advice, type Finding, failed, ok, unclear } from "./model";

/**
 * What the end of a version's support means for a stack.
 * @param moves whether the provider raises the version by itself when support ends
 */
export function ended(what: string, support: Support | undefined, source: string, now: Date, moves: boolean): Finding {
  if (!support?.until) {
    return unclear(`${what}: its end is not known here`, "look at the provider's calendar, and at a newer Switchboard");
  }
  const days = daysUntil(support.until, now);
  const then = moves ? "it is upgraded by itself then" : "from then on it costs six times as much an hour";
  if (days >= planningDays) return ok(`${what} is supported until ${support.until} (${source})`);
  if (days >= 0) {
    return advice(
      `${what} is supported until ${support.until}, ${days} days from now (${source}); ${then}`,
      "raise cluster.version one minor at a time, first in an environment that may break",
    );
  }
  if (support.extended && daysUntil(support.extended, now) >= 0) {
    return advice(
      `${what}: standard support ended on ${support.until} (${source}), extended support ends on ${support.extended}`,
      "raise cluster.version one minor at a time",
    );
  }
  return failed(`${what}: support ended on ${support.extended ?? support.until} (${source})`, "raise cluster.version");
}
