/** The numbers of a version: `v1.35.3-gke.1389002` is 1, 35, 3, 1389002. */
function numbersOf(version: string): number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}

/** Sorts versions by their numbers, oldest first. */
export function olderFirst(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? -1) - (right[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version is newer than another one. */
export function isNewer(version: string, other: string): boolean {
  return olderFirst(version, other) > 0;
}

/** The newest of some versions; undefined where there are none. */
export function newestOf(versions: readonly string[]): string | undefined {
  return [...versions].sort(olderFirst).at(-1);
}

/** The first numbers of a version: `1.36` of `v1.36.2+k3s1` with two. */
export function lineOf(version: string, numbers: number): string | undefined {
  const [found] = new RegExp(`\\d+(?:\\.\\d+){${numbers - 1}}`).exec(version) ?? [];
  return found;
}

/** The next minor: `1.36` of `1.35`. */
export function minorAfter(line: string): string {
  const [major, minor] = line.split(".");
  return `${major}.${Number(minor) + 1}`;
}
