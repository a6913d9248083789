import assert from "node:assert/strict";
import { test } from "node:test";
import * as random from "@pulumi/random";
import { RdsPostgres, versionProblem } from "../../../../components/clouds/aws/postgres";
import type { RdsPostgresSettings } from "../../../../components/clouds/aws/settings/postgres";
import { rdsPostgres } from "../../../../components/clouds/aws/settings/postgres";
import type { PostgresEndpoint } from "../../../../components/contracts";
import type { Plan } from "../../../../engine/record/plan";
import { record, secretKey } from "../../../../engine/record/recorder";
import { amazonPlace, encryptionKeyArn } from "../../../support/amazonPlace";
import { sample } from "../../../support/samples/rds";
import { context } from "../../settings/stack";

interface Options extends NonNullable<Parameters<typeof amazonPlace>[0]> {
  readonly settings?: object;
  readonly preview?: boolean;
}

/** What a stack with this database would register, and the endpoint that the panel gets. */
async function planned(
  options: Options = {},
): Promise<{ plan: Plan; endpoint: PostgresEndpoint; connections: unknown }> {
  const settings = rdsPostgres(context).parse({ ...sample(), ...options.settings }) as RdsPostgresSettings;
  let postgres!: RdsPostgres;
  const plan = await record(
    async () => {
      const { place, inside } = amazonPlace(options);
      postgres = new RdsPostgres("postgres", { settings, place, roles: ["panel", "chat"] }, inside);
      // Stands for the rollouts of what uses the database.
      const rollout = new random.RandomId("rollout", { byteLength: 1 });
      postgres.retirePreviousPasswords([{ resource: rollout, longestSeconds: 300 }]);
      const { host, user } = postgres.endpoint("panel");
      return { host, user };
    },
    { project: "switchboard", stack: "test", config: {}, preview: options.preview ?? false },
  );
  return { plan, endpoint: postgres.endpoint("panel"), connections: postgres.connections };
}

const instanceOf = (plan: Plan) => plan.named("aws:rds/instance:Instance", "postgres-instance");
const everywhere = [true, false];

for (const preview of everywhere) {
  test(`everything of AWS has the stack's own provider, this parent and no tie to the namespace (preview: ${preview})`, async () => {
    const { plan } = await planned({ preview });
    const resources = plan.registrations.filter(({ type }) => type.startsWith("aws:"));
    assert.equal(resources.length, 9);
    for (const { name, provider, parent, deletedWith } of resources) {
      assert.match(provider, /pulumi:providers:aws::amazon::/, name);
      assert.match(parent, /switchboard:data:RdsPostgres::postgres$/, name);
      assert.equal(deletedWith, "", name);
      assert.match(name, /^postgres-/);
    }
  });
}

test("what is in the cluster dies with the namespace", async () => {
  const { plan } = await planned();
  const inside = plan.registrations.filter(
    ({ type, name }) => type.startsWith("kubernetes:") && name !== "namespace" && !type.includes("Provider"),
  );
  assert.ok(inside.length > 10);
  for (const { name, deletedWith } of inside) assert.match(deletedWith, /Namespace::namespace$/, name);
});

test("CIS AWS 2.2.3: the server has no public address", async () => {
  const { plan } = await planned();
  const { inputs } = instanceOf(plan);
  assert.equal(inputs.publiclyAccessible, false);
  assert.deepEqual(plan.of("aws:rds/subnetGroup:SubnetGroup")[0]!.inputs.subnetIds, [
    "subnet-a",
    "subnet-b",
    "subnet-c",
  ]);
});

test("CIS AWS 5.2: only the pods' security group may connect, to the one port, and the server may connect nowhere", async () => {
  const { plan } = await planned();
  const groups = plan.of("aws:ec2/securityGroup:SecurityGroup");
  assert.equal(groups.length, 1);
  assert.deepEqual([groups[0]!.inputs.ingress, groups[0]!.inputs.egress], [undefined, undefined]);
  const rules = plan.registrations.filter(({ type }) => /securityGroup.*Rule/i.test(type));
  assert.deepEqual(
    rules.map(({ inputs }) => inputs),
    [
      {
        description: "Pods and nodes of the cluster",
        securityGroupId: "postgres-access-id",
        referencedSecurityGroupId: "sg-pods",
        ipProtocol: "tcp",
        fromPort: 5432,
        toPort: 5432,
      },
    ],
  );
  assert.deepEqual(instanceOf(plan).inputs.vpcSecurityGroupIds, ["postgres-access-id"]);
});

