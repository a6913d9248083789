/** The rendered configurations and the scripts of the jobs, on a real Postgres, pgBackRest's server, and a repository. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { files } from "../../../../components/data/backup/configuration";
import { drillScript } from "../../../../components/data/backup/drillScript";
import { restoreScript } from "../../../../components/data/backup/restoreScript";
import { backupScript, listScript, setUpScript } from "../../../../components/data/backup/scripts";
import { prepareDataScript } from "../../../../components/data/postgresConf";
import { jobLine } from "../jobLine";
import { BackedUpServer, hasPgBackRest, type ServerOptions } from "./backedUpServer";

async function started(context: TestContext, options: ServerOptions = {}): Promise<BackedUpServer> {
  const server = await BackedUpServer.start(options);
  context.after(() => server.stop());
  return server;
}

async function done(server: BackedUpServer, script: string, file: string = files.jobs): Promise<string> {
  const { code, output } = await server.run(script, file).ended;
  assert.equal(code, 0, output);
  return output;
}

async function refused(server: BackedUpServer, script: string, file: string = files.jobs): Promise<string> {
  const { code, output } = await server.run(script, file).ended;
  assert.notEqual(code, 0, output);
  assert.doesNotMatch(output, /of-this-test/);
  return output;
}

/** The files of a repository below a folder, largest first. */
function filesOf(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((one, other) => statSync(other).size - statSync(one).size);
}

test("there is a pgBackRest to test with", () => {
  assert.ok(hasPgBackRest, "install Debian's pgbackrest");
});

