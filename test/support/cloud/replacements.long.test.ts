import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isDowngrade, isOtherNetwork } from "../../../components/clouds/shared/facts/fixed";
import { allFacts } from "../../../components/facts";
import { unknown } from "../../../engine/providers/values";
import { repository } from "../plan";
import { planOf } from "../sharedPlans";
import { everyStack } from "../stacks";
import { differenceOf, fixedOf } from "./replacements";

const replaced = (type: string, before: object, after: object) => {
  const { properties, deleteBeforeReplace } = differenceOf(type, before as never, after as never);
  const forced = [...properties].filter(([, { replace }]) => replace).map(([path]) => path);
  return { forced, all: [...properties.keys()], first: deleteBeforeReplace === true };
};

test("what cannot be changed in place makes a new one, the rest does not", () => {
  const cases: [type: string, before: object, after: object, forced: string[]][] = [
    [
      "gcp:redis/instance:Instance",
      { tier: "STANDARD_HA", memorySizeGb: 1 },
      { tier: "BASIC", memorySizeGb: 2 },
      ["tier"],
    ],
    [
      "gcp:container/nodePool:NodePool",
      { nodeConfig: { machineType: "a", spot: false } },
      { nodeConfig: { machineType: "b", spot: true } },
      ["nodeConfig.spot"],
    ],
    [
      "gcp:container/nodePool:NodePool",
      { nodeConfig: { oauthScopes: ["a"] } },
      { nodeConfig: { oauthScopes: ["b"] } },
      ["nodeConfig.oauthScopes[0]"],
    ],
    // A block that comes forces nothing by itself; what is in it may.
    ["gcp:container/nodePool:NodePool", {}, { networkConfig: { enablePrivateNodes: true } }, []],
    ["gcp:container/nodePool:NodePool", {}, { networkConfig: { podRange: "pods" } }, ["networkConfig"]],
    [
      "gcp:container/cluster:Cluster",
      { ipAllocationPolicy: { stackType: "IPV4", clusterIpv4CidrBlock: "/14" } },
      { ipAllocationPolicy: { stackType: "IPV4_IPV6", clusterIpv4CidrBlock: "/14" } },
      [],
    ],
    ["gcp:container/cluster:Cluster", {}, { dataplaneOptimizationMode: "SCALE" }, ["dataplaneOptimizationMode"]],
    [
      "gcp:sql/databaseInstance:DatabaseInstance",
      { settings: { diskType: "PD_SSD", collation: "C" } },
      { settings: { diskType: "HYPERDISK_BALANCED", collation: "C" } },
      [],
    ],
    [
      "aws:eks/nodeGroup:NodeGroup",
      { instanceTypes: ["a"], version: "1" },
      { instanceTypes: ["b"], version: "2" },
      ["instanceTypes[0]"],
    ],
    [
      "aws:rds/instance:Instance",
      { instanceClass: "a", storageEncrypted: false },
      { instanceClass: "b", storageEncrypted: true },
      ["storageEncrypted"],
    ],
    [
      "kubernetes:core/v1:Service",
      { kind: "Service", metadata: { namespace: "a" } },
      { kind: "Service", metadata: { namespace: "b" } },
      ["metadata.namespace"],
    ],
    ["kubernetes:helm.sh/v3:Release", { name: "a", values: { x: 1 } }, { name: "a", values: { x: 2 } }, []],
    ["random:index/randomPassword:RandomPassword", { length: 40 }, { length: 41 }, ["length"]],
    ["tls:index/selfSignedCert:SelfSignedCert", { earlyRenewalHours: 1 }, { earlyRenewalHours: 2 }, []],
    ["other:index:Thing", { a: 1 }, { a: 2 }, []],
  ];
  for (const [type, before, after, forced] of cases)
    assert.deepEqual(replaced(type, before, after).forced, forced, type);
});

