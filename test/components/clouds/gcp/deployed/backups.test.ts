import assert from "node:assert/strict";
import { test } from "node:test";
import { storesIn } from "../../../../../components/clouds/gcp/deployed/backups";
import { CloudCliError } from "../../../../../components/clouds/shared/cloudCliError";
import { cloudCliStandIn, inTurn } from "../../../../support/cloud/cloudCliAnswers";

const instance = (name: string) => ({
  type: "gcp:sql/databaseInstance:DatabaseInstance",
  outputs: { name, project: "acme-prod", connectionName: `acme-prod:europe-west1:${name}` },
});
const state = [
  instance("postgres-instance-0000000"),
  {
    type: "switchboard:data:CloudSqlPostgres",
    outputs: { connectionName: "acme-prod:europe-west1:postgres-instance-8f3c1d2" },
  },
  instance("postgres-instance-8f3c1d2"),
];
const [postgres] = storesIn(state);

/** Shapes of the v1 interface of Cloud SQL, as gcloud prints them: numbers of 64 bits are text. */
const answers = {
  "sql instances describe": { createTime: "2026-10-01T08:00:00.094Z", state: "RUNNABLE" },
  "sql backups list": [
    {
      ...{ id: "1796090000000", type: "ON_DEMAND", status: "RUNNING", description: "switchboard 20261130-194825" },
      enqueuedTime: "2026-11-30T19:48:26.100Z",
    },
    {
      ...{ id: "1796000000000", type: "AUTOMATED", status: "SUCCESSFUL", maxChargeableBytes: "123456789" },
      ...{ startTime: "2026-11-30T01:04:00.100Z", endTime: "2026-11-30T01:05:30.100Z" },
    },
    { id: "1795900000000", type: "AUTOMATED", status: "DELETED", startTime: "2026-11-01T01:04:00.100Z" },
    {
      ...{ id: "1795913600000", type: "AUTOMATED", status: "FAILED", startTime: "2026-11-29T01:04:00.100Z" },
      error: { code: "INTERNAL_ERROR", message: "An unknown error occurred." },
    },
  ],
  "sql instances get-latest-recovery-time": {
    ...{ earliestRecoveryTime: "2026-11-23T19:40:00Z", latestRecoveryTime: "2026-11-30T19:47:12.5Z" },
  },
};

test("backups of Cloud SQL come oldest first, with who made them, size, state and what can be restored", async () => {
  const { run, asked } = cloudCliStandIn(answers);
  const { backups, restorable, madeAt } = await postgres!.list(run);
  assert.deepEqual(
    backups.map(({ name, type, state, bytes, why }) => [name, type, state, bytes, why]),
    [
      ["1795913600000", "automated", "failed", undefined, "An unknown error occurred."],
      ["1796000000000", "automated", "ready", 123456789, undefined],
      ["1796090000000", "manual", "creating", undefined, undefined],
    ],
  );
  assert.deepEqual(restorable, { from: new Date("2026-11-23T19:40:00Z"), to: new Date("2026-11-30T19:47:12.500Z") });
  assert.deepEqual(madeAt, new Date("2026-10-01T08:00:00.094Z"));
  for (const line of asked) {
    assert.match(line, /postgres-instance-8f3c1d2 --project acme-prod --format json$/);
    // gcloud gives every page unless it is told how many.
    assert.doesNotMatch(line, /--limit|--page-size/);
  }
});

test("an instance whose log is empty yet has no point in time to go back to", async () => {
  const young = {
    ...answers,
    "sql backups list": null,
    "sql instances get-latest-recovery-time": { stderr: "ERROR: (gcloud.sql) HTTPError 400: no recovery time yet" },
  };
  assert.deepEqual(await postgres!.list(cloudCliStandIn(young).run), {
    ...{ backups: [], madeAt: new Date("2026-10-01T08:00:00.094Z") },
  });
});

