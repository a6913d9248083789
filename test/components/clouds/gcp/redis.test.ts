import assert from "node:assert/strict";
import { before, test } from "node:test";
import { authorities } from "../../../../components/clouds/gcp/authorities";
import { MemorystoreRedis } from "../../../../components/clouds/gcp/redis";
import { memorystoreRedis } from "../../../../components/clouds/gcp/settings/redis";
import { record } from "../../../../engine/record/recorder";
import { cloudConfig } from "../../../support/config";
import { googlePlace } from "../../../support/googlePlace";
import { type Plan, plan, secretKey } from "../../../support/plan";
import { reaches } from "../../../support/reachability";
import { sample } from "../../../support/samples/memorystore";
import { context } from "../../settings/stack";

const type = "gcp:redis/instance:Instance";

let small: Plan;
let unknown: Plan;
before(async () => {
  small = await plan(cloudConfig("gke"), { preview: false });
  unknown = await plan(cloudConfig("gke"), { preview: true });
});

const instanceOf = (planned: Plan) => planned.named(type, "redis-instance");

for (const when of ["small", "unknown"] as const) {
  const inputs = () => instanceOf({ small, unknown }[when]).inputs;
  test(`CKV_GCP_95, CKV_GCP_97: a password and TLS for every connection (${when})`, () => {
    assert.deepEqual([inputs().authEnabled, inputs().transitEncryptionMode], [true, "SERVER_AUTHENTICATION"]);
  });

  test(`only an address of the cluster's own network (${when})`, () => {
    assert.equal(inputs().connectMode, "PRIVATE_SERVICE_ACCESS");
    assert.ok(inputs().authorizedNetwork && inputs().reservedIpRange);
  });
}

test("a full memory refuses writes, and a fifth of it is kept for the copy while it saves", () => {
  assert.deepEqual(instanceOf(small).inputs.redisConfigs, { "maxmemory-policy": "noeviction", "maxmemory-gb": "0.8" });
});

test("by default there is a second server, and a snapshot every hour", () => {
  const { tier, redisVersion, persistenceConfig, maintenancePolicy, memorySizeGb } = instanceOf(small).inputs;
  assert.deepEqual([tier, redisVersion, memorySizeGb], ["STANDARD_HA", "REDIS_7_2", 1]);
  assert.deepEqual(persistenceConfig, { persistenceMode: "RDB", rdbSnapshotPeriod: "ONE_HOUR" });
  const [window] = maintenancePolicy.weeklyMaintenanceWindows;
  assert.deepEqual([window.day, window.startTime.hours], ["SATURDAY", 4]);
});

test("the settings reach the server", async () => {
  const redis = {
    version: "7.0",
    highAvailability: false,
    memoryGiB: 16,
    snapshots: "OFF",
    maintenance: { day: "monday", hour: 3 },
  };
  const { inputs } = instanceOf(await plan(cloudConfig("gke", { redis }), { preview: false }));
  assert.deepEqual([inputs.tier, inputs.redisVersion, inputs.memorySizeGb], ["BASIC", "REDIS_7_0", 16]);
  assert.deepEqual(inputs.persistenceConfig, { persistenceMode: "DISABLED" });
  assert.equal(inputs.redisConfigs["maxmemory-gb"], "12.8");
  assert.equal(inputs.maintenancePolicy.weeklyMaintenanceWindows[0].day, "MONDAY");
});

test("both guards against deletion follow operations.protect and operations.unprotected", async () => {
  const guards = async (protect: boolean, ...unprotected: string[]) => {
    const program = async () => {
      const { place, inside } = googlePlace({ protect, unprotected });
      new MemorystoreRedis(
        "redis",
        { settings: memorystoreRedis(context).parse(sample()), place, users: [{ name: "panel", prefix: "" }] },
        inside,
      );
      return {};
    };
    const planned = await record(program, { project: "switchboard", stack: "test", config: {}, preview: false });
    const { protect: here, inputs } = instanceOf(planned);
    return [here, inputs.deletionProtection];
  };
  assert.deepEqual(await guards(true), [true, true]);
  assert.deepEqual(await guards(true, "redis-instance"), [false, false]);
  assert.deepEqual(await guards(false), [false, false]);
});

test("it comes after the way into the network, and its Secrets after it", () => {
  const connection = small.of("gcp:servicenetworking/connection:Connection")[0]!;
  assert.ok(instanceOf(small).dependencies.includes(connection.urn));
  for (const name of ["redis-panel-secret", "redis-authority-secret"]) {
    assert.ok(small.named("kubernetes:core/v1:Secret", name).dependencies.includes(instanceOf(small).urn), name);
  }
});

test("the server does not die with the namespace, and its Secrets do", () => {
  const namespace = small.of("kubernetes:core/v1:Namespace")[0]!;
  const own = small.registrations.filter(({ name }) => /^redis(-|$)/.test(name));
  assert.equal(own.length, 8);
  for (const { type, name, deletedWith } of own) {
    assert.equal(deletedWith, /^gcp:|Memorystore/.test(type) ? "" : namespace.urn, `${type} ${name}`);
  }
});

test("the password that Google made is a secret in the Secret of the same name as in the cluster", () => {
  const { inputs } = small.named("kubernetes:core/v1:Secret", "redis-panel-secret");
  assert.deepEqual(Object.keys(inputs.stringData), [secretKey]);
  assert.equal(inputs.stringData[secretKey].password, "00000000-0000-4000-8000-000000000000");
  assert.ok(instanceOf(small).additionalSecretOutputs.includes("authString"));
});

test("the panel logs in as default over TLS, and the server's own authority proves it", () => {
  const web = small.of("kubernetes:apps/v1:Deployment").find(({ name }) => name.startsWith("panel"))!;
  const { env } = web.inputs.spec.template.spec.containers[0];
  const value = (name: string) => env.find((entry: { name: string }) => entry.name === name)?.value;
  assert.deepEqual(
    ["REDIS_HOST", "REDIS_PORT", "REDIS_USERNAME", "REDIS_TLS", "REDIS_TLS_MODE", "REDIS_CA"].map(value),
    ["10.67.0.20", "6378", "default", "1", "verify-ca", "/run/tls/redis/ca.crt"],
  );
  const policies = Object.fromEntries(
    small.of("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ name, inputs }) => [name, inputs.spec]),
  );
  const from = { name: "panel", component: "web" };
  assert.equal(reaches(policies, from, { address: "10.67.0.20", port: 6378 }), true);
  assert.equal(reaches(policies, from, { address: "10.67.0.20", port: 6379 }), false);
});

test("while one authority takes over from another both are trusted", () => {
  assert.equal(authorities([{ cert: "A\n" }, { cert: "B" }]), "A\nB\n");
});
