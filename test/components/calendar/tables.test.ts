import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  daysUntil,
  oldestTableDays,
  type SupportTable,
  supportIn,
  tableName,
  tooOld,
} from "../../../components/calendar/model";
import { isNewer, lineOf, minorAfter, newestOf, olderFirst } from "../../../components/calendar/order";
import { repository } from "../../support/plan";

/** Every table of the program, by the file that has it. */
const tables = [
  ...readdirSync(join(repository, "components/calendar")).map((name) => `components/calendar/${name}`),
  ...["aws", "gcp"].map((cloud) => `components/clouds/${cloud}/settings/calendar.ts`),
].flatMap((file) =>
  Object.entries(require(join(repository, file)) as Record<string, unknown>).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && "lines" in value
      ? [{ file, name, table: value as SupportTable }]
      : [],
  ),
);

test("all tables are found", () => assert.equal(tables.length, 15));

describe("a table has days that exist, its source, and when it was read", () => {
  for (const { file, name, table } of tables)
    test(`${name} of ${file}`, () => {
      assert.match(table.source, /^https:\/\//);
      const days = [
        table.readAt,
        ...Object.values(table.lines).flatMap(({ until, extended }) => [until ?? [], extended ?? []].flat()),
      ];
      for (const day of days) assert.equal(new Date(day).toISOString().slice(0, 10), day);
      for (const [line, { until, extended }] of Object.entries(table.lines))
        assert.ok(
          extended === undefined || extended > until!,
          `${line}: extended support comes after the standard one`,
        );
      const text = readFileSync(join(repository, file), "utf8");
      assert.ok(new RegExp(`(read|stood) on(\\n \\*)? ${table.readAt}`).test(text), "the docstring says when");
      const numbered = Object.keys(table.lines).filter((line) => /^\d/.test(line));
      assert.deepEqual(numbered, [...numbered].sort(olderFirst), "oldest first");
    });
});

const table: SupportTable = {
  source: "https://example.org",
  readAt: "2026-12-01",
  lines: { "1": { until: "2030-01-01" } },
};

test("a table tells its age, and is not used when it is older than a year", () => {
  const on = (day: string) => new Date(`${day}T12:00:00Z`);
  assert.equal(tableName(table), "table of 2026-12-01");
  assert.equal(tooOld(table, on("2027-11-30")), undefined);
  assert.equal(
    tooOld(table, on("2027-12-02")),
    "the table is from 2026-12-01; a newer release of this program knows more",
  );
  assert.deepEqual(supportIn(table, "1", on("2027-11-30")), { until: "2030-01-01" });
  assert.equal(supportIn(table, "1", on("2027-12-02")), undefined);
  assert.equal(supportIn(table, "2", on("2026-12-02")), undefined);
  assert.equal(supportIn(table, "constructor", on("2026-12-02")), undefined);
  assert.equal(daysUntil(table.readAt, on("2027-12-01")), -oldestTableDays - 1);
});

test("versions are in the order of their numbers", () => {
  assert.deepEqual(["1.10", "1.9", "1.9.1", "v1.9.0-eksbuild.2", "1.30.0-gke.1"].sort(olderFirst), [
    ...["1.9", "v1.9.0-eksbuild.2", "1.9.1", "1.10", "1.30.0-gke.1"],
  ]);
  assert.ok(isNewer("8.10", "8.8"));
  assert.ok(!isNewer("17", "17"));
  assert.equal(newestOf([]), undefined);
  assert.equal(newestOf(["7.2.9", "7.2.11"]), "7.2.11");
  assert.equal(lineOf("v1.36.2+k3s1", 2), "1.36");
  assert.equal(lineOf("17", 2), undefined);
  assert.equal(minorAfter("1.9"), "1.10");
});
