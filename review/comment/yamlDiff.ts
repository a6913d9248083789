import { diffLines } from "diff";
import { stringify } from "yaml";
import { secret, unknown } from "../../engine/resources/resource";
import { byKey, pruned } from "./pruned";

/** Unchanged lines that are shown around changed ones. */
const context = 3;
/** Lines of one block; what is more is counted. */
const most = 160;

/** What stands for a value that nobody knows before an `up`. */
export const knownLater = "(known after up)";

/** A value as YAML, without a line break at the end. */
export function yamlOf(value: unknown): string {
  if (
    typeof value === "string" &&
    /^[A-Za-z_/][\w./-]*$/.test(value) &&
    !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value)
  )
    return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === secret) return secret;
  const text = stringify(shown(value), { lineWidth: 0, sortMapEntries: false, aliasDuplicateObjects: false });
  return text.replace(/\n$/, "").replaceAll(`"${secret}"`, secret).replaceAll(`"${knownLater}"`, knownLater);
}

/** A value with people's words for what is not known, and long texts cut. */
function shown(value: unknown): unknown {
  if (value === unknown) return knownLater;
  if (typeof value === "string") return value.replaceAll("\r\n", "\n");
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value === undefined ? null : value;
  const entries = Object.entries(value).sort(([a], [b]) => byKey(a, b));
  return Object.fromEntries(entries.map(([key, entry]) => [key, shown(entry)]));
}

/**
 * Two objects as the lines of a diff of their YAML, only what differs and what leads to it.
 * @returns no lines where nothing differs
 */
export function yamlDiff(before: unknown, after: unknown): string[] {
  const pair = pruned(before, after);
  if (!pair) return [];
  const text = (value: unknown) => (value === undefined || isEmpty(value) ? "" : `${yamlOf(value)}\n`);
  return limited(textDiff(text(pair.before), text(pair.after)));
}

/** Two texts as the lines of a diff; long runs of equal lines are counted. */
export function textDiff(before: string, after: string): string[] {
  const lines: string[] = [];
  const changes = diffLines(before, after);
  for (const [index, { added, removed, value }] of changes.entries()) {
    const own = value.replace(/\n$/, "").split("\n");
    const sign = added ? "+" : removed ? "-" : " ";
    if (added || removed) {
      lines.push(...own.map((line) => `${sign} ${line}`));
      continue;
    }
    const first = index === 0 ? 0 : context;
    // What leads to the first change is where it is.
    const most = index === 0 ? 12 : first + context + 1;
    const last = index === changes.length - 1 ? 0 : context;
    if (own.length <= most) lines.push(...own.map((line) => `  ${line}`));
    else {
      const hidden = own.length - first - last;
      const before = own.slice(0, first);
      const parents = last > 0 ? parentsOf(own, own.length - last) : [];
      const rest = last > 0 ? own.slice(-last) : [];
      lines.push(...before.map((line) => `  ${line}`));
      lines.push(
        `@@ ${hidden === 1 ? "1 line" : `${hidden} lines`} as before${parents.length > 0 ? `, in ${parents.join(".")}` : ""} @@`,
      );
      lines.push(...rest.map((line) => `  ${line}`));
    }
  }
  return lines;
}

/** The keys above a line of YAML, by their indentation. */
function parentsOf(lines: readonly string[], at: number): string[] {
  const keys: string[] = [];
  let indent = /^ */.exec(lines[at] ?? "")![0].length;
  for (let index = at - 1; index >= 0 && indent > 0; index--) {
    const [, blanks = "", key] = /^( *)(?:- )?([\w./-]{1,40}):/.exec(lines[index]!) ?? [];
    if (key && blanks.length < indent) {
      keys.unshift(key);
      indent = blanks.length;
    }
  }
  return keys.slice(-4);
}

function limited(lines: string[]): string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `@@ ${lines.length - most} more lines @@`];
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
