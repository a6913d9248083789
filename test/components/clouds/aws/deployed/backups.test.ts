import assert from "node:assert/strict";
import { test } from "node:test";
import { storesIn } from "../../../../../components/clouds/aws/deployed/backups";
import { CloudCliError } from "../../../../../components/clouds/shared/cloudCliError";
import { cloudCliStandIn } from "../../../../support/cloud/cloudCliAnswers";

const rds = (identifier: string, more: object = {}) => ({
  type: "aws:rds/instance:Instance",
  outputs: {
    ...{ identifier, address: `${identifier}.example.eu-central-1.rds.amazonaws.com` },
    arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
  },
  ...more,
});
const component = (identifier: string) => ({
  type: "switchboard:data:RdsPostgres",
  outputs: { host: `${identifier}.example.eu-central-1.rds.amazonaws.com` },
});
const group = {
  type: "aws:elasticache/replicationGroup:ReplicationGroup",
  inputs: { replicationGroupId: "redis-1a2b3c4d" },
  outputs: { arn: "arn:aws:elasticache:eu-central-1:123456789012:replicationgroup:redis-1a2b3c4d" },
};

/** Shapes of botocore's models, as the AWS CLI prints them; a snapshot that has not begun has no time. */
const snapshot = (name: string, type: string, time?: string, more: object = {}) => ({
  ...{ DBSnapshotIdentifier: name, SnapshotType: type, Status: "available", AllocatedStorage: 20 },
  ...(time && { SnapshotCreateTime: time }),
  ...more,
});
const answers = {
  "describe-db-instances": {
    DBInstances: [
      {
        ...{ DBInstanceIdentifier: "postgres-1a2b3c4d", InstanceCreateTime: "2026-10-01T08:00:00+00:00" },
        LatestRestorableTime: "2026-11-30T19:55:00+00:00",
      },
    ],
  },
  "describe-db-snapshots": {
    DBSnapshots: [
      snapshot("postgres-1a2b3c4d-20261130-195959", "manual", undefined, { Status: "creating" }),
      snapshot("rds:postgres-1a2b3c4d-2026-11-30-02-05", "automated", "2026-11-30T02:06:10.123000+00:00"),
      snapshot("rds:postgres-1a2b3c4d-2026-11-29-02-05", "automated", "2026-11-29T02:06:10+00:00", {
        FullSnapshotSizeInBytes: 3_000_000_000,
      }),
      snapshot("before-migration", "manual", "2026-11-30T12:00:00+00:00", { Status: "failed" }),
    ],
  },
  "describe-db-instance-automated-backups": {
    DBInstanceAutomatedBackups: [
      { RestoreWindow: { EarliestTime: "2026-11-16T02:06:10+00:00", LatestTime: "2026-11-30T19:00:00+00:00" } },
    ],
  },
};
const postgres = (state = [component("postgres-1a2b3c4d"), rds("postgres-1a2b3c4d")]) => storesIn(state)[0]!;

test("snapshots of RDS come oldest first, with who made them, their size and state, and what can be restored", async () => {
  const { run, asked } = cloudCliStandIn(answers);
  const { backups, restorable, madeAt } = await postgres().list(run);
  assert.deepEqual(
    backups.map(({ name, type, state, bytes, why }) => [name, type, state, bytes, why]),
    [
      ["rds:postgres-1a2b3c4d-2026-11-29-02-05", "automated", "ready", 3_000_000_000, undefined],
      ["rds:postgres-1a2b3c4d-2026-11-30-02-05", "automated", "ready", 20 * 2 ** 30, undefined],
      ["before-migration", "manual", "failed", 20 * 2 ** 30, "failed"],
      ["postgres-1a2b3c4d-20261130-195959", "manual", "creating", 20 * 2 ** 30, undefined],
    ],
  );
  // The instance's own time: the list of automated backups is behind it.
  assert.deepEqual(restorable, {
    from: new Date("2026-11-16T02:06:10Z"),
    to: new Date("2026-11-30T19:55:00Z"),
  });
  assert.deepEqual(madeAt, new Date("2026-10-01T08:00:00Z"));
  // The CLI follows every page by itself unless it is told how many to give.
  for (const line of asked) {
    assert.match(line, /--db-instance-identifier postgres-1a2b3c4d --region eu-central-1 --output json$/);
    assert.doesNotMatch(line, /--max-items|--no-paginate|--starting-token/);
  }
});

test("without a window of automated backups, the oldest automated snapshot is the begin", async () => {
  const without = { ...answers, "describe-db-instance-automated-backups": { DBInstanceAutomatedBackups: [{}] } };
  const { restorable } = await postgres().list(cloudCliStandIn(without).run);
  assert.deepEqual(restorable?.from, new Date("2026-11-29T02:06:10Z"));
});

test("a snapshot is made of the instance that the apps use, under a name that tells when", async () => {
  const state = [
    rds("postgres-1a2b3c4d"),
    rds("postgres-gone", { delete: true }),
    component("postgres-2-1a2b3c4d"),
    rds("postgres-2-1a2b3c4d"),
  ];
  const { run, asked } = cloudCliStandIn({ "create-db-snapshot": { DBSnapshot: {} } });
  const name = await postgres(state).make(run, new Date("2026-11-30T19:48:25.999Z"));
  assert.equal(name, "postgres-2-1a2b3c4d-20261130-194825");
  assert.deepEqual(asked, [
    `aws rds create-db-snapshot --db-instance-identifier postgres-2-1a2b3c4d --db-snapshot-identifier ${name} --region eu-central-1 --output json`,
  ]);
});

