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
    .map(({ component, before: old, after: next, unpriced }) =>
      rowOf(code(component, 60), old, next, isNew, unpriced.after > 0 || unpriced.before > 0),
    );
  const total = rowOf("**total**", before.total, after.total, isNew, false);
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
        `US dollars a month (730 hours) at list prices of ${code(sheet.date, 20)}${region ? ` in ${code(region, 40)}` : ""}: an estimate, without discounts and taxes.`,
        "",
        "</details>",
      ].join("\n"),
    ),
  ];
}

function rowOf(name: string, old: Range = zero, next: Range = zero, isNew: boolean, partly: boolean): string {
  const mark = partly ? " and what has no price" : "";
  if (isNew) return `| ${name}${mark} | ${money(next.low)} | ${money(next.likely)} | ${money(next.high)} |`;
  const difference = next.likely - old.likely;
  const written = Math.abs(difference) < 0.005 ? "–" : `**${signedMoney(difference)}**`;
  return `| ${name}${mark} | ${money(old.likely)} | ${money(next.likely)} | ${money(next.low)} to ${money(next.high)} | ${written} |`;
}
