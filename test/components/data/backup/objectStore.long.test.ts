/** Backups in a bucket that speaks S3: set up, a bucket that is away, a drill. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { backupsIn } from "../../../../cli/cluster/backups/report";
import { archivingIn } from "../../../../cli/commands/status/backups";
import { files } from "../../../../components/data/backup/configuration";
import { drillScript } from "../../../../components/data/backup/drillScript";
import { backupScript, listScript, setUpScript } from "../../../../components/data/backup/scripts";
import type { BackupSettings } from "../../../../components/data/backup/settings";
import { ObjectStore } from "../../../support/objectStore";
import { freePort } from "../postgresServer";
import { BackedUpServer } from "./backedUpServer";

test("a bucket takes the log and backups, encrypted; while it is away nothing is lost, and it is said", async (context) => {
  const store = await ObjectStore.start("localhost", await freePort());
  context.after(() => store.stop());
  const settings = {
    ...{ kind: "s3", bucket: ObjectStore.bucket, region: "us-east-1", endpoint: store.host, port: store.port },
    ...{ prefix: "/shop/postgres", uriStyle: "path", authority: store.authority },
  } as BackupSettings["repository"];
  const keys = { "repo1-s3-key": store.accessKey, "repo1-s3-key-secret": store.secretKey };
  const server = await BackedUpServer.start({ repository: { settings, keys, authority: store.authority } });
  context.after(() => server.stop());
  const done = async (script: string, file: string = files.jobs) => {
    const { code, output } = await server.run(script, file).ended;
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /of-this-test/);
    return output;
  };

  await done(setUpScript);
  await server.sql(
    "CREATE TABLE goods AS SELECT n AS id, 'a word that stands out' AS text FROM generate_series(1, 2000) n",
  );
  const { backups, restorable } = backupsIn(await done(backupScript("diff")));
  assert.deepEqual(
    backups.map(({ type }) => type),
    ["full", "differential"],
  );
  // The server's clock is the bucket's here, and S3 tells whole seconds.
  assert.ok(Math.abs(restorable!.to.getTime() - Date.now()) < 3_600_000, String(restorable!.to));
  assert.deepEqual(readdirSync(join(store.bucketFolder, "shop/postgres")).sort(), ["archive", "backup"]);

  await store.close();
  await server.sql("INSERT INTO goods SELECT n, 'while the bucket is away' FROM generate_series(2001, 4000) n");
  await server.sql("SELECT pg_switch_wal()");
  const { code, output } = await server.run(backupScript("diff")).ended;
  assert.notEqual(code, 0);
  assert.match(output, /unable to connect/);
  while (archivingIn(server.log)?.fails !== true) await server.sql("SELECT pg_sleep(0.2)");
  await store.open();
  await server.restart();
  await done(drillScript, files.restore);
  const [last] = backupsIn(await done(listScript)).backups.slice(-1);
  assert.equal(last!.drill!.verdict, "passed");
});
