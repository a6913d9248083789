import type { Change, StackPreview } from "../plan/model";
import { code, prose } from "./escape";
import { afterTitle, kind, nameOf } from "./links";
import type { ForgeLimits, PullRequestReport } from "./model";
import type { Lines } from "./parts";
import { count, operationWords, riskMarks } from "./verdict";

/** As many rows are seen at once; the rest is in a fold. */
const open = 30;
/** As many new resources stand among the rest; more have a table of their own. */
const freshOpen = 12;
/** Paths in a cell. */
const paths = 3;

const header = ["| | Change | Resource | What changes |", "| --- | --- | --- | --- |"];
const freshHeader = ["| | New resource |", "| --- | --- |"];

/** Changes of one outermost component, worst first. */
export interface Group {
  readonly name: string;
  readonly changes: readonly Change[];
}

/** Changes by their outermost component, in the order of the worst of each. */
export function groupsOf({ changes }: StackPreview): Group[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const name = change.components[0] ?? (isHolder(change) ? change.name : "");
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name)!.push(change);
  }
  return [...groups].map(([name, inside]) => ({ name, changes: inside }));
}

/** Whether a change is of a component, which only holds others. */
export function isHolder({ before, after, properties }: Change): boolean {
  return (after ?? before)?.custom === false && properties.length === 0;
}

/** The table of changes: what needs a look in sight, what is new and safe in a fold where it is much. */
export function tableOf(preview: StackPreview, report: PullRequestReport, limits: ForgeLimits): Lines[] {
  const rows = groupsOf(preview).flatMap(({ name, changes }) =>
    changes.filter((change) => !isHolder(change)).map((change) => ({ name, change })),
  );
  const isNew = ({ change }: Row) =>
    change.operation === "create" && (change.risk === "safe" || change.risk === "none");
  const fresh = rows.filter(isNew);
  const known = fresh.length > freshOpen ? rows.filter((row) => !isNew(row)) : rows;
  // A fold for a few rows would only be in the way.
  const cut = known.length > open + 5 ? open : known.length;
  return [
    ...(cut > 0
      ? [{ kind: "rows" as const, head: header, lines: linesOf(known.slice(0, cut), report), tail: [] }]
      : []),
    ...folded(known.slice(cut), "more changes", header, report, limits),
    ...(known === rows ? [] : folded(fresh, "new resources, all safe", freshHeader, report, limits)),
  ];
}

interface Row {
  readonly name: string;
  readonly change: Change;
}

function folded(
  rows: readonly Row[],
  what: string,
  columns: readonly string[],
  report: PullRequestReport,
  { details }: ForgeLimits,
): Lines[] {
  if (rows.length === 0) return [];
  const summary = `${rows.length} ${what}`;
  const head = details ? ["<details>", `<summary>${summary}</summary>`, ""] : [`${summary}:`, ""];
  const lines = columns === freshHeader ? freshLines(rows, report) : linesOf(rows, report);
  return [{ kind: "rows", head: [...head, ...columns], lines, tail: details ? ["", "</details>"] : [] }];
}

/** What the counts have in them and the table has not. */
export function unlisted(preview: StackPreview): string {
  const { same, read } = preview.counts;
  const holders = preview.changes.filter(isHolder).length;
  const facts = [
    ...(same > 0
      ? [`${count(same, "resource")} ${same === 1 ? "stays" : "stay"} as ${same === 1 ? "it is" : "they are"}`]
      : []),
    ...(read > 0 ? [`${read} only looked up`] : []),
    ...(holders > 0
      ? [`${count(holders, "component")} that only ${holders === 1 ? "holds" : "hold"} others not listed`]
      : []),
  ];
  return facts.length > 0 ? `${facts.join(", ")}.` : "";
}

function linesOf(rows: readonly Row[], report: PullRequestReport): string[] {
  return rows.map(({ change }, index) => {
    const word = operationWords[change.operation].replaceAll(" ", "&nbsp;");
    const operation = `${riskMarks[change.risk === "none" ? "safe" : change.risk]}&nbsp;${word}`;
    return `| ${label(rows, index)} | ${operation} | ${nameOf(change, report)} ${kind(change.type)} | ${whatOf(change)} |`;
  });
}

function freshLines(rows: readonly Row[], report: PullRequestReport): string[] {
  return rows.map(({ change }, index) => `| ${label(rows, index)} | ${nameOf(change, report)} ${kind(change.type)} |`);
}

/** The component's name, in its first row only. */
function label(rows: readonly Row[], index: number): string {
  const name = rows[index]!.name;
  if (rows[index - 1]?.name === name) return "";
  return name === "" ? "*stack*" : code(name, 60);
}

/** What forces a replacement, which properties change, and why it is more than safe. */
function whatOf(change: Change): string {
  const { forcedBy, properties, risk, reasons } = change;
  const forced = new Set(forcedBy);
  const others = properties.map(({ path }) => path).filter((path) => !forced.has(path));
  const shown = forcedBy.slice(0, paths);
  const more = others.slice(0, paths - shown.length);
  const rest = forcedBy.length + others.length - shown.length - more.length;
  const listed = [...shown, ...more].map((path) => code(shortPath(path), 60, "start"));
  const facts = [
    ...(shown.length > 0 ? [`**forced by** ${listed.slice(0, shown.length).join(", ")}`] : []),
    ...(more.length > 0 ? [listed.slice(shown.length).join(", ")] : []),
    ...(rest > 0 ? [`+${rest} more`] : []),
  ].join(", ");
  const why =
    risk === "caution" && forcedBy.length === 0 && reasons[0]
      ? prose((afterTitle(reasons[0], change) ?? reasons[0]).replace(/^: /, ""), 140)
      : "";
  if (risk === "danger" && facts === "") return "*see above*";
  return [why, facts].filter(Boolean).join(" · ");
}

/** The last steps of a path, as many as can be read at a glance. */
function shortPath(path: string): string {
  if (path.length <= 44) return path;
  const steps = path.match(/\[[^\]]*\]|\.?[^.[]+/g) ?? [path];
  let end = "";
  for (const step of steps.reverse()) {
    if (end !== "" && end.length + step.length > 40) break;
    end = step + end;
  }
  return `…${end}`;
}
