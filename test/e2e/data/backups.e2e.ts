/** The same with a gigabyte of rows, with the time that it took. Needs nodes that are up; `npm run e2e:data` runs it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BackedStack } from "../support/backedStack";

const stack = new BackedStack();
const sum = "SELECT count(*) || ' ' || sum(hashtextextended(text, 0)::numeric) FROM kept";
let all: string;

before(() => stack.begin("4Gi"));
after(async () => {
  const { exitCode, output } = await stack.destroy();
  assert.equal(exitCode, 0, output);
});

test("a gigabyte is backed up and drilled", async (context) => {
  const { exitCode, output } = await stack.up();
  assert.equal(exitCode, 0, output);
  await stack.sql("CREATE TABLE kept (id int, text text)");
  // In parts, so that the log between them can go.
  for (let part = 0; part < 10; part++)
    await stack.sql(
      `INSERT INTO kept SELECT n, repeat(md5(n::text), 30) FROM generate_series(${part * 100_000 + 1}, ${part * 100_000 + 100_000}) n`,
    );
  assert.ok(Number(await stack.sql("SELECT pg_total_relation_size('kept')")) > 1e9);
  all = await stack.sql(sum);
  const begun = Date.now();
  const made = await stack.switchboard("backup", "--type", "full");
  assert.equal(made.exitCode, 0, made.stderr);
  context.diagnostic(`${made.stdout.trim()}; with everything around it ${Math.round((Date.now() - begun) / 1000)} s`);
  const { verdict, restoreSeconds } = await stack.drill();
  assert.equal(verdict, "passed");
  context.diagnostic(`the drill restored it in ${restoreSeconds} s`);
});

test("the volume is lost, and every row comes back", async (context) => {
  await stack.archived();
  await stack.loseVolume();
  stack.set("restore", {});
  const begun = Date.now();
  const { exitCode, output } = await stack.up();
  assert.equal(exitCode, 0, output);
  context.diagnostic(`from the up to its end ${Math.round((Date.now() - begun) / 1000)} s`);
  assert.equal(await stack.sql(sum), all);
});