test("ElastiCache's snapshots are listed and made alike, without a point in time", async () => {
  const [redis] = storesIn([group]);
  const { run, asked } = cloudCliStandIn({
    "describe-snapshots": {
      Snapshots: [
        { SnapshotName: "redis-1a2b3c4d-final", SnapshotStatus: "creating", SnapshotSource: "manual" },
        {
          ...{ SnapshotName: "automatic.redis-1a2b3c4d-2026-11-30-02-00", SnapshotStatus: "available" },
          SnapshotSource: "automated",
          NodeSnapshots: [{ CacheSize: "22 MB", SnapshotCreateTime: "2026-11-30T02:04:11+00:00" }],
        },
      ],
    },
    "create-snapshot": { Snapshot: {} },
  });
  const { backups, restorable } = await redis!.list(run);
  assert.deepEqual(
    backups.map(({ type, state, bytes }) => [type, state, bytes]),
    [
      ["automated", "ready", 22 * 2 ** 20],
      ["final", "creating", undefined],
    ],
  );
  assert.equal(restorable, undefined);
  assert.equal(await redis!.make(run, new Date("2026-11-30T19:48:25Z")), "redis-1a2b3c4d-20261130-194825");
  assert.match(asked.at(-1)!, /^aws elasticache create-snapshot --replication-group-id redis-1a2b3c4d /);
});

test("a state without these servers has none", () => {
  assert.deepEqual(storesIn([]), []);
  assert.deepEqual(storesIn([rds("postgres-gone", { delete: true }), { ...group, delete: true }]), []);
});

const failures: readonly (readonly [string, object, string, RegExp, RegExp])[] = [
  ["the CLI is not there", { code: "ENOENT" }, "missing", /aws is not installed/, /install the AWS CLI/],
  [
    "nobody is logged in",
    { stderr: 'Unable to locate credentials. You can configure credentials by running "aws configure".' },
    ...(["logged out", /aws is not logged in \(Unable to locate/, /^aws sso login/] as const),
  ],
  [
    "a log-in has ended",
    {
      stderr:
        "An error occurred (ExpiredToken) when calling the CreateDBSnapshot operation: The security token included in the request is expired",
    },
    ...(["logged out", /aws is not logged in/, /^aws sso login/] as const),
  ],
  [
    "a right is missing",
    {
      stderr:
        "\nAn error occurred (AccessDenied) when calling the CreateDBSnapshot operation: User: arn:aws:iam::123456789012:user/ann is not authorized to perform: rds:CreateDBSnapshot on resource: arn:aws:rds:eu-central-1:123456789012:db:postgres-1a2b3c4d because no identity-based policy allows the rds:CreateDBSnapshot action",
    },
    ...(["denied", /rds:CreateDBSnapshot is not allowed/, /ask for rds:CreateDBSnapshot/] as const),
  ],
  [
    "the instance is not there",
    {
      stderr:
        "An error occurred (DBInstanceNotFound) when calling the CreateDBSnapshot operation: DBInstance postgres-1a2b3c4d not found.",
    },
    ...(["not found", /a snapshot of RDS instance postgres-1a2b3c4d: it is not there/, /switchboard drift/] as const),
  ],
  [
    "it was asked too often",
    { stderr: "An error occurred (Throttling) when calling the CreateDBSnapshot operation: Rate exceeded" },
    ...(["throttled", /asked too often/, /wait a minute/] as const),
  ],
  [
    "a backup is being made",
    {
      stderr:
        "An error occurred (InvalidDBInstanceState) when calling the CreateDBSnapshot operation: Cannot create a snapshot because the database instance postgres-1a2b3c4d is not currently in the available state.",
    },
    ...(["busy", /busy with something else/, /switchboard backups shows what is being made/] as const),
  ],
  ["it does not answer", { timedOut: true }, "silent", /no answer within a minute/, /try it yourself: aws rds create/],
  [
    "it says something else",
    {
      stderr: "An error occurred (SnapshotQuotaExceeded) when calling the CreateDBSnapshot operation: Maximum of 100.",
    },
    ...(["other", /SnapshotQuotaExceeded/, /look yourself/] as const),
  ],
];
for (const [what, failure, trouble, message, todo] of failures) {
  test(`where ${what}, the error says it and what to do`, async () => {
    const { run } = cloudCliStandIn({ "create-db-snapshot": failure });
    await assert.rejects(postgres().make(run, new Date(0)), (error) => {
      assert.ok(error instanceof CloudCliError);
      assert.equal(error.trouble, trouble);
      assert.match(error.message, message);
      assert.match(error.todo, todo);
      return true;
    });
  });
}

test("an answer that is no JSON is told with the command", async () => {
  await assert.rejects(
    postgres().make(async () => "Waiting for something", new Date(0)),
    /aws did not print JSON/,
  );
});
