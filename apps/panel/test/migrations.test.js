import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { readConfig } from "../src/config.js";
import { openDatabase } from "../src/db.js";
import { listMigrations, migrate, pendingMigrations } from "../src/migrations.js";
import { startBackends } from "./support/panel.js";

const log = pino({ level: "silent" });
const names = listMigrations().map(({ name }) => name);
/** @type {Awaited<ReturnType<typeof startBackends>>} */ let backends;
/** @type {ReturnType<typeof openDatabase>} */ let db;

before(async () => {
  backends = await startBackends();
  db = openDatabase(
    readConfig("migrate", /** @type {any} */ ({ ...backends.env, ...backends.owner })),
    /** @type {any} */ (log),
  );
});
after(async () => {
  await db?.close();
  await backends?.stop();
});

test("two runs at once wait for each other, one does it; the first administrator and room are made once", async () => {
  assert.deepEqual(await pendingMigrations(db), names);
  const runs = await Promise.all([backends.migrate(), backends.migrate()]);
  assert.deepEqual(
    runs.map(({ code }) => code),
    [0, 0],
    runs.map(({ err }) => err).join(),
  );
  const applied = runs.map((run) => run.log.find((line) => line.applied)?.applied.length).sort();
  assert.deepEqual(applied, [0, names.length]);
  assert.deepEqual(await pendingMigrations(db), []);
  const { rows } = await db.query(
    "SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM rooms) AS rooms",
  );
  assert.deepEqual(rows, [{ users: 1, rooms: 1 }]);
});

test("run again it changes nothing, also with another password in the settings", async () => {
  const before = await db.query("SELECT email, password_hash FROM users");
  const again = await backends.migrate({ ADMIN_PASSWORD: "another-password-now" });
  assert.equal(again.code, 0);
  assert.match(again.out, /the database was up to date/);
  assert.deepEqual((await db.query("SELECT email, password_hash FROM users")).rows, before.rows);
});

test("a migration that fails is undone, named with the words of Postgres, and ends the run with 1", async () => {
  const broken = { name: "9998_broken", sql: "CREATE TABLE half (id int); SELECT * FROM nowhere;", digest: "x" };
  await assert.rejects(
    migrate(db, /** @type {any} */ (log), undefined, [...listMigrations(), broken]),
    (/** @type {any} */ error) =>
      error.migration === "9998_broken" && /relation "nowhere" does not exist/.test(error.message),
  );
  assert.equal((await db.query("SELECT to_regclass('half') AS half")).rows[0].half, null);
  await db.query("UPDATE panel_migrations SET digest = 'edited' WHERE name = $1", [names[0]]);
  const edited = await backends.migrate();
  assert.equal(edited.code, 1);
  assert.match(edited.err, /Migration 0001_users_rooms was changed after it was applied to this database/);
  await db.query("UPDATE panel_migrations SET digest = $2 WHERE name = $1", [names[0], listMigrations()[0]?.digest]);
});

test("a wrong password of the database is told at once, without the password", async () => {
  const wrong = await backends.migrate({ PGPASSWORD: "wrong-password" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /28P01: password authentication failed/);
  assert.doesNotMatch(wrong.err + wrong.out, /wrong-password/);
});

test("an empty database without ADMIN_EMAIL says what to set", async () => {
  const other = await startBackends();
  const run = await other.migrate({ ADMIN_EMAIL: undefined, ADMIN_PASSWORD: undefined });
  await other.stop();
  assert.equal(run.code, 1);
  assert.match(run.err, /There is no user yet; set ADMIN_EMAIL and ADMIN_PASSWORD/);
});
