/**
 * A second Postgres server on the local nodes, with the product's own commands, while an app writes: restored to the second
 * before a mistake, used, and given back; then another major version, rehearsed and used, with the way back. Needs nodes that
 * are up; `npm run e2e:data` runs it.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BackedStack } from "../support/backedStack";

const stack = new BackedStack();

before(async () => {
  await stack.begin();
  const { exitCode, output } = await stack.up();
  assert.equal(exitCode, 0, output);
  await stack.sql("CREATE TABLE kept AS SELECT n AS id, md5(n::text) AS text FROM generate_series(1, 50000) n");
});
after(async () => {
  const { exitCode, output } = await stack.destroy();
  assert.equal(exitCode, 0, output);
});

async function done(...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await stack.switchboard(...words, "--yes");
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

/** The app's own answer: it reaches its database. */
async function served(): Promise<void> {
  const visitor = await stack.visitor("backend");
  const { status } = await visitor.send("/readyz");
  assert.equal(status, 200);
}

let mistake: string;

test("the second before a DELETE comes back beside the server, and the comparison names what differs", async () => {
  mistake = (await stack.sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")).trim();
  await stack.sql("DELETE FROM kept WHERE id > 10");
  await stack.archived();
  const said = await done("restore", "--time", mistake);
  assert.match(said, /rows switchboard public\.kept: 10 there, 50000 here/);
  assert.equal(await stack.sql("SELECT count(*) FROM kept"), "10", "the apps' server is as it was");
  await served();
});

test("the apps use the restored server, archive its log, and the first one is stopped and kept", async () => {
  await done("switch");
  assert.equal(await stack.sql("SELECT count(*) FROM kept"), "50000");
  assert.equal((await stack.kubectl("get", "pods", "--selector=app.kubernetes.io/component=server")).trim(), "");
  assert.match(await stack.kubectl("get", "pvc"), /data-postgres-0 +Bound/);
  await served();
  await stack.archived();
  const made = await stack.switchboard("backups", "--json");
  assert.equal(JSON.parse(made.stdout).backups[0].type, "full", made.stderr);
  const status = await stack.switchboard("status");
  assert.equal(status.exitCode, 0, status.stdout);
});

test("the way back, and the second one is given up", async () => {
  await done("switch");
  assert.equal(await stack.sql("SELECT count(*) FROM kept"), "10");
  await served();
  assert.match(await done("switch", "--forget"), /kubectl delete pvc data-postgres-2-0/);
  assert.match(await stack.kubectl("get", "pvc"), /data-postgres-2-0 +Bound/);
});

test("another major version is rehearsed, used with every row, and given back", async () => {
  const newer = ["--image", "localhost/switchboard/postgres-17", "--source", "test/e2e/fixtures/postgres-17"];
  const rehearsed = await done("upgrade", "postgres", ...newer);
  assert.match(rehearsed, /does not differ\. It was copied in \d+ s\./);
  assert.match(await stack.sql("SHOW server_version"), /^15\./);
  await stack.sql("INSERT INTO kept VALUES (-1, 'since the rehearsal')");
  await done("switch");
  assert.match(await stack.sql("SHOW server_version"), /^17\./);
  assert.equal(await stack.sql("SELECT count(*) FROM kept WHERE id = -1"), "1");
  await served();
  const status = await stack.switchboard("status");
  assert.equal(status.exitCode, 0, status.stdout);
  await done("switch");
  assert.match(await stack.sql("SHOW server_version"), /^15\./);
  await served();
});
