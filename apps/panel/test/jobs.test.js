import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { startBacklogReports } from "../src/backlog.js";
import { readConfig } from "../src/config.js";
import { openDatabase } from "../src/db.js";
import { handleEvent } from "../src/jobs.js";
import { recordEvent } from "../src/models/events.js";
import { changeUser, Forbidden, setActive } from "../src/models/users.js";
import { openQueue } from "../src/queue.js";
import { openRedis } from "../src/redis.js";
import { publishBatch } from "../src/relay.js";
import { runCommand, startBackends, startProcess, until } from "./support/panel.js";
import { startRedis } from "./support/services.js";

const log = /** @type {any} */ (pino({ level: "silent" }));
/** @type {Awaited<ReturnType<typeof startBackends>>} */ let backends;
/** @type {ReturnType<typeof openDatabase>} */ let db;
/** @type {ReturnType<typeof openRedis>} */ let redis;
/** @type {ReturnType<typeof openQueue>} */ let queue;

before(async () => {
  backends = await startBackends();
  assert.equal((await backends.migrate()).code, 0);
  const config = readConfig("console", /** @type {any} */ (backends.env));
  db = openDatabase(config, log);
  redis = openRedis(config, log, { use: "test" });
  queue = openQueue(redis, log);
});
after(async () => {
  await queue?.close();
  redis?.disconnect();
  await db?.close();
  await backends?.stop();
});

/** Writes an event as a page does, and returns its id. */
async function event(subject = "a test", requestId = /** @type {string | undefined} */ (undefined)) {
  await db.transaction((tx) => recordEvent(tx, { kind: "worker.checked", actor: null, subject, requestId }));
  return (await db.query("SELECT id FROM events WHERE subject = $1 ORDER BY at DESC LIMIT 1", [subject])).rows[0].id;
}
const linesOf = async (/** @type {string} */ id) =>
  (await db.query("SELECT * FROM activity WHERE event_id = $1", [id])).rows;
const startWorker = (/** @type {Record<string, string | undefined>} */ env = backends.env) =>
  startProcess(env, "worker");

test("an event goes with its transaction: rolled back, it never was", async () => {
  await assert.rejects(
    db.transaction(async (tx) => {
      await recordEvent(tx, { kind: "worker.checked", actor: null, subject: "undone" });
      throw new Error("changed my mind");
    }),
    /changed my mind/,
  );
  assert.equal((await db.query("SELECT FROM events WHERE subject = 'undone'")).rowCount, 0);
});

test("a job that runs twice, even at the same moment, leaves one line of activity", async () => {
  const id = await event("twice");
  const written = await Promise.all([1, 2, 3, 4].map((pod) => handleEvent(db, { eventId: id }, `pod-${pod}`)));
  assert.deepEqual(written.filter(Boolean), [true]);
  assert.equal(await handleEvent(db, { eventId: id }, "pod-5"), false);
  assert.equal((await linesOf(id)).length, 1);
});

test("two relays at once hand an event over once", async () => {
  await queue.obliterate({ force: true });
  await db.query("UPDATE events SET handled_at = now() WHERE handled_at IS NULL");
  for (let index = 0; index < 30; index++) await event(`relay ${index}`);
  const moved = await Promise.all([publishBatch(db, queue), publishBatch(db, queue)]);
  assert.equal((moved[0] ?? 0) + (moved[1] ?? 0), 30);
  assert.equal((await queue.getJobCounts("waiting")).waiting, 30);
});

test("transactions that lock the same rows the other way round are all done", async () => {
  const [one, two] = [await event("deadlock one"), await event("deadlock two")];
  const lock = (/** @type {import("../src/db.js").Queryable} */ tx, /** @type {string} */ id) =>
    tx.query("UPDATE events SET publications = publications + 1 WHERE id = $1", [id]);
  let runs = 0;
  /** @type {() => void} */ let go = () => {};
  const both = new Promise((resolve) => {
    go = () => resolve(undefined);
  });
  const crossed = (/** @type {string} */ first, /** @type {string} */ second) =>
    db.transaction(async (tx) => {
      await lock(tx, first);
      if (++runs === 2) go();
      await both;
      await lock(tx, second);
    });
  await Promise.all([crossed(one, two), crossed(two, one)]);
  assert.equal(runs, 3, "one of them was ended, and run again");
  const { rows } = await db.query("SELECT publications FROM events WHERE id = ANY($1)", [[one, two]]);
  assert.deepEqual(
    rows.map(({ publications }) => publications),
    [2, 2],
  );
  await db.query("UPDATE events SET handled_at = now() WHERE handled_at IS NULL");
});

