import assert from "node:assert/strict";
import { test } from "node:test";
import { archivingIn, backupProblems, backupRow } from "../../../../cli/commands/status/backups";
import { at, labelsOf, minutesAgo } from "./builders";

const hours = (count: number) => minutesAgo(count * 60);
const made = hours(1000);

const cron = (name: string, component: string, schedule: string, status: object = {}): any => ({
  kind: "CronJob",
  metadata: { name, labels: labelsOf("postgres", component), creationTimestamp: made },
  spec: { schedule },
  status,
});
const daily = (status: object) => cron("postgres-backup-differential", "backup", "0 2 * * *", status);
const drill = (status: object) => cron("postgres-drill", "drill", "0 4 * * *", status);
const passing = drill({ lastScheduleTime: hours(4), lastSuccessfulTime: hours(3.9) });
const problems = (objects: any[], more: object = {}) =>
  backupProblems({ objects, at, ...more }).map(({ severity, subject, what }) => `${severity} ${subject} ${what}`);

test("a backup within its period, an archive that takes and a drill that passed are well", () => {
  const objects = [daily({ lastSuccessfulTime: hours(5.9) }), passing];
  assert.deepEqual(problems(objects, { archiving: { fails: false } }), []);
  assert.deepEqual(
    backupRow({ objects, archiving: { fails: false } }, (time) => `at ${time}`),
    [["backups", `newest at ${hours(5.9)}`, `log archived; drill passed at ${hours(3.9)}`]],
  );
});

test("without backups nothing is said", () => {
  assert.deepEqual(problems([]), []);
  assert.deepEqual(backupRow({ objects: [] }, String), []);
});

test("one that was missed is not yet told here, two are; a run that is younger than the schedules is none", () => {
  assert.deepEqual(problems([daily({ lastSuccessfulTime: hours(30) })]), []);
  assert.deepEqual(problems([daily({ lastSuccessfulTime: hours(31) })]), [
    `degraded backups the newest is of ${hours(31)}, and two more were due`,
  ]);
  assert.deepEqual(problems([daily({})]), ["degraded backups there is none, and two were due"]);
  const young = daily({});
  young.metadata.creationTimestamp = hours(20);
  assert.deepEqual(problems([young]), []);
});

test("the first backup, which the up makes, counts", () => {
  const first = {
    kind: "Job",
    metadata: { name: "s", labels: labelsOf("postgres", "backup") },
    status: { completionTime: hours(1) },
  };
  assert.deepEqual(problems([daily({}), first]), []);
});

test("a drill that did not pass is told until one has, also when its Job is gone, and not while it runs", () => {
  const failed = drill({ lastScheduleTime: hours(4), lastSuccessfulTime: hours(28) });
  const [told] = problems([daily({ lastSuccessfulTime: hours(6) }), failed]);
  assert.match(told!, /^degraded drill the one of \S+ did not pass/);
  const run = {
    kind: "Job",
    metadata: { name: "r", ownerReferences: [{ kind: "CronJob", name: "postgres-drill" }] },
    status: { active: 1 },
  };
  assert.deepEqual(problems([daily({ lastSuccessfulTime: hours(6) }), failed, run]), []);
  assert.deepEqual(problems([daily({ lastSuccessfulTime: hours(6) }), drill({})]), [
    "degraded drill none has passed since the first up",
  ]);
});

test("a log that does not come into the archive is told with the reason", () => {
  const log = `ERROR: [103]: unable to find a valid repository:
       repo1: [HostConnectError] unable to connect to 'objects:9000': Connection refused
2026-11-30 LOG:  archive command failed with exit code 103`;
  assert.deepEqual(archivingIn(log), {
    fails: true,
    why: "[HostConnectError] unable to connect to 'objects:9000': Connection refused",
  });
  assert.deepEqual(archivingIn("LOG:  checkpoint complete"), { fails: false });
  assert.deepEqual(problems([daily({ lastSuccessfulTime: hours(6) })], { archiving: archivingIn(log) }), [
    "degraded backups the log is not archived, and stays on the server's volume ([HostConnectError] unable to connect to 'objects:9000': Connection refused)",
  ]);
});
