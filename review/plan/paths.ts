/** A path into a value: keys of objects, positions in lists. */
export type Path = readonly (string | number)[];

/** The parts of a path as the engine writes it: `spec.ports[0].name`, `metadata.annotations["a.b/c"]`. */
export function parsePath(text: string): Path {
  const parts: (string | number)[] = [];
  for (const [, quoted, index, named, plain] of text.matchAll(
    /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[([^\]]*)\]|([^.[\]]+)/g,
  )) {
    if (quoted !== undefined) parts.push(unescaped(quoted));
    else if (index !== undefined) parts.push(Number(index));
    else parts.push(named ?? plain ?? "");
  }
  return parts;
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** The value at a path; undefined where the path leads nowhere. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}

/** A path with one more key: `a.b`, or `a["b.c/d"]` where the key is not a plain word. */
export function withKey(path: string, key: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** A path with one more position or element's name: `containers[0]`, `env[LOG_LEVEL]`, `env["A.B"]`. */
export function withElement(path: string, element: string | number): string {
  const plain = typeof element === "number" || /^[\p{L}_$][\p{L}\p{N}_$/-]*$/u.test(element);
  return `${path}[${plain ? element : JSON.stringify(element)}]`;
}

/** Paths in the order in which people read them: `a[2]` before `a[10]`. */
export function comparePaths(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

// Named, so that no machine's own language changes the order.
const collator = new Intl.Collator("en", { numeric: true });