test("people who are made administrators and members at the same moments never wait for each other in a circle", async () => {
  const deadlocks = async () => {
    await backends.sql("SELECT pg_stat_force_next_flush()");
    const { rows } = await backends.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    return rows[0].deadlocks;
  };
  const before = await deadlocks();
  const { rows } = await backends.sql(
    `INSERT INTO users (email, name, role, password_hash)
     SELECT 'turn-' || n || '@example.com', 'Turn', 'admin', 'none' FROM generate_series(1, 6) AS n RETURNING id`,
  );
  const doer = { actor: null };
  const turns = [...rows, ...rows, ...rows, ...rows].flatMap(({ id }) => [
    () => changeUser(db, id, { name: "Turn", role: "member" }, doer),
    () => changeUser(db, id, { name: "Turn", role: "admin" }, doer),
    () => setActive(db, id, false, doer),
    () => setActive(db, id, true, doer),
  ]);
  // Whoever would be the last administrator is refused: that is no fault here.
  const ends = await Promise.allSettled(turns.map((turn) => turn()));
  for (const { reason } of ends.filter((end) => end.status === "rejected"))
    assert.ok(reason instanceof Forbidden, reason);
  await db.query("DELETE FROM users WHERE email LIKE 'turn-%'");
  await db.query("UPDATE events SET handled_at = now() WHERE handled_at IS NULL");
  assert.equal((await deadlocks()) - before, 0);
});

test("a connection that is lost in the middle of a transaction fails that transaction and nothing else", async () => {
  const lost = db.transaction(async (tx) => {
    const { pid } = (await tx.query("SELECT pg_backend_pid() AS pid")).rows[0];
    await backends.sql("SELECT pg_terminate_backend($1)", [pid]);
    // Between two queries, when nobody waits for an answer.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await tx.query("SELECT 1");
  });
  await assert.rejects(lost, /not queryable|terminat/i);
  assert.equal((await db.query("SELECT 1 AS one")).rows[0].one, 1);
});

