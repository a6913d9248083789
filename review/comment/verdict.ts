import type { Operation, Risk } from "../plan/model";
import { code, link } from "./escape";
import { signedMoney } from "./money";
import { type Left, type PartKind, partKinds } from "./parts";

/** What a section comes to: what the verdict and the index are written of. */
export interface SectionSummary {
  readonly stack: string;
  readonly state: "planned" | "unchanged" | "failed" | "offline";
  readonly risk: Risk;
  /** Only what is more than nothing. */
  readonly counts: Partial<Readonly<Record<Operation, number>>>;
  readonly errors: number;
  readonly mandatory: number;
  readonly advisory: number;
  /** US dollars a month, likely: the difference and what it is then. Absent where nothing is known. */
  readonly cost?: { readonly difference: number; readonly after: number; readonly unpriced: number };
  /** Address of the run. */
  readonly run?: string;
  /** How many of what were left out. */
  readonly left: Left;
}

/** Each risk's mark, the same everywhere, always beside a word: nobody needs to tell colours apart. */
export const riskMarks: Readonly<Record<Risk, string>> = { none: "⚪", safe: "🟢", caution: "🟠", danger: "🔴" };

/** What a person calls an operation. */
export const operationWords: Readonly<Record<Operation, string>> = {
  ...{ create: "create", update: "update", replace: "replace", delete: "delete", import: "import", forget: "forget" },
  ...{ read: "read", refresh: "changed outside", same: "unchanged" },
};

/** The worst first. */
const operations: readonly Operation[] = ["delete", "replace", "forget", "refresh", "update", "import", "create"];

const riskOrder: readonly Risk[] = ["none", "safe", "caution", "danger"];

/** Failed first, then by risk, then by name: the order of sections and of the index. */
export function compareSummaries(a: SectionSummary, b: SectionSummary): number {
  const rank = ({ state, risk, mandatory }: SectionSummary) =>
    (state === "failed" ? 8 : 0) + riskOrder.indexOf(risk) * 2 + (mandatory > 0 ? 1 : 0);
  return rank(b) - rank(a) || (a.stack < b.stack ? -1 : a.stack > b.stack ? 1 : 0);
}

/** The mark of a section: what went wrong outdoes what could. */
function iconOf({ state, risk }: SectionSummary): string {
  if (state === "failed") return "❌";
  if (state === "offline") return "🔵";
  return state === "unchanged" ? riskMarks.none : riskMarks[risk === "none" ? "safe" : risk];
}

/** What would happen, in a few words: `**1 replace**, 3 create`. */
function happens({ state, counts, errors }: SectionSummary): string {
  if (state === "failed") return `**the preview failed**${errors > 1 ? ` with ${errors} errors` : ""}`;
  if (state === "unchanged") return "no change";
  const list = operations.flatMap((operation) => {
    const count = counts[operation] ?? 0;
    const text = `${count} ${operationWords[operation]}`;
    return count > 0 ? [/delete|replace|forget/.test(operation) ? `**${text}**` : text] : [];
  });
  if (state === "offline") return `offline preview, ${count(counts.create ?? 0, "resource")}`;
  return list.join(", ") || "only looks";
}

/** Findings in words; empty when there is none. */
function findingsIn({ mandatory, advisory }: SectionSummary): string[] {
  return [
    ...(mandatory > 0 ? [`**${mandatory === 1 ? "1 policy broken" : `${mandatory} policies broken`}**`] : []),
    ...(advisory > 0 ? [`${advisory} advice`] : []),
  ];
}

/** The difference of costs in words. */
function costIn({ cost, state }: SectionSummary): string | undefined {
  if (!cost) return undefined;
  const more = cost.unpriced > 0 ? ", not all priced" : "";
  if (state === "offline")
    return cost.after > 0 ? `about ${signedMoney(cost.after).replace("+", "")} a month${more}` : undefined;
  if (Math.abs(cost.difference) < 0.005) return undefined;
  return `${signedMoney(cost.difference)} a month${more}`;
}

/** The line that says it all: what happens, what is broken, what it costs. */
export function verdictOf(summary: SectionSummary): string {
  const risk =
    summary.state === "planned" && (summary.risk === "danger" || summary.risk === "caution") ? [summary.risk] : [];
  const cost = costIn(summary);
  const facts = [happens(summary), ...risk, ...findingsIn(summary), ...(cost ? [cost] : [])];
  return `${iconOf(summary)} ${code(summary.stack)}: ${facts.join(" · ")}`;
}

/** The table at the top where there are several stacks. */
export function indexOf(summaries: readonly SectionSummary[]): string {
  const all = summaries.length;
  const failed = summaries.filter(({ state }) => state === "failed").length;
  const danger = summaries.filter(({ state, risk }) => state === "planned" && risk === "danger").length;
  const facts = [...(failed > 0 ? [`${failed} failed`] : []), ...(danger > 0 ? [`${danger} in danger`] : [])];
  const shown = summaries.slice(0, 50);
  const title = `${all} stacks${facts.length > 0 ? `: ${facts.join(", ")}` : ""}`;
  const rows = shown.map((summary) => {
    const risk = summary.state === "planned" ? summary.risk : summary.state;
    const happening = [happens(summary), ...findingsIn(summary)].join(" · ");
    return `| ${code(summary.stack)} | ${happening} | ${iconOf(summary)} ${risk} | ${costIn(summary) ?? "–"} |`;
  });
  const rest = all - shown.length;
  return [
    `### ${iconOf(summaries[0]!)} ${title}`,
    "",
    "| Stack | What would happen | Risk | Cost |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...(rest > 0 ? ["", `${count(rest, "more stack")} not shown here.`] : []),
  ].join("\n");
}

/** What was left out, and where it is. */
export function noteOf({ left, run }: SectionSummary): string {
  const missing = (Object.keys(partKinds) as PartKind[]).flatMap((kind) => {
    const [one, many] = partKinds[kind];
    const number = left[kind] ?? 0;
    return number > 0 && one ? [number === 1 ? one : many.replace("#", String(number))] : [];
  });
  const list = missing.length > 1 ? `${missing.slice(0, -1).join(", ")} and ${missing.at(-1)}` : missing[0];
  const where = run ? `The whole report is in ${link("the run's summary", run)}.` : "The whole report is with the run.";
  return `✂️ Left out for want of room: ${list}. ${where}`;
}

/** `1 resource`, `12 resources`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