test("CIS AWS 2.2.1: disk, snapshots, performance data and logs are encrypted with the stack's key", async () => {
  const { plan } = await planned();
  const { inputs } = instanceOf(plan);
  assert.equal(inputs.storageEncrypted, true);
  assert.equal(inputs.kmsKeyId, encryptionKeyArn);
  assert.equal(inputs.performanceInsightsKmsKeyId, encryptionKeyArn);
  assert.equal(inputs.copyTagsToSnapshot, true);
  const logs = plan.of("aws:cloudwatch/logGroup:LogGroup");
  assert.deepEqual(
    logs.map(({ inputs }) => [inputs.name, inputs.kmsKeyId, inputs.retentionInDays]),
    ["postgresql", "upgrade"].map((log) => [`/aws/rds/instance/postgres-0a1b2c3d/${log}`, encryptionKeyArn, 90]),
  );
});

test("CIS AWS 2.2.2: minor versions come by themselves, and extended support is never billed", async () => {
  const { inputs } = instanceOf((await planned()).plan);
  assert.equal(inputs.autoMinorVersionUpgrade, true);
  assert.equal(inputs.engineLifecycleSupport, "open-source-rds-extended-support-disabled");
  assert.equal(inputs.engineVersion, "17");
});

test("CIS AWS 2.2.4: a standby in another zone where it is asked for", async () => {
  assert.equal(instanceOf((await planned()).plan).inputs.multiAz, true);
  assert.equal(instanceOf((await planned({ settings: { highAvailability: false } })).plan).inputs.multiAz, false);
});

test("Security Hub RDS.11, RDS.2: two weeks of backups, kept after a deletion, and a last snapshot of a name of its own", async () => {
  const { inputs } = instanceOf((await planned()).plan);
  assert.equal(inputs.backupRetentionPeriod, 14);
  assert.equal(inputs.deleteAutomatedBackups, false);
  assert.equal(inputs.skipFinalSnapshot, false);
  assert.equal(inputs.identifier, "postgres-0a1b2c3d");
  assert.equal(inputs.finalSnapshotIdentifier, "postgres-0a1b2c3d-final");
  assert.match(inputs.finalSnapshotIdentifier, /^[a-z](?!.*--)[a-z0-9-]{0,253}[a-z0-9]$/);
});

test("the name of the server changes with the key, which makes another server, and with nothing else", async () => {
  const { plan } = await planned();
  assert.deepEqual(plan.named("random:index/randomId:RandomId", "postgres-suffix").inputs.keepers, {
    encryptionKey: encryptionKeyArn,
  });
});

test("Security Hub RDS.8: both guards against deletion follow operations.protect and operations.unprotected", async () => {
  const guards = async (options: Options) => {
    const { protect, inputs } = instanceOf((await planned(options)).plan);
    return [protect, inputs.deletionProtection];
  };
  assert.deepEqual(await guards({ protect: true }), [true, true]);
  assert.deepEqual(await guards({ protect: true, unprotected: ["postgres-instance"] }), [false, false]);
  assert.deepEqual(await guards({}), [false, false]);
});

test("Security Hub RDS.10, RDS.25: people log in by their AWS identity, and the administrator has no usual name", async () => {
  const { inputs } = instanceOf((await planned()).plan);
  assert.equal(inputs.iamDatabaseAuthenticationEnabled, true);
  assert.equal(inputs.username, "platform_admin");
});

