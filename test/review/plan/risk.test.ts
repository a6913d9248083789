import { describe } from "node:test";
import { create, gone, type RiskCase, resource, testRisks, update } from "../../support/riskCases";

const k8s = "kubernetes:core/v1:";
const apps = "kubernetes:apps/v1:";
const sql = "gcp:sql/databaseInstance:DatabaseInstance";
const rds = "aws:rds/instance:Instance";
const eks = "aws:eks/cluster:Cluster";
const gke = "gcp:container/cluster:Cluster";
const network = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const policy = (ingress: unknown[], podSelector: object = { matchLabels: { a: "b" } }) => ({
  spec: { podSelector, ingress },
});

const lost: RiskCase[] = [
  [`${k8s}PersistentVolumeClaim`, /data on its volume is lost/],
  [`${k8s}Namespace`, /everything in it is deleted/],
  [`${apps}StatefulSet`, /pods stop/],
  [sql, /all databases in it are lost/],
  [rds, /all databases in it are lost/],
  ["gcp:redis/instance:Instance", /sessions, queued jobs/],
  ["aws:elasticache/replicationGroup:ReplicationGroup", /sessions, queued jobs/],
  ["gcp:container/nodePool:NodePool", /machines go/],
  ["aws:eks/nodeGroup:NodeGroup", /machines go/],
  [gke, /everything that runs in it stops/],
  [eks, /everything that runs in it stops/],
  ["gcp:compute/address:Address", /address is given back/],
  ["aws:ec2/eip:Eip", /address is given back/],
  ["gcp:kms/cryptoKey:CryptoKey", /can no longer be read/],
  ["aws:kms/key:Key", /can no longer be read/],
  ["aws:s3/bucket:Bucket", /all objects/],
  ["gcp:storage/bucket:Bucket", /all objects/],
  ["gcp:secretmanager/secret:Secret", /versions are lost/],
  ["random:index/randomPassword:RandomPassword", /locked out/],
  ["kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", /every object of this kind/],
].map(([type, says]) => ({ what: `a deleted ${type}`, ...gone(type as string), risk: "danger", says: says as RegExp }));

