/** Backups of the Postgres in the cluster, on the local nodes: made and drilled; a volume that is lost is restored by test/e2e/data. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BackedStack } from "./support/backedStack";
import "./support/needsSystem";

const stack = new BackedStack();

before(() => stack.begin());
after(async () => {
  const { exitCode, output } = await stack.destroy();
  assert.equal(exitCode, 0, output);
});

test("the first up ends with a backup, which is listed and whole", async () => {
  const { exitCode, output } = await stack.up();
  assert.equal(exitCode, 0, output);
  const answer = await stack.switchboard("backups", "--json");
  assert.equal(answer.exitCode, 0, answer.stderr);
  const { backups } = JSON.parse(answer.stdout);
  assert.equal(backups.length, 1);
  assert.equal(backups[0].type, "full");
  assert.ok(backups[0].verifiedAt);
});

test("a backup by hand and a drill while rows are written; status knows both", async () => {
  await stack.sql("CREATE TABLE kept AS SELECT n AS id, md5(n::text) AS text FROM generate_series(1, 20000) n");
  const made = await stack.switchboard("backup");
  assert.equal(made.exitCode, 0, made.stderr);
  assert.match(made.stdout, /differential, .* stored, \d+ s, read again and whole/);
  const { verdict, compared } = await stack.drill();
  assert.deepEqual([verdict, compared.problems], ["passed", []]);
  const status = await stack.switchboard("status");
  assert.match(status.stdout, /backups +newest .*log archived/);
});
