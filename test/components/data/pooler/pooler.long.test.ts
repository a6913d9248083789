/** PgBouncer as the program configures, starts and stops it, between psql and a real server with the program's roles. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  logInVariables,
  type PoolerConfArgs,
  poolerConf,
  startScript,
  stopScript,
} from "../../../../components/data/pooler/conf";
import { rolesScript } from "../../../../components/data/postgresConf";
import { freePort, type PostgresServer, postgresFolders, serverUser, startPostgres } from "../postgresServer";

const passwords = {
  PANEL_PASSWORD: "ofThePanel",
  PANEL_OWNER_PASSWORD: "ofItsMigration",
  CHAT_PASSWORD: "ofTheChat$'()",
  CHAT_OWNER_PASSWORD: "ofTheOtherMigration",
};
const logIns = [
  { user: "panel_g1", password: passwords.PANEL_PASSWORD },
  { user: "chat_g1", password: passwords.CHAT_PASSWORD },
];

/** A pair for `localhost`, in a folder. */
function certificatesIn(folder: string): void {
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=pooler", "-addext", "subjectAltName=DNS:localhost"],
      ...["-keyout", join(folder, "tls.key"), "-out", join(folder, "tls.crt")],
    ],
    { stdio: "ignore" },
  );
}

/** Runs a script as the servers' user where the system has no authorities, as in an image without ca-certificates. */
function withoutAuthorities(script: string): readonly [string, readonly string[]] {
  const as = serverUser ? `setpriv --reuid=${serverUser.uid} --regid=${serverUser.gid} --clear-groups` : "";
  const own = serverUser ? ["--mount"] : ["--mount", "--map-root-user"];
  return ["unshare", [...own, "sh", "-c", `mount -t tmpfs none /etc/ssl && exec ${as} sh -c "$1"`, "sh", script]];
}

