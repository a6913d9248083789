import { type Range, range } from "../../components/clouds/shared/facts/range";
import { usage } from "./sheet";

/** A figure of `usage.json`. */
export function assumed(name: string): Range {
  const { low, likely, high } = usage[name]!;
  return { low, likely, high };
}

/** Between the bounds of an autoscaler. */
export function scaled(least: number, most: number): Range {
  const { low, likely, high } = usage.nodes!;
  const at = (share: number) => least + (most - least) * share;
  return range(at(low), at(likely), at(high));
}
