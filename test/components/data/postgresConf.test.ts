import assert from "node:assert/strict";
import { test } from "node:test";
import { accessFiles } from "../../../components/data/postgresAccess";
import {
  loginRole,
  ownerLoginRole,
  postgresqlConf,
  prepareDataScript,
  rolesScript,
} from "../../../components/data/postgresConf";
import { retireScript } from "../../../components/data/postgresRetire";

test("postgresql.conf keeps every acknowledged commit and takes a quarter of the memory", () => {
  const conf = postgresqlConf({ maxConnections: 100, memoryBytes: 256 * 2 ** 20, parameters: {} });
  assert.match(conf, /^fsync = 'on'$/m);
  assert.match(conf, /^synchronous_commit = 'on'$/m);
  assert.match(conf, /^shared_buffers = '64MB'$/m);
  assert.match(conf, /^max_connections = 100$/m);
  assert.match(conf, /^password_encryption = 'scram-sha-256'$/m);
});

test("own parameters win, quotes in them are doubled, and the order does not matter", () => {
  const args = { maxConnections: 100, memoryBytes: 2 ** 28 };
  const conf = postgresqlConf({ ...args, parameters: { work_mem: "8MB", log_line_prefix: "it's %m", jit: false } });
  assert.match(conf, /^work_mem = '8MB'$/m);
  assert.match(conf, /^log_line_prefix = 'it''s %m'$/m);
  assert.match(conf, /^jit = off$/m);
  const keys = conf
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0]!);
  assert.deepEqual(keys, [...keys].sort());
});

test("nobody comes in without a password, nor over a network without TLS", () => {
  const linesOf = (files: Readonly<Record<string, string>>) =>
    files["pg_hba.conf"]!.split("\n").filter((line) => line && !line.startsWith("#"));
  const lines = linesOf(accessFiles());
  const words = lines.map((line) => line.split(" "));
  assert.deepEqual([...new Set(words.map((line) => line.at(-1)))], ["scram-sha-256"]);
  assert.deepEqual(
    words.map(([type]) => type),
    ["local", "hostssl"],
  );
  // The container of the backups comes by a socket that nobody else has.
  const further = linesOf(accessFiles("/run/postgres"));
  assert.deepEqual(further, ["local all postgres peer map=pod", ...lines]);
});

test("a data folder has checksums, and one of another major version is refused", () => {
  assert.match(prepareDataScript(), /--data-checksums/);
  assert.match(prepareDataScript(), /a major upgrade needs pg_dump and pg_restore/);
});

test("passwords go from variables to psql's input, never into the script or an argument", () => {
  const script = rolesScript(["panel", "chat"], 3);
  assert.match(script, /^printf '%s\\n%s\\n' "\$PANEL_PASSWORD" "\$PANEL_PASSWORD" \| psql .*'\\password panel_g3'$/m);
  assert.match(script, /^printf .*"\$CHAT_OWNER_PASSWORD" \| psql .*'\\password chat_owner_g3'$/m);
  assert.match(script, /ALTER ROLE chat_g3 SET role = 'chat_app';/);
  assert.match(script, /ALTER ROLE chat_owner_g3 SET role = 'chat';/);
});

test("no attribute is named that only a superuser may name, and the database is the one that the environment names", () => {
  for (const script of [rolesScript(["panel", "chat"], 1), retireScript(["panel", "chat"], 1)]) {
    assert.doesNotMatch(script, /SUPERUSER|REPLICATION|BYPASSRLS|--dbname/);
    assert.ok(!/password '/i.test(script.replace(/'\\password /g, "")), "a password is in a statement");
  }
});

test("only log-ins of other generations are retired", () => {
  const script = retireScript(["panel", "chat"], 2);
  assert.match(script, /NOT IN \('panel_g2', 'panel_owner_g2', 'chat_g2', 'chat_owner_g2'\)/);
  assert.equal(loginRole("panel", 2), "panel_g2");
  assert.equal(ownerLoginRole("panel", 2), "panel_owner_g2");
  const pattern = /rolname ~ '([^']+)'/.exec(script)?.[1] ?? "";
  for (const old of ["panel_g1", "panel_owner_g1", "chat_owner_g12"]) assert.ok(new RegExp(pattern).test(old), old);
  for (const kept of ["postgres", "panel", "panel_app", "panel_owner", "panel_g", "xpanel_g1", "panel_g1x"]) {
    assert.ok(!new RegExp(pattern).test(kept), kept);
  }
});
