/** US dollars a month, or how many of something: 730 hours, as all three price lists count. */
export interface Range {
  /** Autoscalers at their least, the least of traffic that the sheet names. */
  readonly low: number;
  readonly likely: number;
  /** Autoscalers at their most. */
  readonly high: number;
}

/** Nothing. */
export const zero: Range = { low: 0, likely: 0, high: 0 };

/** Hours of a month, as the price lists count. */
export const hoursOfMonth = 730;

/** More than any quantity of a stack; what is larger is a mistake and not a price. */
const most = 1e9;

/** One figure, or three that are brought into their order. */
export function range(low: number, likely: number = low, high: number = likely): Range {
  const [least, middle, greatest] = [low, likely, high].sort((a, b) => a - b) as [number, number, number];
  return { low: least, likely: middle, high: greatest };
}

export function plus(a: Range, b: Range): Range {
  return { low: a.low + b.low, likely: a.likely + b.likely, high: a.high + b.high };
}

/** Both must not be negative. */
export function times(a: Range, b: Range | number): Range {
  if (typeof b === "number") return { low: a.low * b, likely: a.likely * b, high: a.high * b };
  return { low: a.low * b.low, likely: a.likely * b.likely, high: a.high * b.high };
}

/** What is above an allowance. */
export function beyond(a: Range, allowance: number): Range {
  const rest = (value: number) => Math.max(0, value - allowance);
  return { low: rest(a.low), likely: rest(a.likely), high: rest(a.high) };
}

/** After less before. */
export function difference(before: Range, after: Range): Range {
  return { low: after.low - before.low, likely: after.likely - before.likely, high: after.high - before.high };
}

export function sum(ranges: readonly Range[]): Range {
  return ranges.reduce(plus, zero);
}

/** Whether a value can be counted: a number that is finite, not negative, and not beyond all measure. */
export function isQuantity(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= most;
}
