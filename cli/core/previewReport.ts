import { kindOf, nameOf } from "../../engine/resources/resource";
import type { TextStyle } from "../../lib/terminal";
import { painter, wrapLine } from "../../lib/text";
import type { Change, Operation, PropertyChange, StackPreview } from "../../review/plan/model";
import type { Finding } from "../../review/policies/model";
import type { Tail } from "./previewTail";

/** How a preview is shown on a terminal. */
export interface PreviewStyle extends Partial<Tail> {
  readonly style: TextStyle;
  /** Every property, not only the first ones of each resource. @default false */
  readonly verbose?: boolean;
}

/** Properties of one resource that are shown without `--verbose`. */
const mostProperties = 12;
/** Characters of a value that are shown without `--verbose`. */
const longestValue = 200;

/** In the order in which counts are told. */
const countedOperations: readonly (readonly [operation: Operation, mark: string, word: string])[] = [
  ["delete", "-", "to delete"],
  ["replace", "±", "to replace"],
  ["update", "~", "to change"],
  ["create", "+", "to create"],
  ["import", "←", "to import"],
  ["forget", "→", "to forget"],
  ["refresh", "≠", "found changed"],
  ["read", "·", "read"],
];

type Paint = ReturnType<typeof painter>;

/** A preview for a person at a terminal: verdict, what needs attention, changes by component, findings, cost. */
export function previewLines(
  preview: StackPreview,
  { style, verbose = false, findings, cost }: PreviewStyle,
): string[] {
  const paint = painter(style.colours);
  const { changes, diagnostics, stack } = preview;
  const wrap = (text: string, hang?: number) => wrapLine(text, style.width, hang);
  // What else was said is of the engine and its plugins.
  const shownDiagnostics = diagnostics.filter(({ severity }) => verbose || severity !== "info");
  const attention = changes.filter(({ risk }) => risk === "danger" || risk === "caution");
  const lines = [
    ...wrap(`Preview of stack ${stack}: ${verdictOf(preview)}`).map((line) => paint("bold", line)),
    ...section(preview.succeeded ? "Warnings" : "What failed", shownDiagnostics, ({ severity, message, urn }) =>
      printable(`${severity}: ${urn ? `${kindOf(urnType(urn))} ${nameOf(urn)}: ` : ""}${message}`)
        .split("\n")
        .flatMap((line) => wrap(`  ${line}`, 4))
        .map((line) => (severity === "info" ? line : paint(severity === "error" ? "red" : "yellow", line))),
    ),
    ...section("Look at these first", attention, (change) => attentionLines(change, wrap, paint)),
    ...componentsOf(changes).flatMap(([component, ofComponent]) =>
      section(component, ofComponent, (change) => changeLines(change, { style, verbose }, paint)),
    ),
    ...section("Policies", grouped(findings ?? []), ([{ level, rule, message, todo }, names]) => [
      ...wrap(`  ${level}: ${printable(message)} (${rule}: ${printable(listed(names))})`, 4).map((line) =>
        level === "mandatory" ? paint("red", line) : line,
      ),
      ...wrap(`    what to do: ${printable(todo)}`, 6),
    ]),
  ];
  if (cost) lines.push("", ...costLines(cost).flatMap((line) => wrap(line)));
  return lines;
}

/** Findings that say the same, with the names of what they were found in. */
function grouped(findings: readonly Finding[]): (readonly [Finding, string[]])[] {
  const groups = new Map<string, readonly [Finding, string[]]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.message, finding.todo]);
    const [first, names] = groups.get(key) ?? [finding, []];
    groups.set(key, [first, [...names, nameOf(finding.urn)]]);
  }
  return [...groups.values()];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/** The same as a value of JSON: all that is shown, without the resources that stay as they are. */
export function previewValue(preview: StackPreview, { findings, cost }: Tail): object {
  const { before: _before, after: _after, changes, ...rest } = preview;
  return {
    ...rest,
    changes: changes.map(({ before: _was, after: _will, ...change }) => change),
    findings,
    ...(!rest.succeeded && { error: { message: errorsIn(preview), todo: "correct it, then run this again" } }),
    ...(cost && { cost: { currency: "USD", before: cost.before.total, after: cost.after.total, ...costRest(cost) } }),
  };
}

function errorsIn({ diagnostics }: StackPreview): string {
  return diagnostics.flatMap(({ severity, message }) => (severity === "error" ? message : [])).join("\n");
}

