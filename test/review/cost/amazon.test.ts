import assert from "node:assert/strict";
import { test } from "node:test";
import { machineItem } from "../../../components/clouds/aws/facts/nodeGroup";
import { billed, onAmazon, resource } from "./stack";

const group = "aws:eks/nodeGroup:NodeGroup";
const template = resource("aws:ec2/launchTemplate:LaunchTemplate", {
  blockDeviceMappings: [{ ebs: { volumeSize: 50, volumeType: "gp3" } }],
});
const nodes = (changes: object = {}, dependencies = [template.urn]) =>
  resource(
    group,
    { instanceTypes: ["m7i.xlarge"], scalingConfig: { minSize: 3, maxSize: 9 }, capacityType: "ON_DEMAND", ...changes },
    { dependencies },
  );

test("a bucket: 1, 20 and 500 GiB at 0.023, and nothing for what is set of it", () => {
  const type = "aws:s3/bucket:Bucket";
  const { lines, unpriced } = billed(onAmazon("eu-west-1", resource(type)), type);
  assert.deepEqual(lines, [["s3.standard", 0.02, 0.46, 11.5]]);
  assert.deepEqual(unpriced, ["requests: a thousand are about half a cent, and nobody knows how many there are"]);
  for (const part of ["bucketVersioning:BucketVersioning", "bucketPolicy:BucketPolicy"])
    assert.equal(billed(onAmazon("eu-west-1", resource(`aws:s3/${part}`)), `aws:s3/${part}`).free, 1);
});

test("a control plane: 0.10 × 730 h, and up to 0.60 where extended support is allowed", () => {
  const type = "aws:eks/cluster:Cluster";
  assert.deepEqual(billed(onAmazon(), type).lines, [["eks.cluster", 73]]);
  const extended = [resource("pulumi:providers:aws", { region: "eu-west-1" }), resource(type)];
  // 0.60 × 730 = 438, which is 365 more.
  assert.deepEqual(billed(extended, type).lines, [
    ["eks.cluster", 73],
    ["eks.cluster.extended", 0, 0, 365],
  ]);
});

test("a pool: 3, 5 and 9 machines of 4 vCPU at 0.056175, and the 50 GiB of its template at 0.088", () => {
  // 4 × 0.056175 × 730 = 164.031 each; 4.40 each.
  assert.deepEqual(billed(onAmazon("eu-west-1", template, nodes()), group).lines, [
    ["machine/m7i", 492.09, 820.16, 1476.28],
    ["disk/gp3", 13.2, 22, 39.6],
  ]);
});

test("spot machines are 10 % of the price to all of it", () => {
  const one = { scalingConfig: { minSize: 1, maxSize: 1 }, capacityType: "SPOT" };
  assert.deepEqual(billed(onAmazon("eu-west-1", template, nodes(one)), group).lines[0], [
    "machine/m7i",
    16.4,
    82.02,
    164.03,
  ]);
});

test("a pool without its template, in another region, or of several types says what is not counted", () => {
  assert.match(
    billed(onAmazon("eu-west-1", template, nodes({}, [])), group).unpriced[0]!,
    /disks of its nodes: its launch/,
  );
  assert.deepEqual(billed(onAmazon("sa-east-1", template, nodes()), group).unpriced, [
    "3 to 9 × m7i.xlarge: the sheet has no price of machine/m7i in sa-east-1",
    "3 to 9 × 50 GiB gp3: the sheet has no price of disk/gp3 in sa-east-1",
  ]);
  const mixed = billed(onAmazon("eu-west-1", template, nodes({ instanceTypes: ["m7i.large", "m7g.large"] })), group);
  assert.deepEqual(mixed.unpriced, ["what m7g.large cost more or less: the nodes are counted as m7i.large"]);
  const unknown = billed(
    onAmazon("eu-west-1", template, nodes({ scalingConfig: { minSize: 1, maxSize: "[unknown]" } })),
    group,
  );
  assert.deepEqual(unknown.unpriced, ["its nodes: scalingConfig.maxSize is not known before an up"]);
});

test("sizes of m, c and r are counted by vCPU, those of t have prices of their own", () => {
  assert.deepEqual(machineItem("m7g.16xlarge"), { item: "machine/m7g", units: 64 });
  assert.deepEqual(machineItem("m7i-flex.large"), { item: "machine/m7i-flex", units: 2 });
  assert.deepEqual(machineItem("t4g.large"), { item: "machine/t4g.large", units: 1 });
  assert.deepEqual(machineItem("m7i.metal-24xl"), { item: "machine/m7i.metal-24xl", units: 1 });
});

test("NAT gateways: 0.048 × 730 each, and the traffic of all of them once", () => {
  const type = "aws:ec2/natGateway:NatGateway";
  const gateways = ["a", "b"].map((zone) =>
    resource(type, {}, { name: `nat-${zone}`, urn: `urn:pulumi:t::s::${type}::${zone}` }),
  );
  const { lines } = billed(onAmazon("eu-west-1", ...gateways), type);
  // 35.04 each; 10, 100 and 1,000 GiB × 0.048 in halves: 0.24, 2.40, 24.
  assert.deepEqual(lines, [
    ["nat.gateway", 35.04],
    ["nat.data", 0.24, 2.4, 24],
    ["nat.gateway", 35.04],
    ["nat.data", 0.24, 2.4, 24],
  ]);
});

