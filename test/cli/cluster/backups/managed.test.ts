import assert from "node:assert/strict";
import { test } from "node:test";
import { managedStores } from "../../../../cli/cluster/backups";
import { backupLines, backupsJson, madeLine } from "../../../../cli/cluster/backups/lines";
import { ManagedBackups } from "../../../../cli/cluster/backups/managed";
import type { ManagedBackup, ManagedStore } from "../../../../components/clouds/shared/backups";
import { CloudCliError } from "../../../../components/clouds/shared/cloudCliError";

const one = (name: string, state: ManagedBackup["state"], more: Partial<ManagedBackup> = {}): ManagedBackup => ({
  ...{ name, type: "manual", state, startedAt: new Date("2026-11-30T19:48:25Z") },
  ...more,
});
const restorable = { from: new Date("2026-11-16T02:06:10Z"), to: new Date("2026-11-30T19:55:00Z") };
const busy = new CloudCliError("throttled", "asked too often", "wait");

/** A store whose lists come one after the other, the last for ever. */
function store(...lists: readonly (readonly ManagedBackup[] | Error)[]): ManagedStore & { looks: number } {
  const made = {
    ...{ store: "postgres" as const, what: "RDS instance postgres-1a2b3c4d", looks: 0 },
    async list() {
      const list = lists[Math.min(made.looks, lists.length - 1)]!;
      made.looks += 1;
      if (list instanceof Error) throw list;
      return { backups: list, restorable };
    },
    make: async () => "new",
  };
  return made;
}

const patience = { betweenLooks: 1, looksUntilSeen: 4 };
const nobody = async () => assert.fail("nobody is asked here");
const make = (managed: ManagedStore, type?: "full" | "diff", signal = new AbortController().signal) => {
  const said: string[] = [];
  const source = new ManagedBackups(managed, nobody, patience);
  return { said, done: source.make(type, (line) => said.push(line), signal) };
};

test("one that is begun is looked for until it is ready, also where the cloud says nothing meanwhile", async () => {
  const managed = store([], [one("new", "creating")], busy, [one("new", "creating")], [one("new", "ready")]);
  const { said, done } = make(managed, "full");
  const { made, list } = await done;
  assert.equal(made?.name, "new");
  assert.equal(list.backups.length, 1);
  assert.equal(managed.looks, 5);
  assert.equal(said.filter((line) => line.includes("asked too often")).length, 1);
  assert.equal(madeLine({ ...made!, bytes: 21_000_000_000 }), "new: manual, 21 GB, ready");
});

test("one that fails, goes away or never comes is told; a difference there is none of", async () => {
  const failed = store([one("new", "failed", { why: "incompatible-restore" })]);
  await assert.rejects(make(failed).done, /^UserError: new failed: incompatible-restore$/);
  await assert.rejects(make(store([one("new", "creating")], [])).done, /new was taken away while it was made/);
  const never = store([]);
  await assert.rejects(make(never).done, /new was begun and is not in the list/);
  assert.equal(never.looks, 4);
  await assert.rejects(make(store([]), "diff").done, /--type diff: a backup of RDS instance .* has everything in it/);
  const denied = new CloudCliError("denied", "rds:DescribeDBSnapshots is not allowed", "ask");
  await assert.rejects(make(store(denied)).done, /rds:DescribeDBSnapshots is not allowed/);
});

test("at Ctrl-C the cloud goes on, and that is said", async () => {
  const controller = new AbortController();
  const { done } = make(store([one("new", "creating")]), undefined, controller.signal);
  setTimeout(() => controller.abort(), 5);
  await assert.rejects(done, /new is not waited for any more, and the cloud goes on/);
});

test("a store without backups says so before anybody is asked", async () => {
  const managed = { ...store([]), none: { why: "Memorystore has none", todo: "export" } };
  const source = new ManagedBackups(managed, nobody);
  await assert.rejects(source.list(), /Memorystore has none/);
  await assert.rejects(make(managed).done, /Memorystore has none/);
  assert.equal(managed.looks, 0);
});

test("the list for a person and for a script says what is known", async () => {
  const managed = store([
    one("rds:a", "ready", { type: "automated", bytes: 3_000_000_000 }),
    one("b", "failed", { why: "no space" }),
  ]);
  const list = await new ManagedBackups(managed, nobody).list();
  assert.deepEqual(backupLines(list), [
    "RDS instance postgres-1a2b3c4d",
    "backup  type       begun                 size    state",
    "rds:a   automated  2026-11-30 19:48:25Z  3.0 GB  ready",
    "b       manual     2026-11-30 19:48:25Z  -       failed (no space)",
    "",
    "a restore can go back to any second from 2026-11-16 02:06:10Z to 2026-11-30 19:55:00Z",
  ]);
  assert.deepEqual(backupLines({ of: list.of!, backups: [] }), [
    "there is no backup yet of RDS instance postgres-1a2b3c4d",
  ]);
  const json = JSON.parse(JSON.stringify(backupsJson(list)));
  assert.equal(json.of, "RDS instance postgres-1a2b3c4d");
  assert.deepEqual(json.backups[1], {
    ...{ name: "b", type: "manual", state: "failed", why: "no space", startedAt: "2026-11-30T19:48:25.000Z" },
    ...{ endedAt: null, bytes: null, storedBytes: null, verifiedAt: null, drill: null },
  });
});

test("only the cloud of a stack is asked what it runs for it", () => {
  const arn = "arn:aws:rds:eu-central-1:123456789012:db:postgres-1a2b3c4d";
  const state = [{ type: "aws:rds/instance:Instance", outputs: { identifier: "postgres-1a2b3c4d", arn } }];
  assert.equal(managedStores({ cloud: "aws" }, state)[0]?.what, "RDS instance postgres-1a2b3c4d");
  assert.deepEqual(managedStores({ cloud: "gcp" }, state), []);
  assert.deepEqual(managedStores({}, state), []);
});
