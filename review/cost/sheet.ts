import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { clouds } from "../../components/clouds";
import type { Range } from "../../components/clouds/shared/facts/range";
import type { CloudModule } from "../../components/clouds/shared/module";

/** What a price is for. Hours count 730 a month, as the price lists of both clouds do. */
const units = [
  "hour",
  "vCPU-hour",
  "GiB-hour",
  "LCU-hour",
  "month",
  "GiB-month",
  "GiB",
  "million samples",
  "million questions",
] as const;

export type Unit = (typeof units)[number];

const dateSchema = z.iso.date("a date is written 2026-11-21");
const httpsUrl = z.url({ protocol: /^https$/, hostname: z.regexes.domain, error: "a source is an https address" });
const regionSchema = z.string().regex(/^(\*|[a-z][a-z\d-]*)$/, "a region is europe-west1, eu-west-1 or *");
const amountSchema = z
  .number()
  .positive("a price is more than nothing; what is free stands in the facts of its type")
  .max(1000);
const disputed = z
  .tuple([amountSchema, amountSchema])
  .refine(([from, to]) => from < to, "two figures stand in the order of their size");

/** Where prices were read. */
const sourceSchema = z.strictObject({
  url: httpsUrl,
  /** `copy`: the vendor's list, or made from it by a machine. `second`: a person quotes it. */
  kind: z.enum(["copy", "second"]),
  /** What date the figures are of, where the source says so. */
  asOf: dateSchema.optional(),
  note: z.string().min(1).optional(),
});

const priceSchema = z.strictObject({
  item: z.string().regex(/^[\w.]+(\/[\w.-]+)*$/),
  unit: z.enum(units),
  source: z.string(),
  /** Units of a month that nobody pays for. */
  free: z.number().positive().optional(),
  note: z.string().min(1).optional(),
  /** By region, `*` for all of them; two figures where sources differ. */
  usd: z
    .record(regionSchema, z.union([amountSchema, disputed]))
    .refine((usd) => Object.keys(usd).length > 0, "no region"),
});

/** The form of a cloud's `prices.json`. */
export const sheetSchema = z
  .strictObject({
    format: z.literal(1),
    currency: z.literal("USD"),
    date: dateSchema,
    sources: z.record(z.string(), sourceSchema),
    prices: z.array(priceSchema).min(1),
  })
  .superRefine(({ date, sources, prices }, context) => {
    const problem = (message: string) => context.addIssue({ code: "custom", message });
    for (const [name, { asOf }] of Object.entries(sources)) {
      if (asOf && asOf > date) problem(`source ${name} is of ${asOf}, later than the sheet's own ${date}`);
      if (!prices.some(({ source }) => source === name)) problem(`no price is from source ${name}`);
    }
    const seen = new Set<string>();
    const unitOf = new Map<string, Unit>();
    for (const { item, unit, source, usd } of prices) {
      if (!Object.hasOwn(sources, source)) problem(`${item}: there is no source ${source}`);
      if ((unitOf.get(item) ?? unit) !== unit) problem(`${item} has two units`);
      unitOf.set(item, unit);
      for (const region of Object.keys(usd)) {
        if (seen.has(`${item} ${region}`)) problem(`${item} has two prices in ${region}`);
        seen.add(`${item} ${region}`);
      }
    }
    for (const item of unitOf.keys()) {
      const regions = prices.filter((price) => price.item === item).flatMap(({ usd }) => Object.keys(usd));
      if (regions.includes("*") && regions.length > 1) problem(`${item} has a price for * and for others`);
    }
  });

export type Sheet = z.infer<typeof sheetSchema>;

const least = z.number().nonnegative().max(1e6);

const assumptionSchema = z
  .strictObject({
    unit: z.string().min(1),
    low: least,
    likely: least,
    high: least,
    /** What is assumed. */
    what: z.string().min(1),
    why: z.string().min(20, "an assumption has a reason"),
  })
  .refine(({ low, likely, high }) => low <= likely && likely <= high, "low, likely and high stand in this order");

/** The form of `usage.json`: what nobody can read in a stack. */
export const usageSchema = z.strictObject({
  format: z.literal(1),
  date: dateSchema,
  usage: z.record(z.string(), assumptionSchema),
});

export type UsageAssumption = z.infer<typeof assumptionSchema>;

/** One price in one region. */
export interface Price {
  readonly item: string;
  readonly unit: Unit;
  readonly free: number;
  /** Low and high are one figure, unless sources differ; the dearer one is the likely one. */
  readonly usd: Range;
  /** Name of the source in the sheet. */
  readonly source: string;
}

/** The price of an item in a region. @returns undefined where the sheet has none, which is no price of nothing */
export function priceOf({ prices }: Sheet, item: string, region: string): Price | undefined {
  for (const price of prices) {
    if (price.item !== item) continue;
    const figure = own(price.usd, region) ?? own(price.usd, "*");
    if (figure === undefined) continue;
    const [low, high] = typeof figure === "number" ? [figure, figure] : figure;
    return { item, unit: price.unit, free: price.free ?? 0, source: price.source, usd: { low, likely: high, high } };
  }
  return undefined;
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The price sheets of the clouds that have one, by the names of their Pulumi packages. */
export const sheets: Readonly<Record<string, Sheet>> = Object.fromEntries(
  Object.entries<CloudModule>(clouds).flatMap(([name, cloud]) => {
    const prices = cloud.prices();
    return prices === undefined ? [] : [[name, sheetSchema.parse(prices)]];
  }),
);

/** What is assumed of traffic, growth and the like. */
export const usage: Readonly<Record<string, UsageAssumption>> = usageSchema.parse(
  JSON.parse(readFileSync(join(__dirname, "usage.json"), "utf8")),
).usage;

/** The price sheet of a cloud, by the name of its Pulumi package; undefined where there is none. */
export function sheetOf(cloud: string): Sheet | undefined {
  return own(sheets, cloud);
}

/** Of the newest sheet. */
export const sheetDate = Object.values(sheets)
  .map(({ date }) => date)
  .sort()
  .at(-1)!;