test("some only in one direction", () => {
  const sql = "gcp:sql/databaseInstance:DatabaseInstance";
  const disk = (diskSize: unknown, diskAutoresize = false) => ({ settings: { diskSize, diskAutoresize } });
  assert.deepEqual(replaced(sql, disk(50), disk(20)).forced, ["settings.diskSize"]);
  assert.deepEqual(replaced(sql, disk(20), disk(50)).forced, []);
  assert.deepEqual(replaced(sql, disk(50, true), disk(20, true)).forced, [], "it has grown by itself");
  assert.deepEqual(replaced(sql, { masterInstanceName: "a" }, {}).forced, [], "a replica is promoted");
  assert.deepEqual(replaced(sql, { masterInstanceName: "a" }, { masterInstanceName: "b" }).forced, [
    "masterInstanceName",
  ]);
  assert.deepEqual(replaced(sql, disk(20), disk(unknown)).forced, [], "nobody knows yet");
  const redis = "gcp:redis/instance:Instance";
  assert.deepEqual(replaced(redis, { redisVersion: "REDIS_7_2" }, { redisVersion: "REDIS_7_0" }).forced, [
    "redisVersion",
  ]);
  assert.deepEqual(replaced(redis, { redisVersion: "REDIS_7_0" }, { redisVersion: "REDIS_7_2" }).forced, []);
  assert.deepEqual(replaced(redis, { redisVersion: "REDIS_7_0" }, { redisVersion: "REDIS_6_X" }).forced, []);
  const valkey = "aws:elasticache/replicationGroup:ReplicationGroup";
  assert.deepEqual(replaced(valkey, { engine: "redis" }, { engine: "valkey" }).forced, []);
  assert.deepEqual(replaced(valkey, { engine: "valkey" }, { engine: "redis" }).forced, ["engine"]);
  const rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
  assert.deepEqual(replaced(rule, { cidrIpv4: "10.0.0.0/8" }, { cidrIpv4: "10.1.0.0/16" }).forced, []);
  assert.deepEqual(replaced(rule, { cidrIpv4: "10.0.0.0/8" }, { prefixListId: "pl-1" }).forced, [
    "cidrIpv4",
    "prefixListId",
  ]);
  const eks = "aws:eks/cluster:Cluster";
  const roles = (nodeRoleArn?: string) => ({
    computeConfig: { enabled: true, ...(nodeRoleArn ? { nodeRoleArn } : {}) },
  });
  assert.deepEqual(replaced(eks, roles(), roles("a")).forced, []);
  assert.deepEqual(replaced(eks, roles("a"), roles("b")).forced, ["computeConfig.nodeRoleArn"]);
  assert.deepEqual([isDowngrade("8.1", "7.2"), isDowngrade("8", "8.1"), isDowngrade("9", "10")], [true, false, false]);
  assert.deepEqual(
    ["10.0.0.0/19", "10.0.0.0/16", "10.0.16.0/21", "10.1.0.0/20"].map((to) => isOtherNetwork("10.0.16.0/20", to)),
    [false, false, true, true],
  );
});

test("what keeps its name goes before the new one comes", () => {
  const group = "aws:cloudwatch/logGroup:LogGroup";
  assert.equal(replaced(group, { name: "a", logGroupClass: "x" }, { name: "a", logGroupClass: "y" }).first, true);
  assert.equal(replaced(group, { name: "a" }, { name: "b" }).first, false, "another name stands beside it");
  assert.equal(
    replaced(group, { logGroupClass: "x" }, { logGroupClass: "y" }).first,
    false,
    "the provider names it anew",
  );
  assert.equal(
    replaced(group, { name: "a", retentionInDays: 1 }, { name: "a", retentionInDays: 2 }).first,
    false,
    "nothing is replaced",
  );
  const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
  assert.equal(replaced(attachment, { role: "a", policyArn: "x" }, { role: "a", policyArn: "y" }).first, true);
});

test("every kind of a cloud that a stack makes is in the table, with its source", async () => {
  const types = new Set<string>();
  for (const { config, stack, secretKeys } of everyStack()) {
    for (const { type } of (await planOf({ stack, config, secretKeys }, false)).registrations) types.add(type);
  }
  const clouds = [...types].filter((type) => /^(aws|gcp):/.test(type));
  assert.ok(clouds.length > 40);
  for (const type of clouds) assert.match(fixedOf(type)?.source ?? "", /\.go/, type);
});

test("the table's properties are spelt as the SDK has them, also inside of blocks", () => {
  for (const [type, { fixed }] of Object.entries(allFacts())) {
    if (!fixed || !/^(aws|gcp):/.test(type)) continue;
    const { properties, sometimes = {}, named } = fixed;
    for (const path of [...properties, ...Object.keys(sometimes), ...(named ? [named] : [])]) {
      assert.ok(isInput(type, path), `${type} has no ${path}`);
    }
  }
  assert.ok(!isInput("gcp:container/nodePool:NodePool", "nodeConfig.spots"));
  assert.ok(!isInput("gcp:container/nodePool:NodePool", "nodeConfigs"));
});

const blocks = new Map<string, string>();

/** Whether the SDK takes a value at a path of a type. */
function isInput(type: string, path: string): boolean {
  const [owner = ""] = type.split(":");
  let text: string | undefined = declarationOf(type);
  for (const part of path.split(".")) {
    const kind: string | undefined = new RegExp(`^\\s+${part}\\??: (.*)$`, "m").exec(text ?? "")?.[1];
    if (kind === undefined) return false;
    const [, module = "", name = ""]: readonly string[] = /inputs\.(\w+)\.(\w+)/.exec(kind) ?? [];
    text = name ? blockOf(owner, module, name) : undefined;
  }
  return true;
}

/** The declaration of a block of properties. */
function blockOf(owner: string, module: string, name: string): string {
  const file = join(repository, "node_modules/@pulumi", owner, "types/input.d.ts");
  if (!blocks.has(owner)) blocks.set(owner, readFileSync(file, "utf8"));
  const all = blocks.get(owner)!;
  const from = all.indexOf(`interface ${name} {`, all.indexOf(`namespace ${module} {`));
  return all.slice(from, all.indexOf("\n    }", from));
}

/** What the SDK says that a type is given. */
function declarationOf(type: string): string {
  const [owner = "", module = "", name = ""] = type.split(":");
  const folder = join(repository, "node_modules/@pulumi", owner, module.split("/")[0]!);
  const file = readdirSync(folder).find((entry) => entry.toLowerCase() === `${name}.d.ts`.toLowerCase())!;
  const text = readFileSync(join(folder, file), "utf8");
  const from = text.indexOf(`export interface ${name}Args`);
  return text.slice(from, text.indexOf("\n}", from));
}
