import { difference, plus } from "../../components/clouds/shared/facts/range";
import { wrapLine } from "../../engine/record/tree";
import { ofComponent, unpricedOf } from "./compare";
import { sourcesOf } from "./estimate";
import type { CostChange, CostLine, Estimate, Range, Unpriced } from "./model";

/** How a report is set. */
export interface ReportStyle {
  /** Columns that sentences may take. */
  readonly width: number;
  /** Whether every line is shown, not only the sums of components. */
  readonly verbose: boolean;
}

/** After the name of what has more to it than its figures. */
const mark = " *";

type Row = readonly [label: string, ...figures: string[]];

/** What one stack costs, as a terminal shows it. */
export function estimateReport(stack: string, estimate: Estimate, style: ReportStyle): string[] {
  const { lines, total, note, region } = estimate;
  const title = `Stack ${stack}${note ? ` ${note}` : ""}.`;
  const nothing = note ? title : `Stack ${stack} has nothing with a price.`;
  if (lines.length === 0) return [...wrap(nothing, style), ...unpricedSection(estimate.unpriced, style)];
  const rows: Row[] = [["", "low", "likely", "high"]];
  for (const component of componentsOf(estimate)) {
    const own = lines.filter((line) => line.component === component);
    const more = unpricedOf(estimate, component) > 0 ? mark : "";
    const figures = own.length > 0 ? figuresOf(ofComponent(estimate, component), dollars) : ["–", "–", "–"];
    rows.push([component + more, ...figures]);
    if (style.verbose) rows.push(...detailsOf(own));
  }
  rows.push([`total${estimate.unpriced.length > 0 ? mark : ""}`, ...figuresOf(total, dollars)]);
  return [
    ...wrap(`${note ? `${title} ` : ""}USD a month (730 hours) at list prices${region ? ` of ${region}` : ""}.`, style),
    "",
    ...table(rows),
    ...unpricedSection(estimate.unpriced, style),
    ...assumptionsSection(estimate, style),
    "",
    ...wrap(pricesSentence(estimate), style),
  ];
}

/** The difference between two stacks, or between a stack and what it was. */
export function changeReport(names: readonly [before: string, after: string], change: CostChange, style: ReportStyle) {
  const { before, after, components, newlyUnpriced, noLongerUnpriced } = change;
  const rows: Row[] = [["likely", ...names, "difference"]];
  const figure = (estimate: Estimate, component: string, { likely }: Range) =>
    estimate.lines.some((line) => line.component === component) ? dollars(likely) : "–";
  for (const { component, before: old, after: next, unpriced } of components) {
    const figures = [figure(before, component, old), figure(after, component, next)];
    rows.push([
      `${component}${unpriced.before + unpriced.after > 0 ? mark : ""}`,
      ...figures,
      figures.every((text) => text === "–") ? "–" : signed(next.likely - old.likely, dollars),
    ]);
    if (style.verbose) rows.push(...changedLines(before, after, component));
  }
  const more = before.unpriced.length + after.unpriced.length > 0 ? mark : "";
  for (const [end, name] of Object.entries({ likely: "total", low: "total, low", high: "total, high" } as const)) {
    const figures = [before.total, after.total].map((total) => dollars(total[end as keyof Range]));
    rows.push([name + more, ...figures, signed(change.difference[end as keyof Range], dollars)]);
  }
  return [
    ...wrap("USD a month (730 hours) at list prices.", style),
    "",
    ...table(rows),
    ...unpricedSection(newlyUnpriced, style, `* Not in the figures of ${names[1]}, because there is no price here:`),
    ...unpricedSection(noLongerUnpriced, style, `* Not in the figures of ${names[0]}, because there is no price here:`),
    "",
    ...wrap(pricesSentence(after.lines.length > 0 ? after : before), style),
  ];
}

/** A value for a machine, its numbers to eight digits: what is behind them is the noise of adding up. */
export function rounded<T>(value: T): T {
  if (typeof value === "number") return Number(value.toPrecision(8)) as T;
  if (Array.isArray(value)) return value.map(rounded) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, rounded(entry)])) as T;
}