test("Security Hub RDS.6, RDS.9: logs, performance data and the system's numbers are collected", async () => {
  const { plan } = await planned();
  const { inputs, dependencies } = instanceOf(plan);
  assert.deepEqual(inputs.enabledCloudwatchLogsExports, ["postgresql", "upgrade"]);
  assert.deepEqual(
    [inputs.performanceInsightsEnabled, inputs.performanceInsightsRetentionPeriod, inputs.databaseInsightsMode],
    [true, 7, "standard"],
  );
  assert.equal(inputs.monitoringInterval, 60);
  const trust = JSON.parse(plan.of("aws:iam/role:Role")[0]!.inputs.assumeRolePolicy);
  assert.deepEqual(trust.Statement[0].Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
  // The log groups would else be made by RDS, and the role would not be allowed to write yet.
  for (const needed of ["postgres-log-postgresql", "postgres-log-upgrade", "postgres-monitoring-policy"]) {
    assert.ok(
      dependencies.some((urn) => urn.endsWith(`::${needed}`)),
      needed,
    );
  }
});

test("Security Hub RDS.38: TLS is the only way in, and the apps check authority and name", async () => {
  const { plan, endpoint } = await planned();
  const parameters = plan.of("aws:rds/parameterGroup:ParameterGroup")[0]!.inputs;
  assert.equal(parameters.family, "postgres17");
  assert.deepEqual(
    parameters.parameters.find(({ name }: { name: string }) => name === "rds.force_ssl"),
    { name: "rds.force_ssl", value: "1", applyMethod: "immediate" },
  );
  assert.equal(instanceOf(plan).inputs.caCertIdentifier, "rds-ca-rsa2048-g1");
  assert.equal(endpoint.tls.mode, "verify-full");
  const authority = plan.named("kubernetes:core/v1:Secret", "postgres-authority-current").inputs.stringData[secretKey];
  assert.equal(authority["ca.crt"].match(/BEGIN CERTIFICATE/g).length, 3);
  assert.equal(plan.outputs.host, "postgres-0a1b2c3d.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com");
});

test("the password of the administrator is write-only, and nothing secret is in clear", async () => {
  const { plan } = await planned({ settings: { passwordGeneration: 3 } });
  const { inputs } = instanceOf(plan);
  assert.deepEqual(Object.keys(inputs.passwordWo), [secretKey]);
  assert.equal(inputs.passwordWoVersion, 3, "it is rotated with the rest");
  const { keepers } = plan.named(
    "random:index/randomPassword:RandomPassword",
    "postgres-administrator-password-g3",
  ).inputs;
  assert.deepEqual(keepers, { generation: "3" });
  for (const absent of ["password", "manageMasterUserPassword"]) assert.equal(inputs[absent], undefined, absent);
  const clear = JSON.stringify(
    plan.registrations.map(({ inputs }) => inputs),
    (key, value) => (key === secretKey ? undefined : value),
  );
  assert.ok(!clear.includes("generated-password"));
  assert.equal(plan.outputs.user, "panel_g3");
});

test("the disk grows, changes are made when they are shown, and the windows are the settings'", async () => {
  const { inputs } = instanceOf((await planned()).plan);
  assert.deepEqual([inputs.storageType, inputs.allocatedStorage, inputs.maxAllocatedStorage], ["gp3", 20, 100]);
  assert.equal(inputs.applyImmediately, true);
  assert.deepEqual([inputs.backupWindow, inputs.maintenanceWindow], ["02:00-03:00", "sun:04:00-sun:05:00"]);
});

test("the roles are made when the server is there and may be reached, and the old log-ins end after the rollouts", async () => {
  const { plan, endpoint, connections } = await planned();
  const job = (purpose: string) =>
    plan.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith(`postgres-${purpose}-`))!;
  const needs = (purpose: string, name: string) => job(purpose).dependencies.some((urn) => urn.endsWith(`::${name}`));
  for (const name of ["postgres-instance", "postgres-access-from-pods", "postgres-authority-secret"])
    assert.ok(needs("roles", name), name);
  assert.ok(needs("retire", "rollout"));
  const ready = await Promise.all(endpoint.ready.map(({ urn }) => new Promise<string>((done) => urn.apply(done))));
  assert.ok(ready.some((urn) => urn.includes("::postgres-roles-")));
  assert.deepEqual(
    endpoint.destinations,
    ["10.0.48.0/22", "10.0.52.0/22", "10.0.56.0/22"].map((cidr) => ({ cidr, port: 5432 })),
  );
  assert.equal((connections as unknown[]).length, 6);
});

test("blue/green updates allow a new major version and prepare for the copy", async () => {
  const { plan } = await planned({ settings: { blueGreenUpdates: true } });
  const { inputs } = instanceOf(plan);
  assert.deepEqual([inputs.blueGreenUpdate, inputs.allowMajorVersionUpgrade], [{ enabled: true }, true]);
  const { parameters } = plan.of("aws:rds/parameterGroup:ParameterGroup")[0]!.inputs;
  assert.ok(
    parameters.some(
      ({ name, applyMethod }: { name: string; applyMethod: string }) =>
        name === "rds.logical_replication" && applyMethod === "pending-reboot",
    ),
  );
});

test("a major version is never changed in place, and never taken back", () => {
  assert.equal(versionProblem("16", "16", false), undefined);
  assert.equal(versionProblem(undefined, "16", false), undefined);
  assert.equal(
    versionProblem("16", "17", false),
    'postgres.version: 17 in the place of 16 would stop the server for the upgrade and could not be undone; set it back to "16", or take a snapshot and set postgres.blueGreenUpdates to true, which upgrades a copy',
  );
  assert.equal(versionProblem("16", "17", true), undefined);
  for (const blueGreen of everywhere)
    assert.match(versionProblem("17", "16", blueGreen) ?? "", /^postgres.version: 16 is older than the 17 that runs/);
});
