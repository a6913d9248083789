import { nameOf, typeOf } from "../../engine/resources/resource";
import type { Finding, Level } from "../policies/model";
import { code, prose } from "./escape";
import { kind } from "./links";
import type { ForgeLimits } from "./model";
import type { Lines } from "./parts";

const header = ["| Policy | Resource | What is wrong | What to do |", "| --- | --- | --- | --- |"];

/** Findings that say the same of several resources. */
interface Grouped extends Finding {
  readonly urns: readonly string[];
}

/** Broken policies for everybody to see. */
export function brokenPolicies(findings: readonly Finding[]): Lines[] {
  const rows = grouped(findings, "mandatory");
  if (rows.length === 0) return [];
  return [
    { kind: "findings", head: ["**Policies that are broken**", "", ...header], lines: rows.map(rowOf), tail: [] },
  ];
}

/** Advice, folded. */
export function adviceOf(findings: readonly Finding[], limits: ForgeLimits): Lines[] {
  const rows = grouped(findings, "advisory");
  if (rows.length === 0 || !limits.details) return [];
  const number = findings.filter(({ level }) => level === "advisory").length;
  const summary = `💡 ${number} ${number === 1 ? "piece" : "pieces"} of advice`;
  return [
    {
      kind: "advice",
      head: ["<details>", `<summary>${summary}</summary>`, "", ...header],
      lines: rows.map(rowOf),
      tail: ["", "</details>"],
    },
  ];
}

function grouped(findings: readonly Finding[], level: Level): Grouped[] {
  const groups = new Map<string, Grouped & { urns: string[] }>();
  for (const finding of findings) {
    if (finding.level !== level) continue;
    const { rule, message, todo, urn } = finding;
    const key = JSON.stringify([rule, message, todo]);
    const known = groups.get(key);
    if (known) known.urns.push(urn);
    else groups.set(key, { ...finding, urns: [urn] });
  }
  return [...groups.values()];
}

function rowOf({ rule, urns, message, todo }: Grouped): string {
  const shown = urns.slice(0, 3).map((urn) => `${code(nameOf(urn), 80)} ${kind(typeOf(urn))}`);
  const more = urns.length > 3 ? `, ${urns.length - 3} more` : "";
  return `| ${code(rule, 60)} | ${shown.join(", ")}${more} | ${prose(message, 300)} | ${prose(todo, 300)} |`;
}
