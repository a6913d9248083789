import assert from "node:assert/strict";
import { test } from "node:test";
import { estimate } from "../../../review/cost";
import { billed, onGoogle, resource } from "./stack";

const pool = "gcp:container/nodePool:NodePool";
const apps = {
  location: "europe-west1",
  autoscaling: { totalMinNodeCount: 3, totalMaxNodeCount: 9 },
  nodeConfig: { machineType: "e2-standard-4", diskSizeGb: 50, diskType: "pd-balanced", spot: false },
};

test("a cluster: 0.10 × 730 h", () => {
  assert.deepEqual(billed(onGoogle(), "gcp:container/cluster:Cluster").lines, [["gke.cluster", 73]]);
});

test("logs above 50 GiB cost 0.50, metrics 0.06 a million", () => {
  const stack = [resource("gcp:container/cluster:Cluster", { location: "europe-west1" })];
  // (200 − 50) × 0.50 = 75; 5, 30 and 300 million × 0.06 = 0.30, 1.80 and 18.
  assert.deepEqual(billed(stack, "gcp:container/cluster:Cluster").lines, [
    ["gke.cluster", 73],
    ["logs", 0, 0, 75],
    ["metrics", 0.3, 1.8, 18],
  ]);
});

test("a pool: 3, 5 and 9 machines of 4 vCPU at 0.03685773, and 50 GiB at 0.10 each", () => {
  const { lines } = billed(onGoogle("europe-west1", resource(pool, apps)), pool);
  // 4 × 0.03685773 × 730 = 107.62457 each: 322.87, 538.12, 968.62. Disks: 5.00 each.
  assert.deepEqual(lines, [
    ["machine/e2-standard", 322.87, 538.12, 968.62],
    ["disk/pd-balanced", 15, 25, 45],
  ]);
});

test("bounds for each zone count three times in a region, once in a zone, and once for each that is named", () => {
  const perZone = { ...apps, autoscaling: { minNodeCount: 1, maxNodeCount: 2 } };
  const nodes = (changes: object) => {
    const line = estimate(onGoogle("europe-west1", resource(pool, { ...perZone, ...changes }))).lines.find(({ item }) =>
      item.startsWith("disk"),
    );
    return [line!.quantity.low / 50, line!.quantity.high / 50];
  };
  assert.deepEqual(nodes({}), [3, 6]);
  assert.deepEqual(nodes({ location: "europe-west1-b" }), [1, 2]);
  assert.deepEqual(nodes({ nodeLocations: ["europe-west1-b", "europe-west1-c"] }), [2, 4]);
  assert.deepEqual(nodes({ autoscaling: undefined, nodeCount: 2 }), [6, 6]);
});

test("a spot machine is 9 to 40 % of the price", () => {
  const spot = { ...apps, autoscaling: { totalMinNodeCount: 1, totalMaxNodeCount: 1 } };
  const { lines } = billed(
    onGoogle("europe-west1", resource(pool, { ...spot, nodeConfig: { ...apps.nodeConfig, spot: true } })),
    pool,
  );
  // 107.62457 × 0.09 = 9.69, × 0.40 = 43.05.
  assert.deepEqual(lines[0], ["machine/e2-standard", 9.69, 43.05, 43.05]);
});

test("a shared machine has a price of its own; a machine that the sheet does not know has none", () => {
  const of = (machineType: unknown, region = "europe-west1") =>
    billed(
      onGoogle(region, resource(pool, { ...apps, location: region, nodeConfig: { ...apps.nodeConfig, machineType } })),
      pool,
    );
  // 0.03685773 × 730 = 26.91 each.
  assert.deepEqual(of("e2-medium").lines[0], ["machine/e2-medium", 80.72, 134.53, 242.16]);
  assert.deepEqual(of("n4-standard-4").unpriced, [
    "3 to 9 × n4-standard-4: the sheet has no price of machine/n4-standard in europe-west1",
  ]);
  assert.deepEqual(of("[unknown]").unpriced, [
    "3 to 9 × [unknown]: the sheet has no price of machine/[unknown] in europe-west1",
  ]);
  assert.deepEqual(of("e2-standard-4", "asia-east1").unpriced, [
    "3 to 9 × e2-standard-4: the sheet has no price of machine/e2-standard in asia-east1",
    "3 to 9 × 50 GiB pd-balanced: the sheet has no price of disk/pd-balanced in asia-east1",
  ]);
});

