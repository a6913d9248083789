import type { Risk } from "./model";

const ranks: Readonly<Record<Risk, number>> = { none: 0, safe: 1, caution: 2, danger: 3 };

/** The greater of some risks. */
export function greatest(risks: readonly Risk[]): Risk {
  return risks.reduce((a, b) => (ranks[b] > ranks[a] ? b : a), "none");
}

/** Below zero where the first is the greater one. */
export function compareRisks(a: Risk, b: Risk): number {
  return ranks[b] - ranks[a];
}
