import { kindOf } from "../../engine/resources/resource";
import type { Drift, DriftedProperty, DriftedResource, ExpectedDifference } from ".";

/** Characters of what was not looked at, in an issue. */
const unreadLimit = 1500;
/** Characters of one value that are shown. */
const valueLimit = 200;

/** A drift on the terminal. */
export function textOf(drift: Drift, all: boolean): string[] {
  const lines = drift.resources.flatMap((resource) => [
    `${titleOf(resource)}${resource.what === "gone" ? " is gone" : ""}${where(resource)}`,
    ...resource.properties.flatMap((property) => [
      `  ${property.path}`,
      `    program: ${shown(property, "program")}`,
      `    there:   ${shown(property, "there")}`,
    ]),
  ]);
  const expected = all ? drift.expected.map(expectedLine) : [];
  const left = drift.expected.length;
  const rest = left > 0 && !all ? ` (${left} that others keep left out: --all)` : "";
  const verdict =
    drift.resources.length === 0
      ? `no drift: ${drift.looked} resources of ${drift.stack} are as the last up left them${rest}`
      : `${drift.resources.length} of ${drift.looked} resources of ${drift.stack} are not as the last up left them${rest}`;
  const unread = drift.unread.length > 0 ? ["", ...unreadLines(drift)] : [];
  const back = lines.length > 0 ? ["", `bring it back: switchboard up ${drift.stack} --refresh`] : [];
  const more = expected.length > 0 ? ["", ...expected] : [];
  return [verdict, ...(lines.length > 0 ? ["", ...lines] : []), ...more, ...unread, ...back];
}

/**
 * A drift as Markdown for an issue: a heading, and a list that is safe against whatever a value contains.
 * @param limit characters at most; what does not fit is counted
 * @returns undefined when there is no drift
 */
export function markdownOf(drift: Drift, limit = 12_000): string | undefined {
  if (drift.resources.length === 0) return undefined;
  const head = `### ${drift.stack}: ${drift.resources.length} of ${drift.looked} resources differ`;
  const entries = drift.resources.map(
    (resource) =>
      `- ${code(titleOf(resource))}${resource.what === "gone" ? " **is gone**" : ""}${sourceOf(resource)}` +
      resource.properties
        .map(
          (property) =>
            `\n  - ${code(property.path)}: the program says ${code(shown(property, "program"))}, ` +
            `there is ${code(shown(property, "there"))}`,
        )
        .join(""),
  );
  const kept: string[] = [];
  // Room for the line that counts the rest, and for what was not looked at.
  let length = head.length + 40 + (drift.unread.length > 0 ? unreadLimit : 0);
  for (const entry of entries) {
    length += entry.length + 1;
    if (length > limit) break;
    kept.push(entry);
  }
  const rest = entries.length - kept.length;
  const unread = drift.unread.length > 0 ? ["", code(unreadLines(drift).join(" ").slice(0, unreadLimit))] : [];
  return [head, "", ...kept, ...(rest > 0 ? [`- and ${rest} more`] : []), ...unread].join("\n");
}

/** What was not looked at, with what it would take. */
export function unreadLines({ stack, unread }: Drift): string[] {
  return unread.map(({ type, names, permission }) => {
    const what = `not looked at: ${names.length} ${kindOf(type)} of ${stack} (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""})`;
    return permission
      ? `${what}, because these credentials lack the permission ${permission}`
      : `${what}, because these credentials may not read it; the API does not say what it would take`;
  });
}

function titleOf({ name, type, components }: Pick<DriftedResource, "name" | "type" | "components">): string {
  const path = components.filter((component, index) => component !== components[index - 1]);
  const inside = path.length > 0 ? ` in ${path.join(" / ")}` : "";
  return `${kindOf(type)} ${name}${inside}`;
}

function where({ source }: DriftedResource): string {
  return source ? ` (${source.file}:${source.line})` : "";
}

function sourceOf({ source }: DriftedResource): string {
  return source ? ` (${code(`${source.file}:${source.line}`)})` : "";
}

function expectedLine({ type, name, path, why, ...sides }: ExpectedDifference): string {
  const property = { path, ...sides };
  return `expected: ${kindOf(type)} ${name} ${path}: ${shown(property, "program")} -> ${shown(property, "there")} (${why})`;
}

function shown(property: DriftedProperty, side: "program" | "there"): string {
  if (!(side in property)) return side === "program" ? "nothing" : "nothing (taken out)";
  const value = property[side];
  const text = (typeof value === "string" ? value : JSON.stringify(value)).replace(/\s+/g, " ");
  const clean = text.replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd");
  return clean.length > valueLimit ? `${clean.slice(0, valueLimit)}… (${clean.length} characters)` : clean;
}

/** A text as code, whatever is in it: a fence longer than the longest run of backticks. */
function code(text: string): string {
  const fence = "`".repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return text.includes("`") || text === "" || /^ .* $/.test(text)
    ? `${fence} ${text} ${fence}`
    : `${fence}${text}${fence}`;
}