test("NAT: 0.0014 × 730 for each machine up to 32, addresses, and traffic", () => {
  const nat = "gcp:compute/routerNat:RouterNat";
  const of = (min: number, max: number) =>
    billed(
      onGoogle(
        "europe-west1",
        resource(pool, { ...apps, autoscaling: { totalMinNodeCount: min, totalMaxNodeCount: max } }),
        resource(nat, { region: "europe-west1", natIpAllocateOption: "AUTO_ONLY" }),
      ),
      nat,
    ).lines;
  // 3, 5 and 9 × 1.022; 1, 1 and 2 × 3.65; 10, 100 and 1,000 GiB × 0.045.
  assert.deepEqual(of(3, 9), [
    ["nat.machine", 3.07, 5.11, 9.2],
    ["address.used", 3.65, 3.65, 7.3],
    ["nat.data", 0.45, 4.5, 45],
  ]);
  // 32 × 1.022 = 32.70 is the most.
  assert.deepEqual(of(40, 80)[0], ["nat.machine", 32.7]);
});

test("a bucket: 1, 20 and 500 GiB at 0.02, and requests that nobody counts", () => {
  const type = "gcp:storage/bucket:Bucket";
  const of = (inputs: object) => billed(onGoogle("europe-west1", resource(type, inputs)), type);
  const { lines, unpriced } = of({ location: "EUROPE-WEST1" });
  assert.deepEqual(lines, [["storage.standard", 0.02, 0.4, 10]]);
  assert.deepEqual(unpriced, ["requests: a thousand are about a cent, and nobody knows how many there are"]);
  assert.deepEqual(of({ location: "EUROPE-WEST1", storageClass: "COLDLINE" }).unpriced, [
    "what is stored: the sheet has no price of COLDLINE",
  ]);
});

test("an address is free while a balancer uses it, and costs when nothing does", () => {
  const address = resource("gcp:compute/address:Address", { addressType: "EXTERNAL", region: "europe-west1" });
  const service = resource("kubernetes:core/v1:Service", { spec: { type: "LoadBalancer" } });
  assert.equal(billed(onGoogle("europe-west1", address, service), address.type).free, 1);
  // 0.01 × 730.
  assert.deepEqual(billed(onGoogle("europe-west1", address), address.type).lines, [["address.idle", 7.3]]);
});

test("flow logs cost 0.25 a GiB, and a subnet without them nothing", () => {
  const type = "gcp:compute/subnetwork:Subnetwork";
  assert.deepEqual(billed(onGoogle("europe-west1", resource(type, { logConfig: {} })), type).lines, [
    ["logs.network", 0.13, 1.25, 12.5],
  ]);
  assert.equal(billed(onGoogle("europe-west1", resource(type)), type).free, 1);
});

test("a zone: 0.20, and 0.40 a million questions", () => {
  const type = "gcp:dns/managedZone:ManagedZone";
  // 0.05, 0.5 and 5 million × 0.40.
  assert.deepEqual(billed(onGoogle("europe-west1", resource(type)), type).lines, [
    ["dns.zone", 0.2],
    ["dns.questions", 0.02, 0.2, 2],
  ]);
});

