/** What a stack's file says after a restore, an upgrade, a switch and its way back; and that the program takes each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import {
  forgetChanges,
  restoreChanges,
  switchChanges,
  upgradeChanges,
  type Written,
} from "../../../cli/servers/changes";
import type { Change } from "../../../components/schema/change";
import { withChanges } from "../../../engine/stack/changedFile";
import { UserError } from "../../../lib/userError";
import { problems } from "../../components/settings/stack";
import { layerKey } from "../../support/project";

const older = "registry.example/postgres:15.4";
const newer = "registry.example/postgres:17.5";
const backup = { repository: { kind: "volume" }, encryptionKey: "x".repeat(40) };

/** The Postgres of a file after changes; the program's own parser must take it. */
function after(written: Written, changes: readonly Change[]): Written {
  const key = layerKey("postgres");
  const text = `config:\n  ${key}: ${JSON.stringify({ kind: "inCluster", ...written })}\n`;
  const postgres = parse(withChanges(text, changes)).config[key];
  const found = problems((raw) => {
    raw.postgres = { ...postgres, backup };
  }).filter((problem) => problem.startsWith("postgres.") && !problem.includes("encryptionKey"));
  assert.deepEqual(found, []);
  const { kind: _, ...rest } = postgres;
  return rest;
}

test("a restore makes a second server, of a number whose volume is not there", () => {
  const first = { image: older };
  const restored = after(first, restoreChanges(first, { time: "2026-11-30T19:48:25Z" }, [1]));
  assert.deepEqual(restored, { image: older, beside: { server: 2, restore: { time: "2026-11-30T19:48:25Z" } } });
  assert.deepEqual(after(first, restoreChanges(first, {}, [1, 2, 3])).beside, { server: 4, restore: {} });
});

test("a switch, the way back, and giving the other one up", () => {
  const restored: Written = { image: older, beside: { server: 2, restore: {} } };
  const there = switchChanges(restored);
  assert.deepEqual([there.from, there.to, there.kind], [1, 2, "restored"]);
  const used = after(restored, there.changes);
  assert.deepEqual(used, { image: older, server: 2, beside: { server: 1 } });
  const back = switchChanges(used);
  assert.equal(back.kind, "back");
  const former = after(used, back.changes);
  assert.deepEqual(former, { image: older, server: 1, beside: { server: 2 } });
  const { changes, server } = forgetChanges(used);
  assert.equal(server, 1);
  assert.deepEqual(after(used, changes), { image: older, server: 2 });
});

test("an upgrade is rehearsed, then copied, and each server keeps its image", () => {
  const first: Written = { image: older };
  const rehearsed = after(first, upgradeChanges(first, newer, [1]));
  assert.deepEqual(rehearsed, { image: older, beside: { server: 2, image: newer, copy: { from: 1 } } });
  const { changes, kind } = switchChanges(rehearsed);
  assert.equal(kind, "copy");
  const used = after(rehearsed, changes);
  assert.deepEqual(used, { image: newer, server: 2, copy: { from: 1 }, beside: { server: 1, image: older } });
  assert.deepEqual(after(used, switchChanges(used).changes), {
    image: older,
    server: 1,
    beside: { server: 2, image: newer },
  });
  assert.deepEqual(after(used, forgetChanges(used).changes), { image: newer, server: 2 });
});

test("without a second server there is nothing to use, and with one no further is made", () => {
  assert.throws(() => switchChanges({}), UserError);
  assert.throws(() => forgetChanges({}), UserError);
  assert.throws(() => restoreChanges({ beside: { server: 2 } }, {}, []), /server 2 is already beside/);
});

test("a time stays text for Pulumi", () => {
  const text = withChanges("config: {}\n", [
    ["postgres.beside", { server: 2, restore: { time: "2026-11-30T19:48:25Z" } }],
  ]);
  assert.match(text, /time: "2026-11-30T19:48:25Z"/);
});
