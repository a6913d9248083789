import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kubectl } from "../../../cli/cluster/kubectl";
import { usedNumbers, verdictIn, verdictLines } from "../../../cli/servers/verdict";
import { claimOf } from "../../../components/data/servers/names";

test("what a comparison found, with all that it names and how much it leaves out", () => {
  const log = `noise\n{"message":"comparison","compared":{"different" : 3, "differences" : ["schema shop late is there alone", "rows shop shop.goods: 10 there, 3000 here"], "tables" : 3, "rowsThere" : 10, "rowsHere" : 3000}}\n`;
  assert.deepEqual(verdictLines(verdictIn(log)), [
    "The second server has 3 tables with 3000 rows, where the apps' server has 10. 3 differ (there is the server that the apps use):",
    "  schema shop late is there alone",
    "  rows shop shop.goods: 10 there, 3000 here",
    "  and 1 more",
  ]);
});

test("a rehearsal says how long it took", () => {
  const log = `{"message":"rehearsal","seconds":12,"compared":{"problems" : [], "different" : 0, "databases" : 2, "tables" : 3, "rows" : 3002}}`;
  assert.deepEqual(verdictLines(verdictIn(log)), [
    "The second server has 3 tables with 3002 rows, and does not differ. It was copied in 12 s.",
  ]);
});

test("a log without a verdict is an error that shows its end", () => {
  assert.throws(() => verdictIn("connection refused\n"), /connection refused/);
});

test("numbers are known by the claims that are there", async () => {
  const names = [
    "data-postgres-0",
    "data-postgres-12-0",
    "data-redis-0",
    "postgres-backup-repository",
    "data-postgres-x-0",
  ];
  const kubectl = { list: async () => names.map((name) => ({ metadata: { name } })) } as unknown as Kubectl;
  assert.deepEqual(await usedNumbers(kubectl), [1, 12]);
  assert.deepEqual([1, 2].map(claimOf), ["data-postgres-0", "data-postgres-2-0"]);
});
