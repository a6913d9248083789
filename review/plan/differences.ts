import { identityOf, isObject, isSet, nameIn } from "./lists";
import { type Path, withElement, withKey } from "./paths";

/** One place at which two values differ. */
export interface Difference {
  /** As a person writes it; elements of a list are named where they have names. */
  readonly shown: string;
  /** Undefined where it is not there. */
  readonly oldPath: Path | undefined;
  readonly newPath: Path | undefined;
}

/** A place in both values. */
interface Place extends Difference {
  readonly oldPath: Path;
  readonly newPath: Path;
}

/**
 * The smallest places at which two values differ, without what is only order: elements of a list are compared with those
 * of the same name, and where they have none, with what is left when the equal ones are set aside.
 */
export function differences(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare(before, after, { shown: "", oldPath: [], newPath: [] }, "", found);
  return found;
}

function compare(a: unknown, b: unknown, at: Place, key: string, found: Difference[]): void {
  if (isObject(a) && isObject(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const next = { shown: withKey(at.shown, name), oldPath: [...at.oldPath, name], newPath: [...at.newPath, name] };
      compare(own(a, name), own(b, name), next, name, found);
    }
  } else if (Array.isArray(a) && Array.isArray(b)) {
    compareLists(a, b, at, key, found);
  } else if (!sameValue(a, b)) {
    found.push(at);
  }
}

function compareLists(a: readonly unknown[], b: readonly unknown[], at: Place, key: string, found: Difference[]): void {
  const pairs = pairsOf(a, b, key);
  for (const { i, j, name } of pairs) {
    const shown = withElement(at.shown, name ?? j ?? i ?? 0);
    const oldPath = i === undefined ? undefined : [...at.oldPath, i];
    const newPath = j === undefined ? undefined : [...at.newPath, j];
    if (oldPath && newPath) compare(a[i!], b[j!], { shown, oldPath, newPath }, "", found);
    else found.push({ shown, oldPath, newPath });
  }
}

/** Two positions that belong together, or one that belongs to none. */
interface Pair {
  readonly i?: number;
  readonly j?: number;
  readonly name?: string;
}

function pairsOf(a: readonly unknown[], b: readonly unknown[], key: string): Pair[] {
  const identity = identityOf(a, b);
  if (!identity) return pairsByValue(a, b, key);
  const positions = (list: readonly unknown[]) =>
    new Map(list.map((entry, index) => [nameIn(entry, identity)!, index]));
  const [olds, news] = [positions(a), positions(b)];
  return [...new Set([...olds.keys(), ...news.keys()])].map((name) => ({
    ...pair(olds.get(name), news.get(name)),
    name,
  }));
}

/** Equal elements are set aside, those of a command line only at both ends; what is left is paired in its order. */
function pairsByValue(a: readonly unknown[], b: readonly unknown[], key: string): Pair[] {
  const ordered = !isSet(key) && ![...a, ...b].every(isObject);
  const [olds, news] = ordered ? withoutEnds(a, b) : withoutEqual(a, b);
  return Array.from({ length: Math.max(olds.length, news.length) }, (_, at) => pair(olds[at], news[at]));
}

function withoutEnds(a: readonly unknown[], b: readonly unknown[]): [number[], number[]] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && sameDeep(a[start], b[start])) start++;
  let end = 0;
  while (end < shorter - start && sameDeep(a[a.length - 1 - end], b[b.length - 1 - end])) end++;
  return [range(start, a.length - end), range(start, b.length - end)];
}

function withoutEqual(a: readonly unknown[], b: readonly unknown[]): [number[], number[]] {
  const waiting = new Map<string, number[]>();
  b.forEach((entry, index) => {
    const text = canonical(entry);
    waiting.set(text, [...(waiting.get(text) ?? []), index]);
  });
  const olds = range(0, a.length).filter((index) => waiting.get(canonical(a[index]))?.shift() === undefined);
  return [olds, [...waiting.values()].flat().sort((x, y) => x - y)];
}

function pair(i: number | undefined, j: number | undefined): Pair {
  return { ...(i !== undefined && { i }), ...(j !== undefined && { j }) };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/** A value as a text that does not depend on the order of keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, entry: unknown) =>
      isObject(entry) ? Object.fromEntries(Object.entries(entry).sort(([x], [y]) => (x < y ? -1 : 1))) : entry,
    ) ?? "undefined"
  );
}

function sameDeep(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** Whether two plain values say the same. A JSON document (a policy of IAM) is compared by what it says. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || (isNothing(a) && isNothing(b))) return true;
  if (typeof a !== "string" || typeof b !== "string") return false;
  const [left, right] = [jsonOf(a), jsonOf(b)];
  return left !== undefined && right !== undefined && differences(left, right).length === 0;
}

/** What is not set is the same as what is set to nothing: providers return one for the other. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function jsonOf(text: string): object | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