test("addresses cost 0.005 × 730, gateway endpoints nothing, other endpoints something", () => {
  assert.deepEqual(billed(onAmazon("eu-west-1", resource("aws:ec2/eip:Eip")), "aws:ec2/eip:Eip").lines, [
    ["address", 3.65],
  ]);
  const type = "aws:ec2/vpcEndpoint:VpcEndpoint";
  assert.equal(billed(onAmazon("eu-west-1", resource(type, { vpcEndpointType: "Gateway" })), type).free, 1);
  assert.equal(
    billed(onAmazon("eu-west-1", resource(type, { vpcEndpointType: "Interface" })), type).unpriced.length,
    1,
  );
  const inZones = { vpcEndpointType: "Interface", subnetIds: ["subnet-a", "subnet-b"] };
  assert.deepEqual(billed(onAmazon("us-east-1", resource(type, inZones)), type).lines, [["endpoint", 14.6]]);
});

test("a key costs 1, and as much again for each of its first two rotations", () => {
  const type = "aws:kms/key:Key";
  const of = (inputs: object) => billed(onAmazon("eu-west-1", resource(type, inputs)), type);
  assert.deepEqual(of({ enableKeyRotation: true }).lines, [["kms.key", 1, 2, 3]]);
  assert.deepEqual(of({}).lines, [["kms.key", 1]]);
  assert.match(of({ enableKeyRotation: "[unknown]" }).unpriced[0]!, /enableKeyRotation is not known/);
});

test("a log group: what is taken in, and what is kept for its days", () => {
  const type = "aws:cloudwatch/logGroup:LogGroup";
  const of = (inputs: object, region = "eu-west-1") => billed(onAmazon(region, resource(type, inputs)), type);
  // 2, 10 and 60 GiB × 0.57; 90 days are 2.958904 months of it × 0.03.
  assert.deepEqual(of({ name: "/aws/eks/x/cluster", retentionInDays: 90 }).lines, [
    ["logs", 1.14, 5.7, 34.2],
    ["logs.stored", 0.18, 0.89, 5.33],
  ]);
  assert.deepEqual(of({ name: "/aws/vpc/x", retentionInDays: 90 }).lines[0], ["logs", 0.57, 5.7, 57]);
  assert.deepEqual(of({ name: "[unknown]", retentionInDays: 90 }).lines[0], ["logs", 0.03, 0.29, 2.85]);
  assert.deepEqual(of({ name: "x" }).unpriced, ["what is kept: it is kept for ever, so there is no most"]);
  assert.match(
    of({ name: "x", retentionInDays: 30 }, "eu-central-1").unpriced[0]!,
    /no price of logs.stored in eu-central-1/,
  );
});

const rds = "aws:rds/instance:Instance";
const server = {
  ...{ engine: "postgres", instanceClass: "db.m7g.large", multiAz: true, storageType: "gp3" },
  ...{ allocatedStorage: 20, maxAllocatedStorage: 200, backupRetentionPeriod: 14, monitoringInterval: 60 },
};

test("RDS: the server and its disk twice, backups beyond the disk, enhanced monitoring", () => {
  // 2 × 0.168 × 730 = 245.28; 40 to 400 GiB × 0.115; 200 GiB × 0.095; 0.1, 0.2 and 0.4 GiB × 0.50.
  assert.deepEqual(billed(onAmazon("us-east-1", resource(rds, server)), rds).lines, [
    ["rds/db.m7g.large", 245.28],
    ["rds.disk/gp3", 4.6, 4.6, 46],
    ["rds.backup", 0, 0, 19],
    ["logs", 0.05, 0.1, 0.2],
  ]);
  const single = { ...server, multiAz: false, maxAllocatedStorage: undefined, monitoringInterval: 0 };
  assert.deepEqual(billed(onAmazon("us-east-1", resource(rds, single)), rds).lines, [
    ["rds/db.m7g.large", 122.64],
    ["rds.disk/gp3", 2.3],
    ["rds.backup", 0, 0, 1.9],
  ]);
});

test("RDS: what cannot be counted says so", () => {
  const of = (changes: object) =>
    billed(onAmazon("us-east-1", resource(rds, { ...server, ...changes })), rds).unpriced.join("\n");
  assert.equal(of({}), "");
  assert.match(of({ multiAz: "[unknown]" }), /its standby: multiAz is not known before an up/);
  assert.match(of({ instanceClass: "db.r8g.large" }), /no price of rds\/db.r8g.large in us-east-1/);
  assert.match(of({ engine: "mysql" }), /a server of "mysql"/);
  assert.match(of({ allocatedStorage: -5 }), /its disk: allocatedStorage is -5, which is no quantity/);
  assert.match(
    of({ performanceInsightsEnabled: true, performanceInsightsRetentionPeriod: 31 }),
    /Performance Insights/,
  );
  assert.match(of({ iops: 12000 }), /speed of its disk/);
});

test("ElastiCache: every node, also of shards, and snapshots", () => {
  const type = "aws:elasticache/replicationGroup:ReplicationGroup";
  const of = (inputs: object) => billed(onAmazon("us-east-1", resource(type, { engine: "valkey", ...inputs })), type);
  // 2 × 0.0256 × 730 = 37.38; 0, 1 and 8 GiB × 0.085.
  assert.deepEqual(of({ nodeType: "cache.t4g.small", numCacheClusters: 2, snapshotRetentionLimit: 7 }).lines, [
    ["valkey/cache.t4g.small", 37.38],
    ["valkey.backup", 0, 0.09, 0.68],
  ]);
  // 3 shards of two nodes: 6 × 0.1264 × 730.
  assert.deepEqual(of({ nodeType: "cache.m7g.large", numNodeGroups: 3, replicasPerNodeGroup: 1 }).lines, [
    ["valkey/cache.m7g.large", 553.63],
  ]);
  assert.match(
    of({ engine: "redis", nodeType: "cache.t4g.small", numCacheClusters: 2 }).unpriced[0]!,
    /prices of valkey only/,
  );
});
