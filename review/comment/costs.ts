import type { CostChange, Range } from "../cost/model";
import { code, prose } from "./escape";
import type { ForgeLimits } from "./model";
import { money, signedMoney } from "./money";
import { type Block, block } from "./parts";
import { count } from "./verdict";

const zero: Range = { low: 0, likely: 0, high: 0 };

/** What the stack costs before and after, by component, what has no price, and how old the prices are. */
export function costsOf(cost: CostChange, isNew: boolean, limits: ForgeLimits): Block[] {
  const { before, after, difference, components } = cost;
  if (!limits.details || before.lines.length + after.lines.length + after.unpriced.length === 0) return [];
  const rows = components
    .filter(
      ({ before: old, after: next, unpriced }) => [old, next].some((range) => range.high > 0) || unpriced.after > 0,
    )
    .map(({ component, before: old, after: next, unpriced }) => rowOf(code(component, 60), old, next, isNew, unpriced));
  const missing = { before: before.unpriced.length, after: after.unpriced.length };
  const total = rowOf("**total**", before.total, after.total, isNew, missing);
  const header = isNew
    ? ["| | Low | Likely | High |", "| --- | ---: | ---: | ---: |"]
    : ["| | Before | After (likely) | After (low to high) | Difference |", "| --- | ---: | ---: | ---: | ---: |"];
  const { likely } = difference;
  const same = Math.abs(likely) < 0.005;
  const title = isNew
    ? `about ${money(after.total.likely)} a month`
    : same
      ? `about ${money(after.total.likely)} a month, as before`
      : `${signedMoney(likely)} a month, then about ${money(after.total.likely)}`;
  const priced = before.lines.length + after.lines.length > 0;
  const without = after.unpriced.length > 0 ? `${count(after.unpriced.length, "thing")} without a price` : "";
  const unpriced = after.unpriced.slice(0, 12).map(({ what, why }) => `- ${prose(what, 120)}: ${prose(why, 200)}`);
  const more = after.unpriced.length - unpriced.length;
  const { sheet, region } = after.lines.length > 0 ? after : before;
  return [
    block("cost", () =>
      [
        "<details>",
        `<summary>💰 Cost: ${[priced ? title : "", without].filter(Boolean).join(", ")}</summary>`,
        "",
        ...(priced ? [...header, ...rows, total, ""] : []),
        ...(unpriced.length > 0 ? ["Not priced, so in none of the figures:", "", ...unpriced] : []),
        ...(more > 0 ? [`- and ${more} more`] : []),
        ...(unpriced.length > 0 ? [""] : []),
        `US dollars a month (730 hours) by the price sheet of ${code(sheet.date, 20)}${region ? ` in ${code(region, 40)}` : ""}: an estimate, without discounts and taxes.`,
        "",
        "</details>",
      ].join("\n"),
    ),
  ];
}

/** How many things of a row have no price. */
interface Unpriced {
  readonly before: number;
  readonly after: number;
}

function rowOf(name: string, old: Range = zero, next: Range = zero, isNew: boolean, unpriced: Unpriced): string {
  const partly = unpriced.before + unpriced.after > 0 && [old, next].some(({ high }) => high > 0);
  const title = partly ? `${name} and what has no price` : name;
  // What nobody knows is not nothing.
  const shown = (range: Range, count: number, ...figures: readonly (keyof Range)[]) =>
    range.high === 0 && count > 0 ? "no price" : figures.map((figure) => money(range[figure])).join(" to ");
  const after = (...figures: readonly (keyof Range)[]) => shown(next, unpriced.after, ...figures);
  if (isNew) return `| ${title} | ${after("low")} | ${after("likely")} | ${after("high")} |`;
  const difference = next.likely - old.likely;
  const written = Math.abs(difference) < 0.005 ? "–" : `**${signedMoney(difference)}**`;
  return `| ${title} | ${shown(old, unpriced.before, "likely")} | ${after("likely")} | ${after("low", "high")} | ${written} |`;
}
