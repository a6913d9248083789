import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ManagedBackupFacts,
  managedBackupProblems,
  managedBackupRows,
  managedBackupsJson,
  readManagedBackups,
} from "../../../../cli/commands/status/managedBackups";
import type { ManagedBackup, ManagedStore } from "../../../../components/clouds/shared/backups";
import { CloudCliError } from "../../../../components/clouds/shared/cloudCliError";
import { at, minutesAgo } from "./builders";

const hours = (count: number) => new Date(minutesAgo(count * 60));
const made = (age: number, more: Partial<ManagedBackup> = {}): ManagedBackup => ({
  ...{ name: `${age}`, type: "automated", state: "ready", startedAt: hours(age) },
  ...more,
});
const what = "RDS instance postgres-1a2b3c4d";
const facts = (list: ManagedBackupFacts["list"]): ManagedBackupFacts => ({ store: "postgres", what, list: list! });
const problems = (...managedBackups: ManagedBackupFacts[]) =>
  managedBackupProblems({ at, managedBackups }).map((one) => `${one.severity} ${one.subject} ${one.what}`);
const upToNow = { from: hours(300), to: hours(0.1) };

test("a daily backup and a log that comes along are well, and have a row", () => {
  const well = facts({ backups: [made(30), made(6), made(0, { state: "creating" })], restorable: upToNow });
  assert.deepEqual(problems(well), []);
  assert.deepEqual(
    managedBackupRows({ managedBackups: [well] }, (time) => `at ${time}`),
    [
      [
        "backups of postgres",
        `newest at ${hours(6).toISOString()}; one is being made`,
        `any second from at ${hours(300).toISOString()} to at ${hours(0.1).toISOString()}`,
      ],
    ],
  );
  const [json] = managedBackupsJson({ managedBackups: [well] }) as any[];
  assert.equal(json.newest.name, "6");
  assert.deepEqual(json.restorable, upToNow);
});

test("two that are missing, one that failed and a log that stays behind are told", () => {
  assert.deepEqual(problems(facts({ backups: [made(48)], restorable: upToNow })), []);
  assert.deepEqual(problems(facts({ backups: [made(50)], restorable: upToNow })), [
    `degraded backups of postgres the newest is of ${hours(50).toISOString()}, and two more were due`,
  ]);
  // A new server has none yet.
  assert.deepEqual(problems(facts({ backups: [], madeAt: hours(10) })), []);
  assert.deepEqual(problems(facts({ backups: [], madeAt: hours(50) })), [
    "degraded backups of postgres there is none, and two were due",
  ]);
  assert.deepEqual(problems(facts({ backups: [made(6), made(1, { state: "failed", why: "no space" })] })), [
    "degraded backups of postgres 1 failed (no space)",
  ]);
  assert.deepEqual(problems(facts({ backups: [made(6)], restorable: { from: hours(300), to: hours(2) } })), [
    `degraded backups of postgres a restore can only go up to ${hours(2).toISOString()}: the log stays behind`,
  ]);
});

test("what nobody could be asked is not known, what the cloud does not know is missing", async () => {
  const store = (trouble: CloudCliError["trouble"]): ManagedStore => ({
    ...{ store: "postgres", what, make: () => assert.fail() },
    list: () => Promise.reject(new CloudCliError(trouble, `${what}: ${trouble}`, "do")),
  });
  const none: ManagedStore = { ...store("other"), store: "redis", none: { why: "none", todo: "export" } };
  const run = async () => "";
  const known = await readManagedBackups([store("denied"), store("not found"), none], run);
  assert.deepEqual(problems(...known), [`degraded backups of postgres ${what}: not found`]);
  assert.deepEqual(managedBackupRows({ managedBackups: known }, String), [
    ["backups of postgres", "not known", `${what}: denied`],
    ["backups of postgres", "missing", `${what}: not found`],
    ["backups of redis", "not known", "the cloud has none that can be listed"],
  ]);
  const broken: ManagedStore = { ...store("other"), list: () => Promise.reject(new TypeError("a defect")) };
  await assert.rejects(readManagedBackups([broken], run), TypeError);
});
