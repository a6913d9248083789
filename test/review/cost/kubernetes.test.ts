import assert from "node:assert/strict";
import { test } from "node:test";
import { estimate } from "../../../review/cost";
import { ResourceBill } from "../../../review/cost/bill";
import { StackContext } from "../../../review/cost/context";
import { billed, onAmazon, onGoogle, resource } from "./stack";

const service = "kubernetes:core/v1:Service";
const balancer = (spec: object = {}) => resource(service, { spec: { type: "LoadBalancer", ...spec } });

test("a balancer of Google: a rule, what it takes in, what leaves", () => {
  // 0.025 × 730; 2, 20 and 200 GiB × 0.008; 20, 200 and 2,000 GiB × 0.12.
  assert.deepEqual(billed(onGoogle("europe-west1", balancer()), service).lines, [
    ["balancer.rule", 18.25],
    ["balancer.data", 0.02, 0.16, 1.6],
    ["traffic.out", 2.4, 24, 240],
  ]);
});

test("a balancer of AWS: hours, capacity units, what leaves", () => {
  const nlb = balancer({ loadBalancerClass: "service.k8s.aws/nlb" });
  // 0.0225 × 730; 0.1, 1 and 5 × 0.006 × 730.
  assert.deepEqual(billed(onAmazon("us-east-1", nlb), service).lines, [
    ["balancer", 16.43],
    ["balancer.capacity", 0.44, 4.38, 21.9],
  ]);
  assert.match(billed(onAmazon("us-east-1", balancer()), service).unpriced[0]!, /the class is undefined/);
});

test("other Services are free, and one whose type is not known is not", () => {
  for (const spec of [undefined, {}, { type: "ClusterIP" }, { type: "NodePort" }]) {
    assert.equal(billed(onGoogle("europe-west1", resource(service, { spec })), service).free, 1);
  }
  for (const spec of ["[unknown]", { type: "[unknown]" }]) {
    const result = billed(onGoogle("europe-west1", resource(service, { spec })), service);
    assert.deepEqual([result.free, result.unpriced.length], [0, 1]);
  }
});

const set = "kubernetes:apps/v1:StatefulSet";
const claim = (storage: unknown, storageClassName?: string) => ({
  spec: { resources: { requests: { storage } }, storageClassName },
});
const server = (replicas: unknown, ...templates: unknown[]) =>
  resource(set, { spec: { replicas, volumeClaimTemplates: templates } });

test("volumes of a set: replicas × GiB at the price of the class's disks", () => {
  // 2 × 10 × 0.10; 2 × 10 × 0.17.
  assert.deepEqual(billed(onGoogle("europe-west1", server(2, claim("10Gi"))), set).lines, [["disk/pd-balanced", 2]]);
  assert.deepEqual(billed(onGoogle("europe-west1", server(2, claim("10Gi", "premium-rwo"))), set).lines, [
    ["disk/pd-ssd", 3.4],
  ]);
  const gp3 = resource("kubernetes:storage.k8s.io/v1:StorageClass", {
    provisioner: "ebs.csi.aws.com",
    parameters: { type: "gp3" },
    metadata: { name: "encrypted-gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  });
  // 256 MiB are a disk of 1 GiB: 0.088.
  for (const name of [undefined, "encrypted-gp3"]) {
    assert.deepEqual(billed(onAmazon("eu-west-1", gp3, server(1, claim("256Mi", name))), set).lines, [
      ["disk/gp3", 0.09],
    ]);
  }
  assert.match(billed(onAmazon("eu-west-1", server(1, claim("1Gi"))), set).unpriced[0]!, /which disks class undefined/);
});

test("a volume whose size or number is not known is not priced", () => {
  const of = (resourceOf: ReturnType<typeof server>) => billed(onGoogle("europe-west1", resourceOf), set).unpriced;
  assert.deepEqual(of(server(1, claim("[unknown]"))), ['a volume: its size is "[unknown]", which is no quantity']);
  assert.deepEqual(of(server("[unknown]", claim("1Gi"))), ["its volumes: replicas is not known before an up"]);
  assert.deepEqual(of(server(1, claim("1Gi", "fast"))), ['volume of 1Gi: which disks class "fast" makes is not known']);
  assert.equal(billed(onGoogle("europe-west1", server(1)), set).free, 1);
  const pvc = "kubernetes:core/v1:PersistentVolumeClaim";
  assert.deepEqual(billed(onGoogle("europe-west1", resource(pvc, claim("5Gi"))), pvc).lines, [
    ["disk/pd-balanced", 0.5],
  ]);
});

test("on a cluster that exists nothing is priced, and what it asks of it says so", () => {
  const result = estimate([balancer(), server(1, claim("1Gi"))]);
  assert.match(result.note!, /^runs on a cluster that exists: the stack pays for nothing by itself/);
  assert.deepEqual(result.lines, []);
  assert.equal(result.region, undefined);
  assert.deepEqual(
    result.unpriced.map(({ what }) => what),
    ["its balancer", "volume of 1Gi"],
  );
});

test("what is in no cloud has no price, whatever region it names", () => {
  const disk = resource("kubernetes:core/v1:PersistentVolumeClaim", { region: "europe-west1" });
  const bill = new ResourceBill(disk, new StackContext([disk]), undefined);
  bill.charge({ what: "a volume", item: "disk/pd-balanced", quantity: 1 });
  assert.deepEqual(bill.lines, []);
  assert.deepEqual(
    bill.missing.map(({ what, why }) => [what, why]),
    [["a volume", "it is in no cloud that the stack names"]],
  );
  assert.equal(bill.listPrice("disk/pd-balanced"), undefined);
});

test("known charts are free, others are not", () => {
  const type = "kubernetes:helm.sh/v3:Release";
  assert.equal(billed(onGoogle("europe-west1", resource(type, { chart: "cert-manager" })), type).free, 1);
  assert.equal(billed(onGoogle("europe-west1", resource(type, { chart: "kafka" })), type).unpriced.length, 1);
});

test("a type whose facts have no price is not priced; what is only looked up is not this stack's", () => {
  const queue = "aws:sqs/queue:Queue";
  assert.match(billed(onAmazon("eu-west-1", resource(queue)), queue).unpriced[0]!, /nobody has said what it costs/);
  const looked = resource(queue, {}, { read: true });
  assert.deepEqual(billed(onAmazon("eu-west-1", looked), queue), { lines: [], unpriced: [], free: 0 });
  assert.equal(billed([resource("random:index/randomId:RandomId")], "random:index/randomId:RandomId").free, 1);
});

test("inputs that are not known at all are not priced", () => {
  const type = "aws:rds/instance:Instance";
  assert.match(billed(onAmazon("eu-west-1", resource(type, "[unknown]")), type).unpriced[0]!, /not known before an up/);
});

test("a claim that has its size apart from its set's template is on the bill with that size, and once", () => {
  const set = "kubernetes:apps/v1:StatefulSet";
  const patch = "kubernetes:core/v1:PersistentVolumeClaimPatch";
  const template = { ...claim("10Gi"), metadata: { name: "data" } };
  const spec = { replicas: 1, volumeClaimTemplates: [template] };
  const grown = resource(patch, { metadata: { name: "data-postgres-0" }, ...claim("20Gi") });
  const all = onGoogle("europe-west1", resource(set, { metadata: { name: "postgres" }, spec }), grown);
  assert.deepEqual([billed(all, set).lines, billed(all, set).free], [[], 1]);
  assert.deepEqual(billed(all, patch).lines, [["disk/pd-balanced", 2]]);
});