function costRest({ difference, components, newlyUnpriced }: NonNullable<Tail["cost"]>) {
  return { difference, components, newlyUnpriced };
}

function verdictOf({ succeeded, counts, risk }: StackPreview): string {
  if (!succeeded) return "it failed.";
  const parts = countedOperations.flatMap(([operation, , word]) =>
    counts[operation] ? `${counts[operation]} ${word}` : [],
  );
  if (parts.every((part) => part.endsWith(" read"))) return "nothing would change.";
  const danger = risk === "danger" ? " Something is in danger." : "";
  return `${parts.join(", ")}; ${counts.same} stay as they are.${danger}`;
}

function section<T>(title: string, entries: readonly T[], show: (entry: T) => readonly string[]): string[] {
  return entries.length === 0 ? [] : ["", title, ...entries.flatMap(show)];
}

function attentionLines(
  { operation, type, name, risk, reasons, forcedBy, source }: Change,
  wrap: (text: string, hang?: number) => string[],
  paint: Paint,
): string[] {
  const colour = risk === "danger" ? "red" : "yellow";
  const forced = forcedBy.length > 0 && reasons.length === 0 ? `, because of ${forcedBy.join(", ")}` : "";
  const where = source ? ` (${source.file}:${source.line})` : "";
  return [
    ...wrap(`  ${risk}: ${operation} ${kindOf(type)} ${printable(name)}${printable(forced)}${where}`, 4).map((line) =>
      paint(colour, line),
    ),
    ...reasons.flatMap((reason) => wrap(`    ${printable(reason)}`, 4)),
  ];
}

/** Changes by their outermost component, in the order of the preview. */
function componentsOf(changes: readonly Change[]): (readonly [string, Change[]])[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes.filter(({ operation }) => operation !== "read")) {
    const component = change.components[0] ?? "stack";
    groups.set(component, [...(groups.get(component) ?? []), change]);
  }
  return [...groups];
}

function changeLines(
  change: Change,
  { style, verbose }: Required<Pick<PreviewStyle, "style" | "verbose">>,
  paint: Paint,
) {
  const { operation, type, name, properties } = change;
  const [, mark = "?"] = countedOperations.find(([one]) => one === operation) ?? [];
  const colour = operation === "create" ? "green" : operation === "update" ? "yellow" : "red";
  const shown = verbose ? properties : properties.slice(0, mostProperties);
  const more = properties.length - shown.length;
  return [
    `${paint(colour, `  ${mark} ${printable(name)}`)}  ${paint("dim", type)}`,
    ...shown.flatMap((property) => wrapLine(`      ${propertyText(property, verbose)}`, style.valueWidth, 8)),
    ...(more > 0 ? [`      and ${more} more; --verbose shows them`] : []),
  ];
}

function propertyText({ path, kind, before, after, forcesReplacement }: PropertyChange, verbose: boolean): string {
  const forces = forcesReplacement ? " (forces the replacement)" : "";
  const [was, will] = [before, after].map((value) => shortened(value, verbose));
  if (kind === "add") return printable(`+ ${path}: ${will}${forces}`);
  if (kind === "remove") return printable(`- ${path}: ${was}${forces}`);
  return printable(`${path}: ${was} → ${will}${forces}`);
}

function shortened(value: unknown, verbose: boolean): string {
  const text = JSON.stringify(value) ?? "nothing";
  return verbose || text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

function costLines({ before, after, difference, newlyUnpriced }: NonNullable<Tail["cost"]>): string[] {
  const money = (amount: number) => Math.round(amount).toLocaleString("en-US");
  const sign = difference.likely > 0 ? "+" : "";
  const range = `${money(difference.low)} to ${money(difference.high)}`;
  const change =
    difference.low === 0 && difference.likely === 0 && difference.high === 0
      ? `Cost: no difference; about ${money(after.total.likely)} USD a month.`
      : `Cost: ${sign}${money(difference.likely)} USD a month (${range}): from about ${money(before.total.likely)} to ${money(after.total.likely)}.`;
  const names = newlyUnpriced.map(({ what }) => printable(what));
  return [change, ...(names.length > 0 ? [`Not priced, and in no figure: ${names.join(", ")}.`] : [])];
}

function urnType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

/** Without characters that a terminal acts on: a value of a preview may hold anything. Line ends stay. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, (found) => {
    const code = found.codePointAt(0)!.toString(16).padStart(4, "0");
    return found === "\t" ? "  " : `\\u${code}`;
  });
}