test("set up, backups and a drill while rows are written; the secrets are in no output", async (context) => {
  const server = await started(context);
  const first = await done(server, setUpScript);
  assert.match(first, /stanza-create command end[\s\S]*check command end[\s\S]*new backup label = \S+F\n/);
  assert.match(await done(server, setUpScript), /There are backups already/);
  await server.sql("CREATE DATABASE shop");
  await server.sql("CREATE TABLE goods (id serial PRIMARY KEY, name text); CREATE SEQUENCE counted", "shop");
  await server.sql("INSERT INTO goods (name) SELECT 'thing ' || n FROM generate_series(1, 5000) n", "shop");
  await server.sql(
    "CREATE ROLE seller LOGIN PASSWORD 'seller-of-this-test'; CREATE UNLOGGED TABLE scratch (n int); INSERT INTO scratch VALUES (1)",
  );
  const output = await done(server, backupScript("diff"));
  const { info, newest } = jobLine(output, "backups");
  const backups = info[0].backup;
  assert.deepEqual(
    backups.map(({ type }: any) => type),
    ["full", "diff"],
  );
  for (const { annotation } of backups) assert.match(annotation.verified, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(Object.keys(newest)[0]!.slice(0, 24), info[0].archive[0].max);

  // Rows come and go until the drill is over.
  const writer = server.run(
    `while true; do psql --quiet --dbname=shop --command="INSERT INTO goods (name) SELECT 'more' FROM generate_series(1, 20); DELETE FROM goods WHERE id % 7 = 3; SELECT nextval('counted')" >/dev/null; done`,
    files.restore,
  );
  const drilled = await server.run(drillScript, files.restore).ended;
  process.kill(-writer.child.pid!, "SIGKILL");
  await writer.ended;
  assert.equal(drilled.code, 0, drilled.output);
  const verdict = jobLine(drilled.output, "drill");
  assert.deepEqual(
    {
      verdict: verdict.verdict,
      sound: verdict.sound,
      different: verdict.compared.different,
      tables: verdict.compared.tables,
    },
    { verdict: "passed", sound: true, different: 0, tables: 1 },
  );
  const listed = jobLine(await done(server, listScript), "backups").info[0].backup.at(-1);
  assert.equal(listed.label, verdict.backup);
  assert.equal(listed.annotation.drill, "passed");
  assert.doesNotMatch(first + output + drilled.output + server.log, /of-this-test/);
});

test("a drill says what a restored server lacks", async (context) => {
  const server = await started(context);
  await done(server, setUpScript);
  await server.sql("CREATE TABLE goods (id int); INSERT INTO goods SELECT generate_series(1, 100)");
  // As if the restored server had lost a row and a role.
  const lossy = drillScript.replace(
    "on_restored census restored",
    `on_restored psql --quiet --dbname=postgres --command="DELETE FROM goods WHERE id = 7; DROP ROLE seller"\non_restored census restored`,
  );
  assert.notEqual(lossy, drillScript);
  await server.sql("CREATE ROLE seller");
  const { compared, verdict } = jobLine(await refused(server, lossy, files.restore), "drill");
  assert.equal(verdict, "failed");
  assert.deepEqual(compared.problems.sort(), [
    "role seller is missing",
    "rows postgres public.goods has 99 rows, not 100 to 100",
  ]);
  const [{ backup }] = jobLine(await done(server, listScript), "backups").info;
  assert.equal(backup.at(-1).annotation.drill, "failed");
});

test("what is damaged in a repository is told by the next backup", async (context) => {
  const server = await started(context);
  await done(server, setUpScript);
  await server.sql("CREATE TABLE goods AS SELECT generate_series(1, 1000) AS id");
  await done(server, backupScript("diff"));
  const folder = server.repositoryFolder;
  const told = /The repository is damaged[\s\S]*switchboard backup --type full/;

  const [file] = filesOf(join(folder, "backup"), /^\d+\.zst$/);
  const whole = readFileSync(file!);
  const other = Buffer.from(whole);
  other.write("another", Math.floor(whole.length / 2));
  writeFileSync(file!, other);
  const corrupt = await refused(server, backupScript("diff"));
  assert.match(corrupt, /checksum invalid: 1/);
  assert.match(corrupt, told);
  writeFileSync(file!, whole);

  // A segment between others: pgBackRest itself calls such a repository whole.
  const segments = filesOf(join(folder, "archive"), /^[0-9A-F]{24}-/).sort();
  const [lost] = segments.slice(2);
  renameSync(lost!, join(server.folder, "lost"));
  assert.match(await refused(server, backupScript("diff")), /lacks segments of the log[\s\S]*15-1 00000001/);
  renameSync(join(server.folder, "lost"), lost!);
  await done(server, backupScript("diff"));
});

test("a backup that is killed in its middle is none, and the next one is whole", async (context) => {
  const server = await started(context);
  await done(server, setUpScript);
  await server.sql("CREATE TABLE goods AS SELECT n, repeat(md5(n::text), 20) AS text FROM generate_series(1, 60000) n");
  const { child, ended } = server.run(backupScript("full"));
  await new Promise<void>((resolve) =>
    child.stdout!.on("data", (text) => /backup start archive/.test(String(text)) && resolve()),
  );
  process.kill(-child.pid!, "SIGKILL");
  await ended;
  const { info } = jobLine(await done(server, listScript), "backups");
  assert.equal(info[0].backup.length, 1);
  const after = jobLine(await done(server, backupScript("full")), "backups");
  assert.equal(after.info[0].backup.length, 2);
});

test("another key and another database are refused, and change nothing", async (context) => {
  const server = await started(context);
  await done(server, setUpScript);
  const before = filesOf(server.repositoryFolder, /info/).map((path) => readFileSync(path, "hex"));
  server.giveKey("another-key-of-this-test-0123456789-0123456789");
  assert.match(
    await refused(server, setUpScript),
    /cannot be read with postgres\.backup\.encryptionKey, and was left as it is/,
  );
  assert.match(await refused(server, backupScript("full")), /cannot be read with postgres\.backup\.encryptionKey/);
  server.giveKey("encryption-key-of-this-test-0123456789");
  const another = await started(context, { folder: server.repositoryFolder });
  for (const script of [setUpScript, backupScript("full")])
    assert.match(await refused(another, script), /holds the backups of another database, and was left as it is/);
  assert.deepEqual(
    filesOf(server.repositoryFolder, /info/).map((path) => readFileSync(path, "hex")),
    before,
  );
});

test("while the repository is away the log is kept, and comes when it is back", async (context) => {
  const server = await started(context);
  await done(server, setUpScript);
  const away = `${server.repositoryFolder}-away`;
  renameSync(server.repositoryFolder, away);
  context.after(() => rmSync(away, { recursive: true, force: true }));
  await server.sql("CREATE TABLE goods AS SELECT generate_series(1, 1000) AS id");
  await server.sql("SELECT pg_switch_wal()");
  const failed =
    "SELECT failed_count > 0 AND last_failed_time > coalesce(last_archived_time, 'epoch') FROM pg_stat_archiver";
  while ((await server.sql(failed)) !== "t");
  assert.match(server.log, /archive command failed/);
  renameSync(away, server.repositoryFolder);
  // Without waiting for the minute after which Postgres tries again.
  await server.restart();
  assert.match(await done(server, backupScript("diff")), /completed successfully/);
  assert.equal(jobLine(await done(server, drillScript, files.restore), "drill").verdict, "passed");
});

test("a lost volume comes back, to the second before a mistake, and as far as the archive goes", async (context) => {
  const server = await started(context);
  await done(server, setUpScript);
  await server.sql("CREATE TABLE goods AS SELECT n AS id, md5(n::text) AS text FROM generate_series(1, 3000) n");
  const sum = "SELECT count(*) || md5(string_agg(text, ',' ORDER BY id)) FROM goods";
  const all = await server.sql(sum);
  // pgBackRest knows the end of a backup to the second, and a restore needs one that ended before.
  await server.sql("SELECT pg_sleep(1)");
  const before = await server.sql(
    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') || '+00'",
  );
  await server.sql("DELETE FROM goods WHERE id % 2 = 0");
  await server.archived();

  const restored = await server.loseVolume(
    prepareDataScript(restoreScript({ backup: undefined, time: before })),
    "another-of-this-test",
  );
  assert.equal(restored.code, 0, restored.output);
  assert.match(restored.output, /The database was restored/);
  assert.doesNotMatch(restored.output, /of-this-test/);
  assert.equal(await server.sql(sum), all);
  await server.sql("INSERT INTO goods SELECT 3001, 'after the restore'");
  // On its new timeline it archives and makes backups, and what was before it is still whole.
  assert.equal(jobLine(await done(server, backupScript("diff")), "backups").info[0].backup.length, 2);
  const now = await server.sql(sum);
  await server.archived();
  const again = await server.loseVolume(prepareDataScript(restoreScript({ backup: undefined, time: undefined })));
  assert.equal(again.code, 0, again.output);
  assert.equal(await server.sql(sum), now);
  assert.equal(jobLine(await done(server, drillScript, files.restore), "drill").verdict, "passed");
});

test("a restore that was interrupted begins anew, one that finds nothing says so, and data is left alone", async (context) => {
  const server = await started(context);
  await done(server, setUpScript);
  await server.sql("CREATE TABLE goods AS SELECT generate_series(1, 10) AS id");
  await server.archived();
  const latest = prepareDataScript(restoreScript({ backup: undefined, time: undefined }));
  const none = await server.loseVolume(
    prepareDataScript(restoreScript({ backup: "20200101-000000F", time: undefined })),
  );
  assert.notEqual(none.code, 0);
  assert.match(none.output, /Nothing was restored: postgres\.backup\.restore says what was asked for/);
  const cut = await server.loseVolume(
    `mkdir "$PGDATA"; echo 15 > "$PGDATA/PG_VERSION"; touch "$PGDATA.restoring"\n${latest}`,
  );
  assert.equal(cut.code, 0, cut.output);
  assert.equal(await server.sql("SELECT count(*) FROM goods"), "10");
  await server.sql("INSERT INTO goods VALUES (11)");
  await server.restart(latest);
  assert.equal(await server.sql("SELECT count(*) FROM goods"), "11");
});
