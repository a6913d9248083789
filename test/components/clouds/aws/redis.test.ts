import assert from "node:assert/strict";
import { test } from "node:test";
import { ElastiCacheRedis } from "../../../../components/clouds/aws/redis";
import type { ElastiCacheRedisSettings } from "../../../../components/clouds/aws/settings/redis";
import { elastiCacheRedis } from "../../../../components/clouds/aws/settings/redis";
import { firstUsers, userRights } from "../../../../components/data/redisAcl";
import type { Plan } from "../../../../engine/record/plan";
import { record, secretKey } from "../../../../engine/record/recorder";
import { amazonPlace, encryptionKeyArn } from "../../../support/amazonPlace";
import { sample } from "../../../support/samples/elastiCache";
import { context } from "../../settings/stack";

interface Options extends NonNullable<Parameters<typeof amazonPlace>[0]> {
  readonly settings?: object;
  readonly preview?: boolean;
}

/** What a stack with this Redis would register, and what the panel gets. */
async function planned(options: Options = {}) {
  const settings = elastiCacheRedis(context).parse({ ...sample(), ...options.settings }) as ElastiCacheRedisSettings;
  let redis!: ElastiCacheRedis;
  const plan = await record(
    async () => {
      const { place, inside } = amazonPlace(options);
      redis = new ElastiCacheRedis("redis", { settings, place, users: [{ name: "panel", prefix: "" }] }, inside);
      return { host: redis.endpoint("panel").host };
    },
    { project: "switchboard", stack: "test", config: {}, preview: options.preview ?? false },
  );
  return { plan, endpoint: redis.endpoint("panel") };
}

const groupOf = (plan: Plan) => plan.named("aws:elasticache/replicationGroup:ReplicationGroup", "redis-group");

for (const preview of [true, false]) {
  test(`everything of AWS has the stack's own provider, this parent and no tie to the namespace (preview: ${preview})`, async () => {
    const { plan } = await planned({ preview });
    const resources = plan.registrations.filter(({ type }) => type.startsWith("aws:"));
    assert.equal(resources.length, 11);
    for (const { name, provider, parent, deletedWith } of resources) {
      assert.match(provider, /pulumi:providers:aws::amazon::/, name);
      assert.match(parent, /switchboard:data:ElastiCacheRedis::redis$/, name);
      assert.equal(deletedWith, "", name);
      assert.match(name, /^redis-/);
    }
    const inside = plan.registrations.filter(({ type, name }) => type === "kubernetes:core/v1:Secret" && name);
    assert.equal(inside.length, 2);
    for (const { name, deletedWith } of inside) assert.match(deletedWith, /Namespace::namespace$/, name);
  });
}

test("CKV_AWS_29, CKV_AWS_191, Security Hub ElastiCache.4: what is stored is encrypted with the stack's key", async () => {
  const { plan } = await planned();
  const { inputs } = groupOf(plan);
  assert.deepEqual([inputs.atRestEncryptionEnabled, inputs.kmsKeyId], [true, encryptionKeyArn]);
  for (const { inputs } of plan.of("aws:cloudwatch/logGroup:LogGroup")) assert.equal(inputs.kmsKeyId, encryptionKeyArn);
});

test("CKV_AWS_30, Security Hub ElastiCache.5: TLS is the only way in, and the panel checks authority and name", async () => {
  const { plan, endpoint } = await planned();
  const { inputs } = groupOf(plan);
  assert.deepEqual([inputs.transitEncryptionEnabled, inputs.transitEncryptionMode], [true, "required"]);
  assert.deepEqual(endpoint.tls, { mode: "verify-full", authority: "system" });
  assert.equal(plan.outputs.host, "master.redis-0a1b2c3d.a1b2c3.euw1.cache.amazonaws.com");
});

test("CKV_AWS_31, Security Hub ElastiCache.6: a user with a password and few rights; the default user is off", async () => {
  const { plan } = await planned();
  const users = plan.of("aws:elasticache/user:User").map(({ inputs }) => inputs);
  assert.deepEqual(
    users.map(({ userId, userName, accessString, engine }) => ({ userId, userName, accessString, engine })),
    [
      {
        userId: "redis-default-0a1b2c3d",
        userName: "default",
        accessString: "off ~* -@all",
        engine: "valkey",
      },
      {
        userId: "redis-panel-g1-0a1b2c3d",
        userName: "panel-g1",
        accessString: `on ${userRights("")}`,
        engine: "valkey",
      },
    ],
  );
  for (const { userId, passwordsWo, passwordsWoVersion } of users) {
    assert.deepEqual(Object.keys(passwordsWo), [secretKey]);
    assert.equal(passwordsWoVersion, 1);
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUser.html
    assert.match(userId, /^[a-z][a-z0-9-]{0,39}$/);
  }
  assert.ok(
    firstUsers("other", [{ login: "panel", prefix: "", password: "any" }]).includes(userRights("")),
    "the same rights as in the cluster",
  );
  assert.deepEqual(groupOf(plan).inputs.userGroupIds, ["redis-users-0a1b2c3d"]);
});