test("versions of a key: 0.06 each, four after a year of rotations", () => {
  const type = "gcp:kms/cryptoKey:CryptoKey";
  const of = (inputs: object) => billed(onGoogle("europe-west1", resource(type, inputs)), type);
  assert.deepEqual(of({ rotationPeriod: "7776000s" }).lines, [["kms.version", 0.06, 0.24, 0.72]]);
  assert.deepEqual(of({}).lines, [["kms.version", 0.06]]);
  assert.equal(of({ versionTemplate: { protectionLevel: "HSM" } }).unpriced.length, 1);
});

const sql = "gcp:sql/databaseInstance:DatabaseInstance";
const settings = { tier: "db-custom-2-7680", availabilityType: "REGIONAL", edition: "ENTERPRISE" };

test("Cloud SQL: two vCPU and 7.5 GiB twice, a disk that grows, backups", () => {
  const inputs = {
    region: "us-central1",
    settings: {
      ...settings,
      diskSize: 20,
      diskAutoresizeLimit: 200,
      diskType: "PD_SSD",
      backupConfiguration: { enabled: true },
    },
  };
  // 4 × 0.0413 × 730 = 120.60; 15 × 0.007 × 730 = 76.65; 40 to 400 GiB × 0.17; 10, 30 and 800 GiB × 0.08.
  assert.deepEqual(billed([resource(sql, inputs)], sql).lines, [
    ["sql.cpu", 120.6],
    ["sql.memory", 76.65],
    ["sql.disk/PD_SSD", 6.8, 6.8, 68],
    ["sql.backup", 0.8, 2.4, 64],
  ]);
  const zonal = { ...inputs, settings: { ...inputs.settings, availabilityType: "ZONAL" } };
  assert.deepEqual(billed([resource(sql, zonal)], sql).lines.slice(0, 3), [
    ["sql.cpu", 60.3],
    ["sql.memory", 38.33],
    ["sql.disk/PD_SSD", 3.4, 3.4, 34],
  ]);
});

test("Cloud SQL: what cannot be counted says so", () => {
  const of = (changes: object) =>
    billed([resource(sql, { region: "us-central1", settings: { ...settings, ...changes } })], sql).unpriced.join("\n");
  assert.match(of({ tier: "db-g1-small" }), /machine "db-g1-small".*only db-custom/);
  assert.match(of({ edition: "ENTERPRISE_PLUS" }), /no prices of edition "ENTERPRISE_PLUS"/);
  assert.match(of({ diskSize: "[unknown]" }), /its disk: diskSize is not known before an up/);
  assert.match(of({ diskSize: 20 }), /growth of its disk: there is no limit/);
  assert.match(
    of({ diskSize: 20, diskAutoresizeLimit: 50, availabilityType: "[unknown]" }),
    /availabilityType is "\[unknown\]"/,
  );
  assert.match(
    billed([resource(sql, { region: "us-central1", settings: "[unknown]" })], sql).unpriced.join("\n"),
    /the instance: settings is not known before an up/,
  );
});

test("Memorystore: GiB × 730 at the price of the capacity", () => {
  const type = "gcp:redis/instance:Instance";
  const of = (memorySizeGb: unknown, region: string, tier = "STANDARD_HA") =>
    billed([resource(type, { region, tier, memorySizeGb })], type);
  // 0.0985 × 730 = 71.91; 5 × 0.0888 × 730 = 324.12; 0.064 and 0.098 × 730 = 46.72 and 71.54.
  assert.deepEqual(of(1, "europe-west2").lines, [["memorystore/STANDARD_HA/M1", 71.91]]);
  assert.deepEqual(of(5, "europe-west2").lines, [["memorystore/STANDARD_HA/M2", 324.12]]);
  assert.deepEqual(of(1, "us-central1").lines, [["memorystore/STANDARD_HA/M1", 46.72, 71.54, 71.54]]);
  assert.equal(of(1, "europe-west1").lines.length, 0);
  assert.match(of(1, "europe-west1").unpriced[0]!, /no price of memorystore\/STANDARD_HA\/M1 in europe-west1/);
  assert.match(of("[secret]", "europe-west2").unpriced[0]!, /memorySizeGb is a secret/);
});
