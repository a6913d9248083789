import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { differenceOf, fixedOf } from "../../../../local/engine/providers/replacements";
import { amazon } from "../../../../local/engine/providers/replacements/amazon";
import { google } from "../../../../local/engine/providers/replacements/google";
import { isDowngrade, isOtherNetwork } from "../../../../local/engine/providers/replacements/table";
import { unknown } from "../../../../local/engine/providers/values";
import { plan, repository } from "../../../support/plan";
import { everyStack } from "../../../support/stacks";

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
  const disk = (diskSize: unknown) => ({ settings: { diskSize } });
  assert.deepEqual(replaced(sql, disk(50), disk(20)).forced, ["settings.diskSize"]);
  assert.deepEqual(replaced(sql, disk(20), disk(50)).forced, []);
  assert.deepEqual(replaced(sql, disk(20), disk(unknown)).forced, [], "nobody knows yet");
  const redis = "gcp:redis/instance:Instance";
  assert.deepEqual(replaced(redis, { redisVersion: "REDIS_7_2" }, { redisVersion: "REDIS_7_0" }).forced, [
    "redisVersion",
  ]);
  assert.deepEqual(replaced(redis, { redisVersion: "REDIS_7_0" }, { redisVersion: "REDIS_7_2" }).forced, []);
  assert.deepEqual([isDowngrade("8.1", "7.2"), isDowngrade("8", "8.1"), isDowngrade("9", "10")], [true, false, false]);
  assert.deepEqual(
    ["10.0.0.0/19", "10.0.0.0/21", "10.1.0.0/20"].map((to) => isOtherNetwork("10.0.0.0/20", to)),
    [false, true, true],
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
});

test("every kind of a cloud that a stack makes is in the table, with its source", async () => {
  const types = new Set<string>();
  for (const { config, stack } of everyStack()) {
    for (const { type } of (await plan(config, { stack, preview: false })).registrations) types.add(type);
  }
  const clouds = [...types].filter((type) => /^(aws|gcp):/.test(type));
  assert.ok(clouds.length > 40);
  for (const type of clouds) assert.match(fixedOf(type)?.source ?? "", /\.go/, type);
});

test("the table's properties are spelt as the SDK has them", () => {
  for (const [type, { properties, sometimes = {}, named }] of Object.entries({ ...google, ...amazon })) {
    const text = declarationOf(type);
    const tops = [...properties, ...Object.keys(sometimes), ...(named ? [named] : [])].map(
      (path) => path.split(".")[0]!,
    );
    for (const top of tops) assert.match(text, new RegExp(`^ {4}${top}\\??: `, "m"), `${type} has no ${top}`);
  }
});

/** What the SDK says that a type is given. */
function declarationOf(type: string): string {
  const [owner = "", module = "", name = ""] = type.split(":");
  const folder = join(repository, "node_modules/@pulumi", owner, module.split("/")[0]!);
  const file = readdirSync(folder).find((entry) => entry.toLowerCase() === `${name}.d.ts`.toLowerCase())!;
  const text = readFileSync(join(folder, file), "utf8");
  return text.slice(text.indexOf(`export interface ${name}Args`));
}