test("a worker outlives the loss of every connection, again and again, and logs no insides of them", async () => {
  const worker = startWorker();
  await until(
    async () => worker.log().some(({ message }) => message === "worker started"),
    () => "it has not started",
    15,
  );
  for (let round = 0; round < 30; round++) {
    await backends.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name LIKE 'panel-worker@%' AND datname = current_database()`,
    );
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const id = await event("after the losses");
  await until(
    async () => (await linesOf(id)).length === 1,
    () => "the job was not done",
    20,
  );
  const told = worker.log().filter(({ message }) => /was lost|cannot be handed/.test(message));
  assert.ok(told.length > 0, "a loss is logged");
  assert.doesNotMatch(JSON.stringify(worker.log()), /secretKey|connectionParameters/);
  assert.deepEqual(await worker.end(), { code: 0, by: null });
});

test("how much waits, and for how long, is logged: also what Redis was never given", async () => {
  await db.query("UPDATE events SET handled_at = now() WHERE handled_at IS NULL");
  const [old, queued] = [await event("old"), await event("queued")];
  await db.query("UPDATE events SET at = now() - interval '10 minutes' WHERE id = $1", [old]);
  await db.query("UPDATE events SET publications = 1 WHERE id = $1", [queued]);
  /** @type {any[]} */ const lines = [];
  const reports = startBacklogReports({
    db,
    log: /** @type {any} */ ({ info: (/** @type {any} */ ...line) => lines.push(line) }),
    intervalMs: 50,
  });
  await until(
    async () => lines.length >= 2,
    () => "no second line",
    5,
  );
  reports.stop();
  const [{ oldestSeconds, ...counts }, message] = lines[0];
  assert.equal(message, "jobs to be done");
  assert.deepEqual(counts, { waiting: 1, queued: 1 });
  assert.ok(oldestSeconds >= 600 && oldestSeconds < 660, String(oldestSeconds));
  await db.query("UPDATE events SET handled_at = now() WHERE handled_at IS NULL");
});

test("a worker takes what waits, in a process of its own, is alive meanwhile and ends cleanly", async () => {
  const id = await event("for the worker", "5f2b0c3d9e7a41b8");
  const worker = startWorker();
  await until(
    async () => (await linesOf(id)).length === 1,
    () => worker.output.out + worker.output.err,
  );
  const { handled_at: handled } = (await db.query("SELECT handled_at FROM events WHERE id = $1", [id])).rows[0];
  assert.ok(handled);
  assert.equal((await runCommand(backends.env, "alive")).code, 0);
  const dead = await runCommand({ ...backends.env, HEARTBEAT_FILE: "/nowhere/heartbeat" }, "alive");
  assert.equal(dead.code, 1);
  assert.match(dead.err, /There is no heartbeat/);
  assert.deepEqual(await worker.end(), { code: 0, by: null });
  assert.ok(
    worker
      .log()
      .some(
        ({ message, role, requestId }) =>
          message === "job done" && role === "worker" && requestId === "5f2b0c3d9e7a41b8",
      ),
    "the request goes on into the log of the worker",
  );
});

test("a worker that is told to stop finishes a job that takes longer than requests may", async () => {
  const id = await event("slow");
  const holder = openDatabase(readConfig("console", /** @type {any} */ (backends.env)), log);
  /** @type {() => void} */ let letGo = () => {};
  const held = new Promise((resolve) => {
    letGo = () => resolve(undefined);
  });
  /** @type {() => void} */ let isLocked = () => {};
  const locked = new Promise((resolve) => {
    isLocked = () => resolve(undefined);
  });
  const holding = holder.transaction(async (tx) => {
    await tx.query("LOCK TABLE activity IN ACCESS EXCLUSIVE MODE");
    isLocked();
    await held;
  });
  await locked;
  const worker = startWorker({ ...backends.env, SHUTDOWN_SECONDS: "1", JOB_TIMEOUT_SECONDS: "30" });
  await until(
    // This job: one of an earlier test, done again after its failure, may be active too.
    async () => (await queue.getActive()).some((job) => job?.data.eventId === id),
    () => "no worker took the job",
    15,
  );
  const ended = worker.end();
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  letGo();
  await holding;
  assert.deepEqual(await ended, { code: 0, by: null });
  await holder.close();
  assert.ok(!worker.log().some(({ message }) => /did not end in time|not everything was closed/.test(message)));
  assert.equal((await linesOf(id)).length, 1);
});

test("events of a time without Redis, and jobs that Redis forgot, are done when it is back", async () => {
  const forgotten = await event("forgotten");
  await publishBatch(db, queue);
  const { port } = backends.redis;
  await backends.redis.stop();
  const kept = await event("while away");
  const worker = startWorker();
  await until(() => worker.log().some(({ message }) => message === "events cannot be handed to the queue now"));
  assert.deepEqual(await linesOf(kept), []);
  // An empty Redis: the job of the first event is gone. Its next hand-over is due in a minute; the test does not wait.
  backends.redis = await startRedis(port);
  await db.query("UPDATE events SET publish_after = now() WHERE handled_at IS NULL");
  await until(
    async () => (await linesOf(kept)).length + (await linesOf(forgotten)).length === 2,
    () => worker.output.out,
    15,
  );
  assert.deepEqual(await worker.end(), { code: 0, by: null });
});

test("the clean-up deletes what is old and only that", async () => {
  const [old, fresh] = [await event("old"), await event("fresh")];
  for (const id of [old, fresh]) await handleEvent(db, { eventId: id }, "pod");
  await db.query("UPDATE activity SET at = now() - interval '91 days' WHERE event_id = $1", [old]);
  await db.query("UPDATE events SET handled_at = now() - interval '8 days' WHERE id = $1", [old]);
  await db.query(
    `INSERT INTO users (email, name, role, password_hash, must_change_password, password_expires_at)
     VALUES ('late@example.com', 'Late', 'member', 'x', true, now() - interval '1 hour')`,
  );
  const run = await runCommand(backends.env, "cleanup");
  assert.equal(run.code, 0, run.err);
  const { activity, events, temporaryPasswords } = run.log.at(-1);
  assert.deepEqual({ activity, events, temporaryPasswords }, { activity: 1, events: 1, temporaryPasswords: 1 });
  assert.equal((await linesOf(old)).length, 0);
  assert.equal((await linesOf(fresh)).length, 1);
});

test("the console evaluates one expression for scripts and operators", async () => {
  const users = await runCommand(
    backends.env,
    "console",
    "-e",
    "(await models.users.listUsers(db)).map((u) => u.email)",
  );
  assert.equal(users.code, 0, users.err);
  assert.ok(JSON.parse(users.out).includes("admin@example.com"));
  const ping = await runCommand(backends.env, "console", "-e", "redis.ping()");
  assert.equal(ping.out, "PONG\n");
  const wrong = await runCommand(backends.env, "console", "-e", "db.query('SELECT nothing_like_that')");
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /column "nothing_like_that" does not exist/);
});

test("an unknown command says which there are", async () => {
  const run = await runCommand(backends.env, "serve");
  assert.deepEqual(
    [run.code, run.err],
    [2, 'Unknown command "serve"; one of web, worker, migrate, cleanup, console, alive.\n'],
  );
});

test("wrong settings end every role with one list", async () => {
  const run = await runCommand({ ...backends.env, PORT: "x", SESSION_SECRET: "short" }, "web");
  assert.equal(run.code, 1);
  assert.match(run.err, /PORT is "x".*\n.*SESSION_SECRET has 5 characters/);
  assert.doesNotMatch(run.err, /\n\s+at /);
});
