import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/*
 * Why not a library: node-pg-migrate (the best kept one for pg) takes its lock with pg_try_advisory_lock, so of two
 * runs at once the second fails instead of waiting, and its files are programs. What this needs is small: SQL files in
 * order, each in one transaction, under one lock that is waited for, refused when an applied file was edited.
 */

const folder = new URL("../migrations/", import.meta.url);

/** Any fixed number; it only must differ from the locks of other programs in the same database. */
const lockKey = 5_923_140_771;

/** A migration waits this long for a table and then lets the queries behind it pass, so that it never stops the app. */
const lockTimeout = "5s";
const lockAttempts = 6;

/** The migrations of this version, oldest first. Names sort: 0001_..., 0002_... */
export function listMigrations() {
  return readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const sql = readFileSync(new URL(file, folder), "utf8");
      return { name: file.replace(/\.sql$/, ""), sql, digest: createHash("sha256").update(sql).digest("hex") };
    });
}
/** @typedef {ReturnType<typeof listMigrations>[number]} Migration */

/**
 * The names of the migrations that the database does not have yet; all of them while it is empty.
 *
 * @param {import("./db.js").Queryable} db
 */
export async function pendingMigrations(db) {
  const { rows } = await db.query("SELECT to_regclass('panel_migrations') IS NOT NULL AS made");
  const names = listMigrations().map(({ name }) => name);
  if (!rows[0].made) return names;
  const applied = await db.query("SELECT name FROM panel_migrations");
  const done = new Set(applied.rows.map(({ name }) => name));
  return names.filter((name) => !done.has(name));
}

/**
 * Applies what is pending, one transaction each, and then runs `afterwards`, all under one advisory lock: a second run
 * at the same time waits and finds nothing to do. Run again it changes nothing. Migrations expand first and contract
 * in a later version, because pods of the version before still run.
 *
 * @param {import("./db.js").Database} db
 * @param {import("./logger.js").Logger} log
 * @param {(tx: import("./db.js").Queryable) => Promise<void>} [afterwards]
 * @param {Migration[]} [migrations]
 * @returns {Promise<string[]>} the names of what it applied
 * @throws the error of Postgres, with the name of the migration in `migration`; what came before stays applied
 */
export async function migrate(db, log, afterwards, migrations = listMigrations()) {
  const client = await connect(db, log);
  try {
    await client.query("SET statement_timeout = 0");
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    await client.query(
      `CREATE TABLE IF NOT EXISTS panel_migrations
       (name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    await client.query(`SET lock_timeout = '${lockTimeout}'`);
    const { rows } = await client.query("SELECT name, digest FROM panel_migrations");
    const digests = new Map(rows.map((row) => [row.name, row.digest]));
    const applied = [];
    for (const migration of migrations) {
      const digest = digests.get(migration.name);
      if (digest === migration.digest) continue;
      if (digest !== undefined) {
        throw new Error(
          `Migration ${migration.name} was changed after it was applied to this database; undo the change and write a new migration.`,
        );
      }
      await apply(client, migration, log);
      applied.push(migration.name);
    }
    if (afterwards) await inTransaction(client, () => afterwards(client));
    return applied;
  } finally {
    // Closing the connection gives the lock back, also after an error in the middle.
    client.release(true);
  }
}

/** @param {import("pg").PoolClient} client @param {Migration} migration @param {import("./logger.js").Logger} log */
async function apply(client, migration, log) {
  for (let attempt = 1; ; attempt++) {
    try {
      await inTransaction(client, async () => {
        await client.query(migration.sql);
        await client.query("INSERT INTO panel_migrations (name, digest) VALUES ($1, $2)", [
          migration.name,
          migration.digest,
        ]);
      });
      log.info({ migration: migration.name }, "migration applied");
      return;
    } catch (error) {
      const failure = /** @type {Error & { code?: string, migration?: string }} */ (error);
      failure.migration = migration.name;
      if (failure.code !== "55P03" || attempt === lockAttempts) throw failure; // 55P03: lock_not_available
      log.warn({ migration: migration.name, attempt }, "a table is in use, trying again");
      await sleep(attempt * 1_000);
    }
  }
}

/** @param {import("pg").PoolClient} client @param {() => Promise<void>} work */
async function inTransaction(client, work) {
  await client.query("BEGIN");
  try {
    await work();
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

/**
 * Waits up to a minute for a Postgres that is still starting; a wrong password or database fails at once.
 *
 * @param {import("./db.js").Database} db
 * @param {import("./logger.js").Logger} log
 */
async function connect(db, log) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.pool.connect();
    } catch (error) {
      const { code = "", message } = /** @type {Error & { code?: string }} */ (error);
      const starting = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ECONNRESET", "57P03"].includes(code);
      if (!starting || attempt === 30) throw error;
      log.info({ reason: message, attempt }, "waiting for Postgres");
      await sleep(2_000);
    }
  }
}
