import { secret, unknown } from "../../engine/resources/resource";
import { type Difference, differences } from "./differences";
import { identityOf, isObject, nameIn } from "./lists";
import type { PropertyChange } from "./model";
import { comparePaths, type Path, parsePath, valueAt, withElement, withKey } from "./paths";
import type { Step } from "./report";
import type { MaskedPair } from "./secrets";

/** What a difference is looked for in. */
export interface PropertyInput {
  /** Inputs before and after, as they were read. */
  readonly raw: MaskedPair;
  readonly masked: MaskedPair;
  /** What really is there, masked: where a provider names what no input has, as a preview that refreshes first does. */
  readonly outputs?: unknown;
  readonly detailedDiff: NonNullable<Step["detailedDiff"]>;
  /**
   * What the provider names as reasons of a replacement: properties at the top, or whole paths, which the official
   * Kubernetes provider writes with a dot in front now and then.
   */
  readonly replaceReasons: readonly string[];
}

interface Found extends Difference {
  readonly replaces: boolean;
  /** What the provider calls it: tells what is in neither side's inputs. */
  readonly told?: PropertyChange["kind"];
}

const kinds: Readonly<Record<string, PropertyChange["kind"]>> = { add: "add", delete: "remove", update: "change" };

/**
 * The properties that differ. Where the provider said which (`detailedDiff`), what it does not count as a difference is
 * left out (a quantity written in another way, a change that the program ignores), and what is only moved within a list
 * is left out as well. Otherwise everything that differs in the inputs.
 */
export function propertyChanges(input: PropertyInput): PropertyChange[] {
  const { raw, masked, outputs, detailedDiff, replaceReasons } = input;
  const told = Object.entries(detailedDiff).map(([path, { kind }]) => ({
    path: parsePath(path),
    replaces: kind.endsWith("-replace"),
    kind: kinds[kind.replace(/-replace$/, "")] ?? "change",
  }));
  const reasons = replaceReasons.map(parsePath).filter((path) => path.length > 0);
  const found: Found[] = [];
  for (const difference of differences(raw.before, raw.after)) {
    const matching = told.filter(({ path }) => isAt(path, difference));
    if (told.length > 0 && matching.length === 0) continue;
    const named = told.length > 0 ? matching.filter(({ replaces }) => replaces).map(({ path }) => path) : reasons;
    const replaces = named.some((path) => isAt(path, difference));
    found.push({ ...difference, replaces });
  }
  for (const { path, replaces, kind } of told) {
    if (found.some((difference) => isAt(path, difference))) continue;
    const values = [valueAt(raw.before, path), valueAt(raw.after, path)];
    // Both are there and in sight, and the same: the element is only elsewhere in its list.
    if (values.every((value) => value !== undefined && !isHidden(value))) continue;
    found.push({ shown: shownPath(path, raw), oldPath: path, newPath: path, replaces, told: kind });
  }
  return merged(found.map((entry) => changeAt(entry, masked, outputs)));
}

function changeAt(found: Found, masked: MaskedPair, outputs: unknown): PropertyChange {
  const { oldPath, newPath, shown, replaces, told } = found;
  const given = maskedAt(masked.before, oldPath);
  const before = given.value === undefined && told !== undefined && told !== "add" ? maskedAt(outputs, oldPath) : given;
  const after = maskedAt(masked.after, newPath);
  // Below a masked value nothing is told: the path ends where the mask is.
  const depth = Math.min(before.depth, after.depth);
  const whole = newPath ?? oldPath ?? [];
  const path = depth < whole.length ? shownPath(whole.slice(0, depth), masked) : shown;
  const neither = before.value === undefined && after.value === undefined;
  const own = before.value === undefined ? "add" : after.value === undefined ? "remove" : "change";
  const kind = neither ? (told ?? "change") : own;
  return {
    ...{ path, kind, forcesReplacement: replaces },
    ...(before.value !== undefined && { before: before.value }),
    ...(after.value !== undefined && { after: after.value }),
  };
}

/** The value at a path, or the mask that stands above it, with how far the path goes. */
function maskedAt(value: unknown, path: Path | undefined): { readonly value: unknown; readonly depth: number } {
  if (!path) return { value: undefined, depth: Number.POSITIVE_INFINITY };
  for (let depth = 0; depth < path.length; depth++) {
    const here = valueAt(value, path.slice(0, depth));
    if (here === secret || here === unknown) return { value: here, depth };
  }
  return { value: valueAt(value, path), depth: path.length };
}

/** Several differences at one path, as of a masked object, are one; in the order of the paths. */
function merged(changes: readonly PropertyChange[]): PropertyChange[] {
  const byPath = new Map<string, PropertyChange>();
  for (const change of changes) {
    const other = byPath.get(change.path);
    const forcesReplacement = change.forcesReplacement || other?.forcesReplacement === true;
    byPath.set(change.path, { ...(other ?? change), forcesReplacement });
  }
  return [...byPath.values()].sort((a, b) => comparePaths(a.path, b.path));
}

function isAt(path: Path, { oldPath, newPath }: Difference): boolean {
  return [oldPath, newPath].some((other) => other !== undefined && touches(path, other));
}

/** Whether one path is the other or lies below it; positions in lists are not compared, because elements move. */
function touches(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (typeof a[i] === "number" && typeof b[i] === "number") continue;
    if (String(a[i]) !== String(b[i])) return false;
  }
  return true;
}

/** The engine's path as a person writes it. */
function shownPath(path: Path, { before, after }: MaskedPair): string {
  let shown = "";
  path.forEach((part, depth) => {
    if (typeof part === "string") {
      shown = withKey(shown, part);
      return;
    }
    const above = path.slice(0, depth);
    const lists = [valueAt(before, above), valueAt(after, above)].map((value) => (Array.isArray(value) ? value : []));
    const identity = identityOf(lists[0]!, lists[1]!);
    const element = lists[1]![part] ?? lists[0]![part];
    shown = withElement(shown, (identity && nameIn(element, identity)) ?? part);
  });
  return shown;
}

/** Whether a value is, or holds, what nobody may or can see. */
function isHidden(value: unknown): boolean {
  if (value === secret || value === unknown) return true;
  if (Array.isArray(value)) return value.some(isHidden);
  return isObject(value) && Object.values(value).some(isHidden);
}
