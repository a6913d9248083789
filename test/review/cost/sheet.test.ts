import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { clouds } from "../../../components/clouds";
import { allFacts } from "../../../components/facts";
import { priceOf, sheetSchema, sheets, usage, usageSchema } from "../../../review/cost/sheet";
import { repository } from "../../support/plan";

const google = JSON.parse(readFileSync(join(repository, "components/clouds/gcp/prices.json"), "utf8"));
const assumptions = JSON.parse(readFileSync(join(repository, "review/cost/usage.json"), "utf8"));

/** The messages of a sheet with one thing changed. */
function problems(change: (sheet: any) => void): string[] {
  const sheet = structuredClone(google);
  change(sheet);
  return sheetSchema.safeParse(sheet).error?.issues.map((issue) => JSON.stringify(issue)) ?? [];
}

test("the sheets are as they must be: dated, in USD, with a source for every price", () => {
  for (const { currency, date, prices, sources } of Object.values(sheets)) {
    assert.equal(currency, "USD");
    assert.match(date, /^20\d\d-\d\d-\d\d$/);
    for (const { source } of prices) assert.match(sources[source]!.url, /^https:\/\//);
  }
});

test("a sheet with a mistake is refused, and the message names it", () => {
  const cases: readonly (readonly [change: (sheet: any) => void, message: RegExp])[] = [
    [(sheet) => (sheet.currency = "EUR"), /USD/],
    [(sheet) => (sheet.date = "mid-2026"), /a date is written 2026-11-21/],
    [(sheet) => (sheet.date = "2026-02-30"), /a date is written/],
    [(sheet) => (sheet.date = "2024-01-01"), /source calculator is of 2025-03-06, later than the sheet's own/],
    [(sheet) => (sheet.sources.kms.url = "the pricing page"), /a source is an https address/],
    [(sheet) => (sheet.sources.kms.url = "http://cloud.google.com/kms/pricing"), /a source is an https address/],
    [(sheet) => (sheet.sources.kms.kind = "rumour"), /copy/],
    [(sheet) => (sheet.sources.spare = sheet.sources.kms), /no price is from source spare/],
    [(sheet) => (sheet.prices[0].usd["*"] = -0.1), /what is free stands in the facts of its type/],
    [(sheet) => (sheet.prices[0].usd["*"] = 0), /what is free stands in the facts of its type/],
    [(sheet) => (sheet.prices[0].usd["*"] = [0.2, 0.1]), /in the order of their size/],
    [(sheet) => (sheet.prices[0].usd = {}), /no region/],
    [(sheet) => (sheet.prices[0].usd = { Belgium: 1 }), /a region is europe-west1/],
    [(sheet) => (sheet.prices[0].unit = "fortnight"), /vCPU-hour/],
    [(sheet) => (sheet.prices[0].source = "nobody"), /there is no source nobody/],
    [(sheet) => sheet.prices.push(sheet.prices[0]), /gke.cluster has two prices in \*/],
    [(sheet) => sheet.prices.push({ ...sheet.prices[0], unit: "month" }), /gke.cluster has two units/],
    [
      (sheet) => sheet.prices.push({ ...sheet.prices[0], usd: { "us-east1": 1 } }),
      /gke.cluster has a price for \* and for others/,
    ],
    [(sheet) => (sheet.prices[0].guess = true), /guess/],
  ];
  for (const [change, message] of cases) assert.match(problems(change).join("\n"), message);
  assert.deepEqual(
    problems(() => {}),
    [],
  );
});

test("an assumption is in its order and has a reason", () => {
  const changed = (change: object) =>
    usageSchema.safeParse({
      ...assumptions,
      usage: { ...assumptions.usage, nodes: { ...assumptions.usage.nodes, ...change } },
    });
  assert.ok(changed({}).success);
  for (const change of [{ low: 0.5 }, { high: 0.1 }, { likely: -1 }, { why: "because" }, { what: "" }]) {
    assert.ok(!changed(change).success, JSON.stringify(change));
  }
});

test("a region without a price has none, and no other region's", () => {
  assert.equal(priceOf(sheets.aws!, "nat.gateway", "eu-west-1")?.usd.likely, 0.048);
  assert.equal(priceOf(sheets.aws!, "nat.gateway", "eu-west-3"), undefined);
  assert.equal(priceOf(sheets.aws!, "nat.gateway", "constructor"), undefined);
  assert.equal(priceOf(sheets.gcp!, "kms.version", "anywhere")?.usd.likely, 0.06);
});

test("where sources differ, both ends are in the price and the dearer one is likely", () => {
  const price = priceOf(sheets.gcp!, "memorystore/STANDARD_HA/M1", "us-central1");
  assert.deepEqual(price?.usd, { low: 0.064, likely: 0.098, high: 0.098 });
});

test("what is free has a reason and a source", () => {
  const free = Object.entries(allFacts()).flatMap(([type, { price }]) =>
    price && typeof price !== "function" ? [{ type, ...price }] : [],
  );
  assert.ok(free.length > 50, `${free.length} types are free`);
  for (const { type, why, source } of free) {
    assert.ok(why.length >= 5, type);
    assert.match(source, /^https:\/\/[a-z.]+\/\S+$/, type);
  }
});

test("what an up makes has a price, or is free", () => {
  // It is only read, so it is on nobody's bill here.
  const read = ["gcp:organizations/project:Project"];
  const made = Object.entries(allFacts()).filter(([type, { answer }]) => answer && !read.includes(type));
  assert.ok(made.length > 60, `${made.length} types are made`);
  assert.deepEqual(
    made.filter(([, { price }]) => !price).map(([type]) => type),
    [],
  );
});

test("every assumption is used by the program and explained in the documentation", () => {
  const page = join(repository, "docs/costs.md");
  assert.ok(existsSync(page));
  const text = readFileSync(page, "utf8");
  const folders = ["review/cost", "components/kubernetes/facts"];
  for (const cloud of Object.keys(clouds)) folders.push(`components/clouds/${cloud}/facts`);
  const code = folders
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap((folder) => readdirSync(join(repository, folder)).map((file) => join(repository, folder, file)))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  for (const [name, { low, likely, high, unit }] of Object.entries(usage)) {
    assert.ok(code.includes(`"${name}"`) || code.includes(`usage.${name}`), `nothing uses ${name}`);
    const figures = [low, likely, high].map((value) => Math.round(value * 100) / 100).join(" / ");
    assert.ok(
      text.includes(`| \`${name}\` | ${figures} | ${unit} |`),
      `docs/costs.md: | \`${name}\` | ${figures} | ${unit} |`,
    );
  }
});
