import { secret } from "../../engine/resources/resource";
import { mermaidOfChanges } from "../diagram";
import type { Operation, StackPreview } from "../plan/model";
import { attentionOf } from "./attention";
import type { Section } from "./compose";
import { costsOf } from "./costs";
import { differencesOf } from "./differences";
import { code, fence } from "./escape";
import { failureOf, warningsOf } from "./failure";
import { adviceOf, brokenPolicies } from "./findings";
import { footerOf } from "./footer";
import type { ConfigChange, ForgeLimits, PullRequestReport, StackReport } from "./model";
import { block, type Lines, type Part } from "./parts";
import { tableOf, unlisted } from "./table";
import { count, type SectionSummary, verdictOf } from "./verdict";

/** All that a comment says about one stack; what of it there is room for is decided later. */
export function sectionOf(stack: StackReport, report: PullRequestReport, limits: ForgeLimits): Section {
  const summary = summaryOf(stack, report);
  const { preview, findings, cost, diagram, configChanges = [] } = stack;
  if (summary.state === "unchanged" && summary.mandatory === 0) {
    const { same } = preview.counts;
    const verdict = `${verdictOf(summary)}${same > 0 ? ` (${count(same, "resource")})` : ""}`;
    return { summary, parts: [block("keep", `${verdict} ${footerOf(preview, report)}`)] };
  }
  const drawn = limits.details ? fitting(diagram, preview, limits) : undefined;
  const rest = unlisted(preview);
  const parts: Part[] = [
    ...(summary.state === "failed" ? failureOf(preview, report) : []),
    ...(summary.state === "offline" ? [block("keep", offline(limits))] : []),
    ...attentionOf(preview, report, limits),
    ...(summary.state === "planned" && summary.risk === "danger" ? gateOf(report) : []),
    ...brokenPolicies(findings),
    ...tableOf(preview, report, limits),
    ...(rest && preview.changes.length > 0 ? [block("keep", `<sub>${rest}</sub>`)] : []),
    ...settingsOf(configChanges),
    ...differencesOf(preview, report, limits),
    ...(drawn ? [block("diagram", () => diagramOf(drawn))] : []),
    ...(cost ? costsOf(cost, summary.state === "offline" || cost.before.lines.length === 0, limits) : []),
    ...(summary.state === "unchanged" ? [] : adviceOf(findings, limits)),
    ...(preview.partial ? [block("keep", withoutSames)] : []),
    ...warningsOf(preview, limits),
    block("keep", footerOf(preview, report)),
  ];
  return { summary, parts };
}

function summaryOf({ preview, findings, cost }: StackReport, report: PullRequestReport): SectionSummary {
  const { succeeded, origin, changes, counts, risk, diagnostics } = preview;
  const state = !succeeded
    ? "failed"
    : origin === "offline"
      ? "offline"
      : changes.length === 0
        ? "unchanged"
        : "planned";
  const some = Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0));
  const number = (level: string) => findings.filter((finding) => finding.level === level).length;
  return {
    ...{ stack: preview.stack, state, risk },
    counts: some as Partial<Record<Operation, number>>,
    errors: diagnostics.filter(({ severity }) => severity === "error").length,
    ...{ mandatory: number("mandatory"), advisory: number("advisory") },
    ...(cost && {
      cost: {
        difference: cost.difference.likely,
        after: cost.after.total.likely,
        unpriced: cost.newlyUnpriced?.length ?? cost.after.unpriced.length,
      },
    }),
    ...(report.run && { run: report.run.url }),
    left: {},
  };
}

/** How danger passes the gate, and for what: for this commit, whoever gave the label for an earlier one. */
function gateOf({ allowing, commit }: PullRequestReport): Part[] {
  if (allowing === undefined) return [];
  const text = [
    "**Merging is held up.** Somebody who may write to this repository lets it pass:",
    `give the label ${code(allowing)} now and run the failed job again.`,
    `That is for ${code(commit.sha.slice(0, 7))} alone. A label that was given before it came does not count, and the next push`,
    "makes it void: take the label away then, look at what would happen, and give it again.",
  ];
  return [block("keep", text.join(" "))];
}

const withoutSames =
  "<sub>This preview was made without `--show-sames`: what it costs, and the policies about a stack as a whole, were not looked at.</sub>";

function offline({ alerts }: ForgeLimits): string {
  const lines = [
    "**This is an offline preview.** Nobody was asked what exists, so everything is shown as new:",
    "it says what the stack is made of, and not what would change in one that runs.",
  ];
  return alerts ? ["> [!NOTE]", ...lines.map((line) => `> ${line}`)].join("\n") : lines.join("\n");
}

/** Settings that differ from the base. */
function settingsOf(changes: readonly ConfigChange[]): Lines[] {
  if (changes.length === 0) return [];
  const side = ({ secret: hidden }: ConfigChange, value: unknown, there: boolean) => {
    if (!there) return "–";
    return code(hidden ? secret : typeof value === "string" ? value : JSON.stringify(value), 80);
  };
  return [
    {
      kind: "config",
      head: ["**Settings that differ from the base**", "", "| Setting | Before | After |", "| --- | --- | --- |"],
      lines: changes.map((change) => {
        const { key, kind, before, after } = change;
        return `| ${code(key, 80)} | ${side(change, before, kind !== "add")} | ${side(change, after, kind !== "remove")} |`;
      }),
      tail: [],
    },
  ];
}

/** The graph, or a coarser one where the forge draws no more. */
function fitting(diagram: string | undefined, preview: StackPreview, { mermaid }: ForgeLimits): string | undefined {
  if (!diagram || mermaid === 0) return undefined;
  return diagram.length <= mermaid ? diagram : mermaidOfChanges(preview, mermaid);
}

function diagramOf(diagram: string): string {
  return [
    "<details>",
    "<summary>🗺️ Diagram of what changes</summary>",
    "",
    fence("mermaid", diagram),
    "",
    "Green is new, yellow changes in place, orange is replaced, red goes; arrows lead to what depends on it.",
    "",
    "</details>",
  ].join("\n");
}
