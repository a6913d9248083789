/** Backups of the Postgres in the cluster, on the local nodes: made, drilled, and restored after the volume was lost. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BackedStack } from "./support/backedStack";
import "./support/needsSystem";

const stack = new BackedStack();
const sum = "SELECT count(*) || ' ' || md5(string_agg(text, ',' ORDER BY id)) FROM kept";

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

test("the volume is lost after a mistake, and the second before it comes back", async () => {
  const all = await stack.sql(sum);
  const time = new Date(`${(await stack.sql("SELECT clock_timestamp() AT TIME ZONE 'UTC'")).replace(" ", "T")}Z`);
  await stack.sql("DELETE FROM kept WHERE id % 2 = 0");
  await stack.archived();
  await stack.loseVolume();
  const down = await stack.switchboard("backups");
  assert.equal(down.exitCode, 0, "they are listed while the server is down");
  stack.set("restore", { time: time.toISOString() });
  const { exitCode, output } = await stack.up();
  assert.equal(exitCode, 0, output);
  assert.equal(await stack.sql(sum), all);
  const made = await stack.switchboard("backup", "--type", "full");
  assert.equal(made.exitCode, 0, made.stderr);
});
