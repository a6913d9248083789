import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudSettings, protect, toldOn } from "./clouds";
import { problems, type Raw } from "./stack";

type Cloud = "gke" | "eks";
const asked = " (operations.protect asks for it)";

/** Rows 28 to 50 of the list of bad input as far as they concern clouds: row number, cloud, what a person wrote, what they are told. */
const rows: [row: number, cloud: Cloud, change: (raw: Raw) => void, told: string | string[]][] = [
  [
    28,
    "eks",
    (raw) => {
      protect(raw);
      raw.postgres = { kind: "inCluster", image: `acme/postgres:17@sha256:${"0".repeat(64)}` };
    },
    `postgres.kind: "inCluster" has no backup and no second server; use rds, give it postgres.backup, or accept its loss with "postgres-server" in operations.unprotected${asked}`,
  ],
  [
    30,
    "eks",
    (raw) => (raw.postgres.backups = { days: 40 }),
    "postgres.backups.days: 40 is too large; use a whole number from 7 to 35 days",
  ],
  [
    30,
    "eks",
    (raw) => (raw.postgres.backups = { days: 0 }),
    "postgres.backups.days: 0 is too small; use a whole number from 7 to 35 days",
  ],
  [
    30,
    "eks",
    (raw) => (raw.redis.snapshots = { days: 0 }),
    "redis.snapshots.days: 0 is too small; use a whole number from 1 to 35 days",
  ],
  [
    30,
    "gke",
    (raw) => (raw.postgres.backups = { transactionLogDays: 14 }),
    "postgres.backups.transactionLogDays: 14 is more than the 7 days of edition ENTERPRISE; use at most 7, or edition ENTERPRISE_PLUS",
  ],
  [
    30,
    "gke",
    (raw) => (raw.postgres.backups = { retained: 0 }),
    [
      "postgres.backups.retained: 0 is too small; use a whole number from 1 to 365",
      "postgres.backups.retained: 0 daily backups are fewer than transactionLogDays (7), so its first days could not be restored; use 7 or more",
    ],
  ],
  [
    31,
    "gke",
    (raw) => (raw.cluster.network = { pods: "10.64.0.0/15" }),
    [
      'cluster.network.pods: "10.64.0.0/15" overlaps cluster.network.nodes "10.64.0.0/20"; use networks that have no address in common',
    ],
  ],
  [
    31,
    "gke",
    (raw) => (raw.cluster.network = { managedServices: "172.17.0.0/20" }),
    'cluster.network.managedServices: "172.17.0.0/20" overlaps 172.17.0.0/16, Docker\'s default bridge on every node; use another network',
  ],
  [
    31,
    "eks",
    (raw) => (raw.cluster.network = { vpc: "10.64.0.0/16", services: "10.64.0.0/20" }),
    'cluster.network.services: "10.64.0.0/20" overlaps cluster.network.vpc "10.64.0.0/16"; use networks that have no address in common',
  ],
  [
    31,
    "gke",
    (raw) => (raw.cluster.network = { nodes: "10.64.0.5/20" }),
    'cluster.network.nodes: "10.64.0.5/20" has host bits set; use "10.64.0.0/20"',
  ],
  [
    31,
    "eks",
    (raw) => (raw.cluster.network = { vpc: "10.64.0.0/24" }),
    'cluster.network.vpc: "10.64.0.0/24" is too small; use a private network of /16 to /20, e.g. "10.64.0.0/16"',
  ],
  [
    31,
    "gke",
    (raw) => {
      raw.cluster.network = { pods: "10.65.0.0/21" };
      raw.cluster.pools.apps.max = 20;
    },
    'cluster.network.pods: "10.65.0.0/21" has room for 8 nodes, and the pools may have 21 while nodes are exchanged; use a larger network, or lower max of a pool',
  ],
  [
    31,
    "eks",
    (raw) => (raw.cluster.network = { vpc: "8.8.0.0/16" }),
    'cluster.network.vpc: "8.8.0.0/16" is not private; use a private network of /16 to /20, e.g. "10.64.0.0/16"',
  ],
  [
    32,
    "gke",
    (raw) => {
      protect(raw);
      raw.cluster.api = { allowedCidrs: ["0.0.0.0/0"] };
    },
    `cluster.api.allowedCidrs: "0.0.0.0/0" lets everyone reach the API server; name the networks of the people and runners that deploy${asked}`,
  ],
  [
    32,
    "eks",
    (raw) => {
      protect(raw);
      raw.cluster.api = { public: true };
    },
    `cluster.api.allowedCidrs: is empty while cluster.api.public is true, which lets everyone reach the API server; name the networks of the people and runners that deploy${asked}`,
  ],
  [
    36,
    "eks",
    (raw) => (raw.postgres = cloudSettings("gke").postgres),
    'postgres.kind: "cloudSql" needs cluster.kind gke; this stack has eks: use rds or inCluster',
  ],
  [
    36,
    "gke",
    (raw) => (raw.postgres = cloudSettings("eks").postgres),
    'postgres.kind: "rds" needs cluster.kind eks; this stack has gke: use cloudSql or inCluster',
  ],
  [
    36,
    "eks",
    (raw) => (raw.redis = cloudSettings("gke").redis),
    'redis.kind: "memorystore" needs cluster.kind gke; this stack has eks: use elastiCache or inCluster',
  ],
  [
    36,
    "gke",
    (raw) => (raw.redis = cloudSettings("eks").redis),
    'redis.kind: "elastiCache" needs cluster.kind eks; this stack has gke: use memorystore or inCluster',
  ],
  [
    37,
    "eks",
    (raw) => (raw.operations = { rolloutTimeoutSeconds: 200 }),
    "edge.drainSeconds: a pod may take 150 + 60 + 10 = 220 seconds to stop, longer than operations.rolloutTimeoutSeconds (200); lower it, or raise operations.rolloutTimeoutSeconds to 220 or more",
  ],
  [
    38,
    "eks",
    (raw) => (raw.edge.websocketIdleSeconds = 7200),
    "edge.websocketIdleSeconds: 7200 is more than the load balancer of AWS keeps silent connections (60 to 6000 seconds, less 10 to spare); use 5990 or less",
  ],
  [40, "gke", (raw) => (raw.cluster.projct = "x"), "cluster.projct: unknown key; did you mean project?"],
  [
    40,
    "eks",
    (raw) => (raw.cluster.pools.apps.machinetype = "m7g.large"),
    "cluster.pools.apps.machinetype: unknown key; did you mean machineType?",
  ],
  [
    40,
    "gke",
    (raw) => (raw.cluster.pools = [{ machineType: "e2-standard-4", min: 1, max: 3 }]),
    "cluster.pools: a list is not a map of keys and values; write its keys below it",
  ],
  [
    47,
    "eks",
    (raw) => (raw.cluster.accountId = 12345678901),
    'cluster.accountId: 12345678901 is a number; quote it ("012345678901")',
  ],
  [
    47,
    "eks",
    (raw) => (raw.cluster.access = { deployer: "arn:aws:iam::999999999999:role/deployer" }),
    'cluster.access.deployer: "arn:aws:iam::999999999999:role/deployer" is of account 999999999999, not of cluster.accountId 012345678901; use a role of it',
  ],
  [
    50,
    "gke",
    (raw) => (raw.edge.service = { type: "l7" }),
    'edge.service.type: "l7" is not supported; use one of LoadBalancer, NodePort',
  ],
  [
    50,
    "gke",
    (raw) => (raw.edge.clientAddress = { from: "xForwardedFor", trustedProxies: ["35.191.0.0/16"] }),
    "edge.clientAddress.from: xForwardedFor needs a load balancer that speaks HTTP. The one of Google Cloud forwards connections unchanged, so clients could claim any address; use connection",
  ],
];

for (const [row, cloud, change, told] of rows) {
  const expected = typeof told === "string" ? [told] : told;
  test(`row ${row}, ${cloud}: ${expected[0]}`, () => assert.deepEqual(toldOn(cloud, change).errors, expected));
}

test("row 33, eks: an API server that is reached from nowhere outside is warned of", () => {
  assert.ok(
    toldOn("eks", (raw) => (raw.cluster.api = {})).warnings.some((text) =>
      text.startsWith("cluster.api: is neither public"),
    ),
  );
});

test("row 36: managed kinds need their cloud, which a cluster of kind existing is not in", () => {
  for (const cloud of ["gke", "eks"] as const) {
    const { postgres, redis } = cloudSettings(cloud);
    const told = problems((raw) => Object.assign(raw, { postgres, redis }));
    assert.deepEqual(told, [
      `postgres.kind: "${postgres.kind}" needs cluster.kind ${cloud}; this stack has existing: use inCluster`,
      `redis.kind: "${redis.kind}" needs cluster.kind ${cloud}; this stack has existing: use inCluster`,
    ]);
  }
});