/** A server with the roles of two apps, and the pooler in front of it. @param bare whether the system has no authorities */
async function pooled(context: TestContext, change: Partial<PoolerConfArgs> = {}, bare = false) {
  const server = await startPostgres(postgresFolders()[0]!);
  const folder = mkdtempSync(join(tmpdir(), "switchboard-pooler-"));
  const children: ChildProcess[] = [];
  context.after(async () => {
    for (const child of children) child.kill("SIGKILL");
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const superuser = { PGUSER: "postgres", PGPASSWORD: "superuser-of-this-test", PGDATABASE: "postgres" };
  const made = await server.sh(rolesScript(["panel", "chat"], 1), { ...superuser, ...passwords });
  assert.equal(made.code, 0, made.output);

  certificatesIn(folder);
  const port = await freePort();
  const conf = poolerConf({
    server: {
      host: "127.0.0.1",
      port: Number((await server.sh("echo $PGPORT", {})).output),
      database: "switchboard",
      tls: { mode: "disable" },
    },
    ...{ port, mode: "transaction", poolSize: 1, maxClients: 20, certificates: folder, writable: folder },
    ...change,
  });
  writeFileSync(join(folder, "pgbouncer.ini"), await new Promise<string>((resolve) => void conf.apply(resolve)));
  chmodSync(folder, 0o755);
  for (const file of ["tls.key", "tls.crt", "pgbouncer.ini", "."])
    if (serverUser) chownSync(join(folder, file), serverUser.uid, serverUser.gid);
  const variables = logIns.flatMap(({ user, password }, index) => {
    const names = logInVariables(index);
    return [
      [names.user, user],
      [names.password, password],
    ];
  });
  const script = startScript(logIns.length, folder, join(folder, "pgbouncer.ini"));
  const [program, words] = bare ? withoutAuthorities(script) : (["sh", ["-c", script]] as const);
  const process_ = spawn(program, words, {
    ...(!bare && serverUser),
    env: { PATH: `${process.env.PATH}:/usr/sbin`, ...Object.fromEntries(variables) },
  });
  children.push(process_);
  let log = "";
  process_.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const way = {
    PGHOST: "localhost",
    PGPORT: String(port),
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: join(folder, "tls.crt"),
  };
  const asPanel = { ...way, PGUSER: "panel_g1", PGPASSWORD: passwords.PANEL_PASSWORD, PGDATABASE: "switchboard" };
  const asChat = { ...way, PGUSER: "chat_g1", PGPASSWORD: passwords.CHAT_PASSWORD, PGDATABASE: "switchboard" };
  for (let tries = 0; (await server.sql("SELECT 1", asPanel)).code !== 0; tries++) {
    if (tries === 100 || process_.exitCode !== null) throw new Error(`pgbouncer does not start: ${log}`);
    await sleep(100);
  }
  return { server, folder, asPanel, asChat, superuser, pooler: process_, log: () => log };
}

async function answer(server: PostgresServer, statement: string, as: Readonly<Record<string, string>>) {
  const { code, output } = await server.sql(statement, as);
  assert.equal(code, 0, output);
  return output;
}

/** How many sessions a log-in has on the server itself. */
const sessionsOf = (server: PostgresServer, user: string, superuser: Readonly<Record<string, string>>) =>
  answer(server, `SELECT count(*) FROM pg_stat_activity WHERE usename = '${user}'`, superuser);

test("each app is itself through the pooler, by TLS and its own password, and by nothing less", async (context) => {
  const { server, asPanel, asChat, log } = await pooled(context);
  const identity = "SELECT current_user, session_user, current_schema";
  assert.equal(await answer(server, identity, asPanel), "panel_app|panel_g1|panel");
  assert.equal(await answer(server, identity, asChat), "chat_app|chat_g1|chat");
  const refused = async (change: Readonly<Record<string, string>>) => {
    const { code, output } = await server.sql("SELECT 1", { ...asPanel, ...change });
    assert.notEqual(code, 0);
    return output;
  };
  assert.match(await refused({ PGPASSWORD: "wrong" }), /authentication failed/);
  assert.match(await refused({ PGSSLMODE: "disable", PGSSLROOTCERT: "" }), /SSL required/);
  assert.match(await refused({ PGHOST: "127.0.0.1" }), /does not match host name/);
  assert.match(
    await refused({ PGUSER: "panel_owner_g1", PGPASSWORD: passwords.PANEL_OWNER_PASSWORD }),
    /authentication failed|no such user/,
  );
  assert.match(await refused({ PGDATABASE: "pgbouncer" }), /not allowed|no such/);
  assert.doesNotMatch(log(), /ofThePanel|ofTheChat/);
});

test("it starts in an image that has no authorities", async (context) => {
  const { server, asPanel } = await pooled(context, {}, true);
  assert.equal(await answer(server, "SELECT 1", asPanel), "1");
});

test("what drivers set for their sessions is no reason to refuse them", async (context) => {
  const { server, asPanel } = await pooled(context);
  assert.equal(await answer(server, "SELECT 1", { ...asPanel, PGOPTIONS: "-c statement_timeout=10s" }), "1");
});

test("many clients share one connection, a transaction at a time", async (context) => {
  const { server, asPanel, superuser } = await pooled(context);
  await answer(server, "CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)", {
    ...{ PGUSER: "panel_owner_g1", PGPASSWORD: passwords.PANEL_OWNER_PASSWORD, PGDATABASE: "switchboard" },
  });
  const open = await Promise.all(Array.from({ length: 8 }, () => server.session(asPanel)));
  for (const session of open) session.ask("BEGIN; UPDATE counter SET n = n + 1; SELECT pg_sleep(0.05); COMMIT;");
  const ends = await Promise.all(open.map((session) => session.end()));
  for (const { code, output } of ends) assert.ok(code === 0 && /COMMIT/.test(output), output);
  assert.equal(await answer(server, "TABLE counter", asPanel), "8");
  assert.equal(await sessionsOf(server, "panel_g1", superuser), "1");
});

test("in session mode a client has a connection of its own for what belongs to a session", async (context) => {
  const { server, asPanel, superuser } = await pooled(context, { mode: "session", poolSize: 4 });
  const sessions = await Promise.all([server.session(asPanel), server.session(asPanel)]);
  for (const session of sessions) session.ask("PREPARE one AS SELECT 'prepared'; EXECUTE one;");
  const ends = await Promise.all(sessions.map((session) => session.end()));
  for (const { output } of ends) assert.match(output, /prepared/);
  assert.equal(await sessionsOf(server, "panel_g1", superuser), "2");
});

test("a stop closes clients only while they are idle, and waits for a transaction that runs", async (context) => {
  const { server, folder, asPanel, asChat, pooler } = await pooled(context);
  const ended = new Promise<number | null>((resolve) => pooler.once("exit", resolve));
  const idle = await server.session(asPanel);
  const busy = await server.session(asChat);
  busy.ask("BEGIN;");
  busy.ask("SELECT pg_sleep(5);");
  busy.ask("COMMIT;");
  busy.ask("\\echo done");
  const stopped = server.sh(stopScript(folder, String(pooler.pid), { unlisted: 0, moving: 3, ending: 30 }), {});
  const finished = await busy.end();
  assert.match(finished.output, /BEGIN[\s\S]*COMMIT\ndone/);
  assert.doesNotMatch(finished.output, /closed|FATAL|terminat/);
  assert.equal((await stopped).code, 0);
  assert.equal(await ended, 0);
  idle.ask("SELECT 'after';");
  assert.match((await idle.end()).output, /client_idle_timeout|closed the connection/);
});
