import type { Properties } from "../values";

/**
 * What of a kind cannot be changed in place, as its Terraform provider says it (`ForceNew`, `RequiresReplace`), in
 * Pulumi's spelling; the official plugins are made from these providers.
 */
export interface Fixed {
  /** Property paths whose change makes a new resource. */
  readonly properties: readonly string[];
  /** Paths whose change makes a new one only in some direction: a disk that shrinks. */
  readonly sometimes?: Readonly<Record<string, (before: unknown, after: unknown, news: Properties) => boolean>>;
  /** The property that names it, where the program may: two of one name cannot be there at once. */
  readonly named?: string;
  /** The provider's file that says so. */
  readonly source: string;
}

/** A number that is lower than before. */
export function shrinks(before: unknown, after: unknown): boolean {
  return typeof before === "number" && typeof after === "number" && after < before;
}

/** A version that is lower than before: `7.2` after `8.1`, `REDIS_6_X` after `REDIS_7_2`. */
export function isDowngrade(before: unknown, after: unknown): boolean {
  const [from, to] = [before, after].map((version) => (String(version).match(/\d+/g) ?? []).map(Number));
  for (let i = 0; i < Math.min(from!.length, to!.length); i++) {
    if (from![i] !== to![i]) return to![i]! < from![i]!;
  }
  return false;
}

/** What was set and is not any more. */
export function isRemoved(before: unknown, after: unknown): boolean {
  return before !== undefined && before !== null && (after === undefined || after === null);
}

/** A network in CIDR notation that is not as large as before, or another one. */
export function isOtherNetwork(before: unknown, after: unknown): boolean {
  const [[oldAddress, oldBits], [address, bits]] = [before, after].map((cidr) => String(cidr).split("/")) as [
    [string, string],
    [string, string],
  ];
  return oldAddress !== address || Number(bits) > Number(oldBits);
}
