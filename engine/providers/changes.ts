import { equal, isObject, isSecret, isUnknown, type Properties, type Value } from "./values";

/** How a property differs between two sets of inputs. */
export type Change = "add" | "delete" | "update";

/**
 * The smallest property paths at which two objects differ. Lists are compared element by element; a secret is
 * compared by its value, and shown at the path of its envelope; a value that is not known yet differs from any other.
 * @example changes({ a: { b: [1] } }, { a: { b: [2, 3] } }) // Map { "a.b[0]" => "update", "a.b[1]" => "add" }
 */
export function changes(olds: Properties, news: Properties): Map<string, Change> {
  const found = new Map<string, Change>();
  collect(olds, news, "", found);
  return found;
}

/** A property path with one more member: `a.b`, or `a["b.c/d"]` where the name is not a plain word. */
export function memberPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path ? `${path}.${key}` : key;
}

/** The keys and list positions of a property path: `spec.ports[0].name` has `spec`, `ports`, `0`, `name`. */
export function pathParts(path: string): string[] {
  const parts: string[] = [];
  for (const [, quoted, index, plain] of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)) {
    parts.push(quoted !== undefined ? (JSON.parse(`"${quoted}"`) as string) : (index ?? plain!));
  }
  return parts;
}

function collect(a: Value | undefined, b: Value | undefined, path: string, found: Map<string, Change>): void {
  if (isSecret(a) || isSecret(b)) {
    const inner = new Map<string, Change>();
    collect(isSecret(a) ? a.value : a, isSecret(b) ? b.value : b, path, inner);
    if (inner.size > 0) found.set(path, a === undefined ? "add" : b === undefined ? "delete" : "update");
  } else if (isUnknown(a) || isUnknown(b)) {
    found.set(path, a === undefined ? "add" : "update");
  } else if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      collect(a[key], b[key], memberPath(path, key), found);
    }
  } else if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) collect(a[i], b[i], `${path}[${i}]`, found);
  } else if (!equal(a, b)) {
    found.set(path, a === undefined ? "add" : b === undefined ? "delete" : "update");
  }
}