test("a rotation adds a user before anyone uses it; the engine takes the old one away after everything else", async () => {
  const [first, second] = [await planned(), await planned({ settings: { passwordGeneration: 2 } })];
  const names = ({ plan }: { plan: Plan }) =>
    new Set(plan.registrations.map(({ urn }) => urn.split("::").slice(2).join()));
  const [before, after] = [names(first), names(second)];
  const gone = [...before].filter((name) => !after.has(name)).map((name) => name.split(",")[1]);
  const added = [...after].filter((name) => !before.has(name)).map((name) => name.split(",")[1]);
  // Each generation of a password is a resource of its own, so that going back has the former one.
  const logIn = (generation: number) => [
    ...[`redis-panel-g${generation}`, `redis-panel-g${generation}-membership`],
    ...[`redis-default-user-password-g${generation}`, `redis-password-g${generation}`],
  ];
  assert.deepEqual(gone.sort(), logIn(1).sort());
  assert.deepEqual(added.sort(), logIn(2).sort());
  assert.equal(second.endpoint.user, "panel-g2");
  // Nobody logs in as `default`, and its password is as old as the others all the same.
  const nobody = second.plan.named("aws:elasticache/user:User", "redis-default-user").inputs;
  assert.equal(nobody.passwordsWoVersion, 2);
  // The group itself does not change, or it would put the old user out at once.
  const group = ({ plan }: { plan: Plan }) => plan.of("aws:elasticache/userGroup:UserGroup")[0]!;
  assert.deepEqual(group(second).inputs, group(first).inputs);
  assert.deepEqual(group(second).ignoreChanges, ["userIds"]);
  // Pods are given the new log-in only when it is in the group.
  const ready = await Promise.all(
    second.endpoint.ready.map((resource) => new Promise<string>((done) => resource.urn.apply(done))),
  );
  assert.ok(ready.some((urn) => urn.endsWith("::redis-panel-g2-membership")));
});

test("Security Hub ElastiCache.3: a replica in another zone takes over; without replicas nothing pretends to", async () => {
  const failover = async (replicas: number) => {
    const { inputs } = groupOf((await planned({ settings: { replicas } })).plan);
    return [inputs.numCacheClusters, inputs.automaticFailoverEnabled, inputs.multiAzEnabled];
  };
  assert.deepEqual(await failover(2), [3, true, true]);
  assert.deepEqual(await failover(0), [1, false, false]);
});

test("Security Hub ElastiCache.1, ElastiCache.2, ElastiCache.7: snapshots, minor versions, own subnets", async () => {
  const { plan } = await planned();
  const { inputs } = groupOf(plan);
  assert.deepEqual([inputs.snapshotRetentionLimit, inputs.snapshotWindow], [7, "02:00-03:00"]);
  assert.equal(inputs.finalSnapshotIdentifier, "redis-0a1b2c3d-final");
  assert.equal(inputs.autoMinorVersionUpgrade, true);
  assert.equal(inputs.maintenanceWindow, "sun:04:00-sun:05:00");
  assert.equal(inputs.subnetGroupName, "redis-subnets-0a1b2c3");
  assert.deepEqual(plan.of("aws:elasticache/subnetGroup:SubnetGroup")[0]!.inputs.subnetIds, [
    "subnet-a",
    "subnet-b",
    "subnet-c",
  ]);
});

test("only the pods' security group may connect, to the one port", async () => {
  const { plan, endpoint } = await planned();
  const rules = plan.registrations.filter(({ type }) => /securityGroup.*Rule/i.test(type));
  assert.equal(rules.length, 1);
  const { referencedSecurityGroupId, fromPort, toPort, cidrIpv4 } = rules[0]!.inputs;
  assert.deepEqual([referencedSecurityGroupId, fromPort, toPort, cidrIpv4], ["sg-pods", 6379, 6379, undefined]);
  assert.deepEqual(
    endpoint.destinations,
    ["10.0.48.0/22", "10.0.52.0/22", "10.0.56.0/22"].map((cidr) => ({ cidr, port: 6379 })),
  );
});

test("nothing is evicted, and slow commands and the engine's words are in the log", async () => {
  const { plan } = await planned({ settings: { version: "7.2" } });
  const parameters = plan.of("aws:elasticache/parameterGroup:ParameterGroup")[0]!.inputs;
  assert.equal(parameters.family, "valkey7");
  assert.deepEqual(parameters.parameters, [{ name: "maxmemory-policy", value: "noeviction" }]);
  assert.deepEqual(
    groupOf(plan).inputs.logDeliveryConfigurations,
    ["slow-log", "engine-log"].map((logType) => ({
      destination: `/aws/vendedlogs/elasticache/redis-0a1b2c3d/${logType}`,
      destinationType: "cloudwatch-logs",
      logFormat: "json",
      logType,
    })),
  );
});

test("the servers start with their user in the group, and refuse deletion where the stack is protected", async () => {
  const { plan } = await planned({ protect: true });
  const { dependencies, protect } = groupOf(plan);
  assert.ok(dependencies.some((urn) => urn.endsWith("::redis-panel-g1-membership")));
  assert.equal(protect, true);
  assert.equal(groupOf((await planned({ protect: true, unprotected: ["redis-group"] })).plan).protect, false);
});

test("nothing secret is in clear", async () => {
  const { plan } = await planned();
  const clear = JSON.stringify(
    plan.registrations.map(({ inputs }) => inputs),
    (key, value) => (key === secretKey ? undefined : value),
  );
  assert.ok(!clear.includes("generated-password"));
});
