/**
 * What of a kind cannot be changed in place, as its Terraform provider says it (`ForceNew`, `RequiresReplace`), in
 * Pulumi's spelling; the official plugins are made from these providers.
 */
export interface Fixed {
  /** Property paths whose change makes a new resource. */
  readonly properties: readonly string[];
  /** Paths whose change makes a new one only in some direction: a disk that shrinks. */
  readonly sometimes?: Readonly<
    Record<string, (before: unknown, after: unknown, news: Readonly<Record<string, unknown>>) => boolean>
  >;
  /** The property that names it, where the program may: two of one name cannot be there at once. */
  readonly named?: string;
  /** Whether the old one goes before the new one comes, whatever its name (`DeleteBeforeReplace` of Pulumi's plugin). */
  readonly deletedFirst?: boolean;
  /** The provider's file that says so. */
  readonly source: string;
}

/**
 * What of a type forces a replacement.
 *
 * @param source the file of its Terraform provider that says so
 * @param properties the paths, with a space between two
 */
export function fixed(source: string, properties: string, more: Omit<Fixed, "properties" | "source"> = {}): Fixed {
  return { properties: properties.split(" ").filter(Boolean), ...more, source };
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

/** What was not set and now is, or the other way round; an empty list counts as not set. */
export function isAddedOrRemoved(before: unknown, after: unknown): boolean {
  return isSet(before) !== isSet(after);
}

/** What was set and is something else now; set for the first time, or not any more, it is none. */
export function isExchanged(before: unknown, after: unknown): boolean {
  return isSet(before) && isSet(after) && before !== after;
}

/**
 * What is this value now and was not before.
 *
 * @param unset what it was where nothing was set
 */
export function becomes(value: string, unset: string): (before: unknown, after: unknown) => boolean {
  return (before, after) => after === value && (before ?? unset) !== value;
}

/** An IPv4 network in CIDR notation that does not hold all of what was there before. */
export function isOtherNetwork(before: unknown, after: unknown): boolean {
  const [from, to] = [addresses(before), addresses(after)];
  return from !== undefined && to !== undefined && (to[0] > from[0] || to[1] < from[1]);
}

/** What was on and is not any more. */
export function isSwitchedOff(before: unknown, after: unknown): boolean {
  return before === true && after !== true;
}

/** The first address of an IPv4 network and the first one after it, as numbers. */
function addresses(cidr: unknown): [first: number, end: number] | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(String(cidr))?.slice(1).map(Number);
  if (!parts) return undefined;
  const size = 2 ** (32 - parts.pop()!);
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const first = address - (address % size);
  return [first, first + size];
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