/** `1,219`, and `0.06` for what is less than ten. */
export function dollars(amount: number): string {
  const small = Math.abs(amount) < 10;
  const text = amount.toLocaleString("en-US", {
    minimumFractionDigits: small ? 2 : 0,
    maximumFractionDigits: small ? 2 : 0,
  });
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}

function signed(amount: number, write: (amount: number) => string): string {
  const text = write(amount);
  return amount > 0 && Number(text) !== 0 ? `+${text}` : text;
}

function figuresOf({ low, likely, high }: Range, write: (amount: number) => string): string[] {
  return [low, likely, high].map(write);
}

function componentsOf({ lines, unpriced }: Estimate): string[] {
  return [...new Set([...lines, ...unpriced].map(({ component }) => component))].sort();
}

interface Detail {
  readonly label: string;
  readonly count: number;
  readonly monthly: Range;
}

/** Lines that say the same are one with a number. */
function gathered(lines: readonly CostLine[]): Detail[] {
  const found = new Map<string, Detail>();
  for (const { what, item, monthly } of lines) {
    const key = `${item} ${what}`;
    const old = found.get(key);
    found.set(key, { label: what, count: (old?.count ?? 0) + 1, monthly: old ? plus(old.monthly, monthly) : monthly });
  }
  return [...found.values()];
}

function labelOf({ label, count }: Detail): string {
  return `  ${count > 1 ? `${count} × ` : ""}${label}`;
}

function detailsOf(lines: readonly CostLine[]): Row[] {
  return gathered(lines).map((detail) => [labelOf(detail), ...figuresOf(detail.monthly, cents)]);
}

function changedLines(before: Estimate, after: Estimate, component: string): Row[] {
  const of = ({ lines }: Estimate) =>
    new Map(gathered(lines.filter((line) => line.component === component)).map((detail) => [labelOf(detail), detail]));
  const [old, next] = [of(before), of(after)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((label): Row[] => {
    const [was, is] = [old.get(label)?.monthly, next.get(label)?.monthly];
    const change = difference(was ?? none, is ?? none);
    if (change.low === 0 && change.likely === 0 && change.high === 0) return [];
    return [[label, was ? cents(was.likely) : "–", is ? cents(is.likely) : "–", signed(change.likely, cents)]];
  });
}

const none: Range = { low: 0, likely: 0, high: 0 };

function cents(amount: number): string {
  return amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** First column to the left, figures to the right. */
function table(rows: readonly Row[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? "")].length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = " ".repeat(widths[column]! - [...cell].length);
        return column === 0 ? cell + space : `  ${space}${cell}`;
      })
      .join("")
      .trimEnd(),
  );
}

function unpricedSection(
  unpriced: readonly Unpriced[],
  style: ReportStyle,
  title = "* Not in the figures, because there is no price here:",
): string[] {
  if (unpriced.length === 0) return [];
  return ["", title, ...unpriced.flatMap(({ component, what, why }) => wrap(`  ${component}: ${what}: ${why}`, style))];
}

function assumptionsSection({ assumptions }: Estimate, style: ReportStyle): string[] {
  if (assumptions.length === 0) return [];
  const lines = assumptions.flatMap(({ what, unit, low, likely, high }) =>
    wrap(`  ${what}: ${[low, likely, high].map((value) => Math.round(value * 100) / 100).join(" / ")} ${unit}`, style),
  );
  return ["", "Assumed (low / likely / high; docs/costs.md says why):", ...lines];
}

function pricesSentence(estimate: Estimate): string {
  const sources = sourcesOf(estimate);
  const second = sources.filter(({ kind }) => kind === "second").length;
  const read = second > 0 ? `, ${second} of ${sources.length} sources second-hand` : "";
  return `Prices of ${estimate.sheet.date} (${estimate.sheet.source}${read}); taxes, discounts and traffic between zones are not counted.`;
}

function wrap(text: string, { width }: ReportStyle): string[] {
  return wrapLine(text, width);
}
