import type { Change, StackPreview } from "../plan/model";
import { statefulOf } from "../plan/stateful";
import { code, prose } from "./escape";
import { afterTitle, kind, lineOf, nameOf } from "./links";
import type { ForgeLimits, PullRequestReport } from "./model";
import type { Lines } from "./parts";
import { count, operationWords } from "./verdict";

/** As many are shown at once; the rest is in a fold. */
const open = 8;

/**
 * What a person has to look at before anything else: data that is lost, guards that go, doors that open. Each with why,
 * with the property that forces it and with the line of code.
 */
export function attentionOf(preview: StackPreview, report: PullRequestReport, limits: ForgeLimits): Lines[] {
  const told = preview.changes.filter(needsAttention);
  if (told.length === 0) return [];
  const worst = told.some(({ risk }) => risk === "danger") ? "CAUTION" : "WARNING";
  const dependents = dependentsOf(preview);
  const items = told.map((change) => `- ${item(change, dependents.get(change.urn) ?? 0, report)}`);
  const alert = limits.alerts;
  const quoted = (line: string) => (alert ? `> ${line}`.trimEnd() : line);
  const head = alert ? [`> [!${worst}]`, "> **Needs attention**", ">"] : ["**Needs attention**", ""];
  const first: Lines = { kind: "attention", head, lines: items.slice(0, open).map(quoted), tail: [] };
  if (items.length <= open) return [first];
  const summary = `${items.length - open} more that need attention`;
  return [
    first,
    {
      kind: "attention",
      head: limits.details ? ["<details>", `<summary>🔴 ${summary}</summary>`, ""] : [`**${summary}**`, ""],
      lines: items.slice(open),
      tail: limits.details ? ["", "</details>"] : [],
    },
  ];
}

/** Also a stateful thing whose successor is made first: little is in danger, but somebody should know. */
function needsAttention({ risk, operation, type }: Change): boolean {
  return risk === "danger" || (risk === "caution" && operation === "replace" && statefulOf(type) !== undefined);
}

function item(change: Change, dependents: number, report: PullRequestReport): string {
  const { operation, reasons, forcedBy, source } = change;
  const forced = forcedBy.filter((path) => !reasons.some((reason) => reason.includes(path)));
  const said = reasons.map((reason, index) => {
    const rest = afterTitle(reason, change);
    if (rest === undefined) return index === 0 ? `: ${prose(reason, 420)}` : prose(reason, 420);
    // The name stands there once; a second sentence speaks of the same thing.
    if (index === 0) return after(rest);
    return rest.startsWith(": ") ? prose(`${rest[2]?.toUpperCase()}${rest.slice(3)}`, 420) : `It${after(rest)}`;
  });
  const facts = [
    `**${kind(change.type)}** ${nameOf(change, report)}${said[0] ?? `: ${operationWords[operation]}.`}`,
    ...said.slice(1),
    ...(forced.length > 0
      ? [
          `Forced by ${forced
            .slice(0, 3)
            .map((path) => code(path, 100, "start"))
            .join(", ")}.`,
        ]
      : []),
    ...(dependents > 0 ? [`${count(dependents, "resource")} ${dependents === 1 ? "depends" : "depend"} on it.`] : []),
    ...(source ? [lineOf(source, report)] : []),
  ];
  return facts.join(" ");
}

/** A sentence's rest after the name that it begins with. */
function after(rest: string): string {
  return rest.startsWith(": ") ? `: ${prose(rest.slice(2), 420)}` : ` ${prose(rest.trimStart(), 420)}`;
}

/** How many resources depend directly on each one. */
function dependentsOf({ before, after }: StackPreview): Map<string, number> {
  const dependents = new Map<string, Set<string>>();
  for (const { urn, dependencies } of [...before, ...after]) {
    for (const on of dependencies ?? []) {
      if (!dependents.has(on)) dependents.set(on, new Set());
      dependents.get(on)!.add(urn);
    }
  }
  return new Map([...dependents].map(([urn, on]) => [urn, on.size]));
}