const runs: RiskCase[] = [
  { what: "a deleted Deployment", ...gone(`${apps}Deployment`), risk: "caution", says: /nothing takes its place/ },
  {
    what: "the job of an earlier release",
    ...gone("kubernetes:batch/v1:Job"),
    more: { succeeded: true },
    risk: "safe",
  },
  {
    what: "a ConfigMap made anew beside the old one",
    operation: "replace",
    before: resource(`${k8s}ConfigMap`),
    after: resource(`${k8s}ConfigMap`),
    risk: "safe",
  },
  {
    what: "a Secret that goes first",
    operation: "replace",
    before: resource(`${k8s}Secret`),
    after: resource(`${k8s}Secret`),
    more: { deletedFirst: true },
    risk: "caution",
    says: /goes before the new one/,
  },
  {
    what: "a replaced Service",
    operation: "replace",
    before: resource(`${k8s}Service`),
    after: resource(`${k8s}Service`),
    more: { forcedBy: ["spec.clusterIP"] },
    risk: "caution",
    says: /because spec\.clusterIP cannot be changed in place/,
  },
  {
    what: "a deleted component",
    operation: "delete",
    before: resource("p:apps:Panel", {}, { custom: false }),
    risk: "none",
  },
  { what: "a new Deployment", ...create(`${apps}Deployment`, { spec: { replicas: 1 } }), risk: "safe" },
  {
    what: "fewer pods",
    ...update(`${apps}Deployment`, { spec: { replicas: 3 } }, { spec: { replicas: 2 } }),
    risk: "caution",
    says: /3 → 2/,
  },
  {
    what: "no pods",
    ...update(`${apps}Deployment`, { spec: { replicas: 3 } }, { spec: { replicas: 0 } }),
    risk: "danger",
    says: /no pod of it runs/,
  },
  {
    what: "more pods",
    ...update(`${apps}Deployment`, { spec: { replicas: 3 } }, { spec: { replicas: 4 } }),
    risk: "safe",
  },
  {
    what: "a policy with a rule more",
    ...update(network, policy([{ a: 1 }]), policy([{ b: 1 }, { a: 1 }])),
    risk: "caution",
    says: /1 new or changed rule/,
  },
  {
    what: "a policy with a rule less",
    ...update(network, policy([{ a: 1 }, { b: 1 }]), policy([{ b: 1 }])),
    risk: "safe",
  },
  { what: "a policy less where all is forbidden", ...gone(network, policy([{ a: 1 }])), risk: "safe" },
  {
    what: "a policy less where nothing is",
    ...gone(network, policy([{ a: 1 }])),
    more: { deniedByDefault: false },
    risk: "caution",
  },
  { what: "the policy that forbids all", ...gone(network, policy([], {})), risk: "danger", says: /may talk/ },
  {
    what: "a new version of Kubernetes",
    ...update(eks, { version: "1.34" }, { version: "1.35" }),
    risk: "caution",
    says: /1\.34 to 1\.35/,
  },
  {
    what: "labels of a database",
    ...update(sql, { settings: { userLabels: {} } }, { settings: { userLabels: { a: "b" } } }),
    more: { properties: [{ path: "settings.userLabels.a", kind: "add", forcesReplacement: false }] },
    risk: "safe",
  },
  {
    what: "a flag of a database",
    ...update(sql, {}, {}),
    more: { properties: [{ path: "settings.databaseFlags[a]", kind: "add", forcesReplacement: false }] },
    risk: "caution",
    says: /settings\.databaseFlags\[a\]/,
  },
  {
    what: "something forgotten",
    operation: "forget",
    before: resource(sql),
    risk: "caution",
    says: /no longer looks after it/,
  },
  {
    what: "a drifted Deployment",
    operation: "refresh",
    before: resource(`${apps}Deployment`),
    after: resource(`${apps}Deployment`),
    risk: "caution",
  },
  {
    what: "a database that is gone",
    operation: "refresh",
    before: resource(sql),
    risk: "danger",
    says: /Nobody asked/,
  },
  { what: "something looked up", operation: "read", after: resource(sql), risk: "none" },
];

const gcs = "gcp:storage/bucket:Bucket";
const s3Ages = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const live = (age?: number) => ({
  lifecycleRules: age === undefined ? [] : [{ action: { type: "Delete" }, condition: { age, withState: "LIVE" } }],
});
const aged = (...days: number[]) => ({ rules: days.map((age) => ({ id: "expired", expiration: { days: age } })) });

const buckets: RiskCase[] = [
  { what: "a bucket that forgets", ...update(gcs, live(), live(90)), risk: "danger", says: /older than 90 days/ },
  { what: "one that forgets sooner", ...update(gcs, live(90), live(30)), risk: "danger", says: /older than 30 days/ },
  { what: "one that forgets later", ...update(gcs, live(30), live(90)), risk: "safe" },
  { what: "the same on AWS", ...update(s3Ages, aged(), aged(90)), risk: "danger", says: /older than 90 days/ },
  { what: "one that forgets no more", ...update(s3Ages, aged(90), aged()), risk: "safe" },
  {
    what: "earlier versions that are not kept",
    ...update(gcs, { versioning: { enabled: true } }, { versioning: { enabled: false } }),
    risk: "caution",
    says: /gone at once/,
  },
  {
    what: "the same on AWS",
    ...update(
      "aws:s3/bucketVersioning:BucketVersioning",
      { versioningConfiguration: { status: "Enabled" } },
      { versioningConfiguration: { status: "Suspended" } },
    ),
    risk: "caution",
    says: /gone at once/,
  },
  {
    what: "a bucket that goes with what is in it",
    ...update(gcs, { forceDestroy: false }, { forceDestroy: true }),
    risk: "danger",
    says: /even if it is not empty/,
  },
];

describe("what buckets keep", () => testRisks(buckets));
describe("what is lost", () => testRisks(lost));
describe("what runs", () => testRisks(runs));
