import { daysUntil, warningDays } from "../../components/calendar/model";
import type { VersionFact } from "../../components/clouds/shared/versions";

/**
 * How long a version is still supported: long enough (`ok`), less than 90 days or at a higher price (`soon`), no longer
 * (`over`), or nobody says it (`unknown`).
 */
export type SupportState = "ok" | "soon" | "over" | "unknown";

/** A row of `switchboard versions`. */
export interface VersionRow extends VersionFact {
  readonly state: SupportState;
  /** Days until standard support ends; negative when it has. */
  readonly daysLeft?: number;
  /** `2027-08-02 (in 8 months)` */
  readonly until: string;
}

/** What a fact means on a day. */
export function judged(fact: VersionFact, now: Date): VersionRow {
  const { support } = fact;
  if (!support) return { ...fact, state: "unknown", until: "unknown" };
  const { until, extended } = support;
  if (until === undefined) return { ...fact, state: "ok", until: "no end announced" };
  // Of whole days: on its last one a version is still supported.
  const today = new Date(now.toISOString().slice(0, 10));
  const daysLeft = daysUntil(until, today);
  if (daysLeft >= 0) {
    const state = daysLeft < warningDays ? "soon" : "ok";
    return { ...fact, state, daysLeft, until: `${until} (in ${lengthOf(daysLeft)})` };
  }
  const ended = `${until} (${lengthOf(-daysLeft)} ago)`;
  const left = extended === undefined ? -1 : daysUntil(extended, today);
  if (left < 0) return { ...fact, state: "over", daysLeft, until: ended };
  return { ...fact, state: "soon", daysLeft, until: `${ended}; extended, at a price, until ${extended}` };
}

/** `3 months`, `12 days`: months of thirty days from two on. */
function lengthOf(days: number): string {
  if (days < 60) return `${days} ${days === 1 ? "day" : "days"}`;
  if (days < 730) return `${Math.round(days / 30.44)} months`;
  return `${Math.floor(days / 365.25)} years`;
}

/** What is past its end or near it, in one line; undefined where nothing is. */
export function nearEnds(rows: readonly VersionRow[]): string | undefined {
  const near = rows.filter(({ state }) => state === "soon" || state === "over");
  if (near.length === 0) return undefined;
  const named = near.map(({ what, now, until }) => `${what} ${now}: ${until}`).join("; ");
  return `${near.length} ${near.length === 1 ? "version is" : "versions are"} within ${warningDays} days of the end of support, or past it: ${named}`;
}
