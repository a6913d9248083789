import assert from "node:assert/strict";
import { test } from "node:test";
import { protect, toldOn } from "./clouds";
import type { Raw } from "./stack";

type Cloud = "gke" | "eks";
const asked = " (operations.protect asks for it)";
const acme = (raw: Raw, change: object = {}) => {
  raw.edge.panel.host = "panel.acme.dev";
  raw.edge.chat.host = "chat.acme.dev";
  raw.edge.certificate = { kind: "acme", email: "platform@acme.dev", ...change };
};
const pools = (change: object) => (raw: Raw) => Object.assign(raw.cluster.pools.apps, change);

/** Rows 1 to 19 of the list of bad input as far as they concern clouds: row number, cloud, what a person wrote, what they are told. */
const rows: [row: number, cloud: Cloud, change: (raw: Raw) => void, told: string | string[]][] = [
  [
    1,
    "gke",
    (raw) => (raw.cluster.kind = "gkee"),
    'cluster.kind: "gkee" is not supported; use one of existing, gke, eks (did you mean gke?)',
  ],
  [
    1,
    "eks",
    (raw) => (raw.redis.kind = "elasticache"),
    'redis.kind: "elasticache" is not supported; use one of inCluster, external, memorystore, elastiCache (did you mean elastiCache?)',
  ],
  [
    2,
    "gke",
    (raw) => {
      delete raw.cluster.project;
      delete raw.cluster.region;
    },
    [
      "cluster.project: is not set; add it to Pulumi.dev.yaml (id of the project that everything is made in)",
      "cluster.region: is not set; add it to Pulumi.dev.yaml (region of the cluster, its network and its data, e.g. europe-west1)",
    ],
  ],
  [
    2,
    "gke",
    (raw) => (raw.cluster.project = "123456789012"),
    'cluster.project: "123456789012" is a project\'s number; give its id here, and the number in projectNumber (gcloud projects list shows both)',
  ],
  [
    3,
    "eks",
    (raw) => delete raw.cluster.region,
    "cluster.region: is not set; add it to Pulumi.dev.yaml (region of AWS, e.g. `eu-west-1`)",
  ],
  [
    3,
    "eks",
    (raw) => (raw.cluster.region = "us-central1"),
    'cluster.region: "us-central1" is a region of Google Cloud, not an AWS region name; use e.g. "eu-west-1"',
  ],
  [
    3,
    "gke",
    (raw) => (raw.cluster.region = "eu-west-1"),
    'cluster.region: "eu-west-1" is a region of AWS; use one of Google Cloud, e.g. "europe-west1"',
  ],
  [
    4,
    "gke",
    (raw) => (raw.cluster.region = "europe-west1-b"),
    'cluster.region: "europe-west1-b" is a zone; use its region "europe-west1", and zones for the nodes',
  ],
  [
    4,
    "eks",
    (raw) => (raw.cluster.region = "eu-west-1a"),
    'cluster.region: "eu-west-1a" is an availability zone; use its region "eu-west-1"',
  ],
  [
    5,
    "eks",
    (raw) => (raw.cluster.version = 1.3),
    'cluster.version: 1.3 is a number; quote it ("1.30"); use "1.31" to "1.36"',
  ],
  [
    5,
    "eks",
    (raw) => (raw.cluster.version = "1.22"),
    'cluster.version: "1.22" is not a version of Kubernetes that is supported; use "1.31" to "1.36"',
  ],
  [
    5,
    "eks",
    (raw) => (raw.cluster.version = "latest"),
    'cluster.version: "latest" is not a version of Kubernetes that is supported; use "1.31" to "1.36"',
  ],
  [
    5,
    "gke",
    (raw) => (raw.cluster.version = "1.35"),
    `cluster.version: unknown key; use one of kind, namespace, project, projectNumber, region, zones, releaseChannel, network, api, maintenance, pools, grantRepositories, dnsZone`,
  ],
  [
    10,
    "gke",
    (raw) => {
      acme(raw);
      raw.edge.panel.host = "panel.example.com";
    },
    'edge.panel.host: "panel.example.com" is below example.com, which is reserved (RFC 2606), so no public authority certifies it; use a name that you have registered, or a certificate of kind selfSigned',
  ],
  [
    10,
    "eks",
    (raw) => {
      acme(raw);
      raw.edge.chat.host = "chat.local";
    },
    'edge.chat.host: "chat.local" is below local, which is reserved (RFC 6762), so no public authority certifies it; use a name that you have registered, or a certificate of kind selfSigned',
  ],
  [
    11,
    "gke",
    (raw) => {
      protect(raw);
      raw.panel.replicas = 1;
    },
    `panel.replicas: 1 means an outage whenever its pod is moved; use 2 or more for releases without downtime${asked}`,
  ],
  [14, "gke", pools({ min: 7 }), "cluster.pools.apps.min: 7 is above max (6); lower min or raise max"],
  [14, "eks", pools({ min: 5, max: 3 }), "cluster.pools.apps.min: 5 is above max (3); lower min or raise max"],
  [
    14,
    "eks",
    pools({ min: 0 }),
    "cluster.pools.apps.min: 0 leaves the apps without a node; use 1 or more (2 or more for releases without downtime)",
  ],
  [
    14,
    "eks",
    (raw) => {
      protect(raw);
      pools({ min: 1 })(raw);
    },
    `cluster.pools.apps.min: the pools of role apps have 1 node at least, and the loss of one is an outage; use 2 or more together${asked}`,
  ],
  [
    14,
    "gke",
    (raw) => {
      protect(raw);
      raw.cluster.zones = ["europe-west1-b"];
    },
    `cluster.zones: "europe-west1-b" is the only zone, and its loss is an outage; name two or more, or remove the key${asked}`,
  ],
  [
    14,
    "eks",
    (raw) => (raw.cluster.zones = ["eu-west-1a"]),
    "cluster.zones: names fewer than two zones, which EKS asks for; name two or three",
  ],
  [
    16,
    "gke",
    pools({ machineType: "t3.large" }),
    'cluster.pools.apps.machineType: "t3.large" is a type of AWS; use e.g. "e2-standard-4"',
  ],
  [
    16,
    "eks",
    pools({ machineType: "e2-standard-4" }),
    'cluster.pools.apps.machineType: "e2-standard-4" is a machine type of Google Cloud; use e.g. "m7g.large"',
  ],
  [
    16,
    "eks",
    pools({ machineType: "db.m7g.large" }),
    'cluster.pools.apps.machineType: "db.m7g.large" is a type of a managed server; did you mean "m7g.large"?',
  ],
  [
    16,
    "eks",
    (raw) => (raw.postgres.instanceClass = "db-custom-2-7680"),
    'postgres.instanceClass: "db-custom-2-7680" is a type of Google Cloud; use e.g. "db.m7g.large"',
  ],
  [
    17,
    "gke",
    (raw) => (raw.chat.resources = { cpu: "8" }),
    'chat.resources.cpu: "8" for each pod is more than a node has for pods. The largest of role apps, cluster.pools.apps (e2-standard-4), has about 3920m; lower it, or use a larger machineType',
  ],
  [
    19,
    "eks",
    (raw) => {
      protect(raw);
      raw.chat.image = "acme/chat:1.0.0";
    },
    `chat.image: "acme/chat:1.0.0" has no digest, and a tag can move to another image. Add it ("acme/chat:1.0.0@sha256:…", shown by: docker buildx imagetools inspect acme/chat:1.0.0)${asked}`,
  ],
];

for (const [row, cloud, change, told] of rows) {
  const expected = typeof told === "string" ? [told] : told;
  test(`row ${row}, ${cloud}: ${expected[0]}`, () => assert.deepEqual(toldOn(cloud, change).errors, expected));
}
