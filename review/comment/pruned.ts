import { identityOf, isObject, isSet, nameIn } from "../plan/lists";

/** Both sides of a difference without what they have in common; undefined stands for what is not there. */
export interface Pair {
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Only what differs of two values, with the keys that lead to it and the names of the list elements that it is in: as much
 * of two objects as a person needs to see what changes and where. Keys are in one order on both sides.
 *
 * @param key the key under which the values stand; it says whether the order of a list means anything
 * @returns undefined where nothing differs
 */
export function pruned(before: unknown, after: unknown, key = ""): Pair | undefined {
  if (before === after) return undefined;
  if (isObject(before) && isObject(after)) return prunedObjects(before, after);
  if (Array.isArray(before) && Array.isArray(after)) return prunedLists(before, after, key);
  return { before, after };
}

function prunedObjects(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(byKey);
  const sides = { before: {} as Record<string, unknown>, after: {} as Record<string, unknown> };
  let differs = false;
  for (const key of keys) {
    const pair = pruned(ownOf(before, key), ownOf(after, key), key);
    if (!pair) continue;
    differs = true;
    if (pair.before !== undefined) put(sides.before, key, pair.before);
    if (pair.after !== undefined) put(sides.after, key, pair.after);
  }
  return differs ? sides : undefined;
}

function prunedLists(before: readonly unknown[], after: readonly unknown[], key: string): Pair | undefined {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  if (isSet(key) && [...before, ...after].every((entry) => typeof entry === "string")) {
    const [a, b] = [new Set(before), new Set(after)];
    const gone = before.filter((entry) => !b.has(entry));
    const come = after.filter((entry) => !a.has(entry));
    return gone.length + come.length > 0 ? withRest(gone, come, before, after) : undefined;
  }
  const identity = identityOf(before, after);
  if (identity) return prunedNamed(before, after, identity);
  if (![...before, ...after].every(isObject)) return { before, after };
  if (before.length !== after.length) return withoutCommon(before, after);
  const pairs = before.flatMap((entry, index) => pruned(entry, after[index]) ?? []);
  return pairs.length > 0
    ? { before: pairs.map((pair) => pair.before), after: pairs.map((pair) => pair.after) }
    : undefined;
}

/** Lists of objects of which some come or go: without those that are in both. */
function withoutCommon(before: readonly unknown[], after: readonly unknown[]): Pair {
  const without = (list: readonly unknown[], other: readonly unknown[]) => {
    const counts = new Map<string, number>();
    for (const entry of other) counts.set(JSON.stringify(entry), (counts.get(JSON.stringify(entry)) ?? 0) + 1);
    return list.filter((entry) => {
      const text = JSON.stringify(entry);
      const count = counts.get(text) ?? 0;
      if (count > 0) counts.set(text, count - 1);
      return count === 0;
    });
  };
  return withRest(without(before, after), without(after, before), before, after);
}

/** Stands for the elements that both sides have, where a side would look empty without. */
const rest = "…";

function withRest(gone: unknown[], come: unknown[], before: readonly unknown[], after: readonly unknown[]): Pair {
  const looksEmpty = (gone.length === 0 && before.length > 0) || (come.length === 0 && after.length > 0);
  return looksEmpty ? { before: [rest, ...gone], after: [rest, ...come] } : { before: gone, after: come };
}

/** Lists whose elements have names: compared by name, as Kubernetes merges them. */
function prunedNamed(before: readonly unknown[], after: readonly unknown[], identity: string): Pair | undefined {
  const old = new Map(before.map((entry) => [nameIn(entry, identity)!, entry]));
  const next = new Map(after.map((entry) => [nameIn(entry, identity)!, entry]));
  const names = [...old.keys(), ...[...next.keys()].filter((name) => !old.has(name))];
  const sides = { before: [] as unknown[], after: [] as unknown[] };
  for (const name of names) {
    const pair = pruned(old.get(name), next.get(name));
    if (!pair) continue;
    const anchored = (entry: unknown, whole: unknown) =>
      isObject(entry) && isObject(whole) ? { [identity]: whole[identity], ...entry } : entry;
    if (old.has(name)) sides.before.push(anchored(pair.before, old.get(name)));
    if (next.has(name)) sides.after.push(anchored(pair.after, next.get(name)));
  }
  return sides.before.length + sides.after.length > 0 ? withRest(sides.before, sides.after, before, after) : undefined;
}

/** Keys in the order in which people read an object: its name first, then by the alphabet. */
export function byKey(a: string, b: string): number {
  const rank = (key: string) => ["apiVersion", "kind", "metadata", "name"].indexOf(key) >>> 0;
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function ownOf(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Also where the key is `__proto__`. */
function put(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
