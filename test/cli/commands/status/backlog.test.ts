import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { backlogIn, backlogRows } from "../../../../cli/commands/status/backlog";
import { panelHealth } from "../../../../components/apps/presets/panelHealth";
import { repository } from "../../../support/plan";

/** As the workers have it. */
const [, backlogMessage] =
  /backlogMessage = "([^"]+)"/.exec(readFileSync(join(repository, "apps/panel/src/backlog.js"), "utf8")) ?? [];

const line = (time: string, waiting: number, queued: number, oldestSeconds: number, message = backlogMessage) =>
  JSON.stringify({ level: "info", time, role: "worker", waiting, queued, oldestSeconds, message });

test("the newest report of all workers counts; other lines and broken ones do not", () => {
  const logs = [
    line("2026-11-21T08:00:30.000Z", 2, 3, 4),
    "jobs to be done, said by something else",
    `{"message":"jobs to be done"`,
    line("2026-11-21T08:00:45.000Z", 9, 9, 9, "job done, and jobs to be done"),
    JSON.stringify({ message: backlogMessage, time: "2026-11-21T08:00:50.000Z", waiting: "many" }),
    line("2026-11-21T08:00:00.000Z", 100, 0, 50),
    "",
  ].join("\n");
  assert.deepEqual(backlogIn(logs, panelHealth.backlog!.message), {
    at: "2026-11-21T08:00:30.000Z",
    waiting: 5,
    oldestSeconds: 4,
  });
  assert.equal(backlogIn("worker started\n", panelHealth.backlog!.message), undefined);
});

test("it is told in a row, and not at all where nobody has told", () => {
  const told = (workload: string, waiting: number, oldestSeconds: number) => ({
    workload,
    at: "",
    waiting,
    oldestSeconds,
  });
  const row = (waiting: number, oldestSeconds: number) => backlogRows([told("workers", waiting, oldestSeconds)])[0];
  assert.deepEqual(row(0, 0), ["queue", "no jobs", ""]);
  assert.deepEqual(row(1, 2), ["queue", "1 job", "the oldest for 2 s"]);
  assert.deepEqual(row(40, 600), ["queue", "40 jobs", "the oldest for 10 min"]);
  assert.deepEqual(backlogRows([]), []);
  assert.deepEqual(
    backlogRows([told("workers", 0, 0), told("shop-mail", 3, 5)]).map(([name]) => name),
    ["queue of workers", "queue of shop-mail"],
  );
});