test("a backup is begun and not waited for; its name is the operation's, or that of the one with our description", async () => {
  const at = new Date("2026-11-30T19:48:25Z");
  const told = cloudCliStandIn({ "sql backups create": { name: "op", backupContext: { backupId: "1796090000001" } } });
  assert.equal(await postgres!.make(told.run, at), "1796090000001");
  assert.deepEqual(told.asked, [
    "gcloud sql backups create --instance postgres-instance-8f3c1d2 --description switchboard 20261130-194825 --async --project acme-prod --format json",
  ]);
  const untold = cloudCliStandIn({ ...answers, "sql backups create": { name: "op" } });
  assert.equal(await postgres!.make(untold.run, at), "1796090000000");
  const nowhere = cloudCliStandIn({ "sql backups create": { name: "op" }, "sql backups list": inTurn([]) });
  await assert.rejects(postgres!.make(nowhere.run, at), /does not tell its name yet/);
});

const failures: readonly (readonly [string, object, string, RegExp, RegExp])[] = [
  ["gcloud is not there", { code: "ENOENT" }, "missing", /gcloud is not installed/, /install the Google Cloud CLI/],
  [
    "nobody is logged in",
    {
      stderr:
        "ERROR: (gcloud.sql.backups.create) You do not currently have an active account selected.\nPlease run:\n\n  $ gcloud auth login",
    },
    ...(["logged out", /gcloud is not logged in/, /^gcloud auth login/] as const),
  ],
  [
    "a right is missing",
    {
      stderr: "ERROR: (gcloud.sql.backups.create) HTTPError 403: The client is not authorized to make this request.",
    },
    ...(["denied", /cloudsql\.backupRuns\.create is not allowed/, /ask for cloudsql\.backupRuns\.create/] as const),
  ],
  [
    "the instance is not there",
    { stderr: "ERROR: (gcloud.sql.backups.create) HTTPError 404: The Cloud SQL instance does not exist." },
    ...(["not found", /a backup of Cloud SQL instance postgres-instance-8f3c1d2: it is not/, /drift/] as const),
  ],
  [
    "it was asked too often",
    {
      stderr:
        "ERROR: (gcloud.sql.backups.create) HTTPError 429: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'",
    },
    ...(["throttled", /asked too often/, /wait a minute/] as const),
  ],
  [
    "another operation runs",
    {
      stderr:
        "ERROR: (gcloud.sql.backups.create) HTTPError 409: Operation failed because another operation was already in progress. Try your request after the current operation is complete.",
    },
    ...(["busy", /busy with something else/, /run this again when that has ended/] as const),
  ],
];
for (const [what, failure, trouble, message, todo] of failures) {
  test(`where ${what}, the error says it and what to do`, async () => {
    const { run } = cloudCliStandIn({ "sql backups create": failure });
    await assert.rejects(postgres!.make(run, new Date(0)), (error) => {
      assert.ok(error instanceof CloudCliError);
      assert.equal(error.trouble, trouble);
      assert.match(error.message, message);
      assert.match(error.todo, todo);
      return true;
    });
  });
}

test("Memorystore has no backups of either tier, and says what there is instead", () => {
  const redis = (tier: string, persistenceConfig: object) =>
    storesIn([
      {
        type: "gcp:redis/instance:Instance",
        outputs: { name: "redis-instance-1", region: "europe-west1", project: "acme-prod", tier, persistenceConfig },
      },
    ])[0]!;
  const basic = redis("BASIC", { persistenceMode: "DISABLED" });
  assert.match(basic.none!.why, /redis-instance-1 \(tier BASIC\) has no backups .* redis\.snapshots is OFF/);
  const high = redis("STANDARD_HA", { persistenceMode: "RDB", rdbSnapshotPeriod: "ONE_HOUR" });
  assert.match(high.none!.why, /tier STANDARD_HA.*ONE_HOUR.*only for its own restarts/);
  assert.match(high.none!.todo, /gcloud redis instances export gs:\S+ redis-instance-1 --region europe-west1/);
});
