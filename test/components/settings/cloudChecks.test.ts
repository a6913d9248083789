import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cloudSettings, digest, inCluster, parseOn, told } from "./clouds";
import type { Raw } from "./stack";

const asked = " (operations.protect asks for it)";

/** What production refuses and any other stack is warned of. */
const refused: [cloud: "gke" | "eks", change: (raw: Raw) => void, told: string][] = [
  [
    "gke",
    (raw) => (raw.panel.replicas = 1),
    "panel.replicas: 1 means an outage whenever its pod is moved; use 2 or more for releases without downtime",
  ],
  [
    "eks",
    (raw) => (raw.edge.replicas = 1),
    "edge.replicas: 1 means an outage whenever its pod is moved; use 2 or more for releases without downtime",
  ],
  [
    "eks",
    (raw) => (raw.edge.replicas = 5),
    "edge.replicas: 5 pods are exchanged one after the other, and the load balancer of AWS takes up to 150 seconds for each, 750 together, longer than operations.rolloutTimeoutSeconds (300); raise it to 750 or more, or use fewer",
  ],
  [
    "gke",
    (raw) => (raw.chat.image = "acme/chat:1.0.0"),
    'chat.image: "acme/chat:1.0.0" has no digest, and a tag can move to another image. Add it ("acme/chat:1.0.0@sha256:…", shown by: docker buildx imagetools inspect acme/chat:1.0.0)',
  ],
  [
    "eks",
    (raw) => (raw.edge.image = "docker.io/library/nginx:1.29.1"),
    'edge.image: "docker.io/library/nginx:1.29.1" has no digest, and a tag can move to another image. Add it ("docker.io/library/nginx:1.29.1@sha256:…", shown by: docker buildx imagetools inspect docker.io/library/nginx:1.29.1)',
  ],
  [
    "eks",
    (raw) => (raw.postgres.image = "docker.io/library/postgres:17.5"),
    'postgres.image: "docker.io/library/postgres:17.5" has no digest, and a tag can move to another image. Add it ("docker.io/library/postgres:17.5@sha256:…", shown by: docker buildx imagetools inspect docker.io/library/postgres:17.5)',
  ],
  [
    "gke",
    (raw) => (raw.postgres.connection = "authProxy"),
    'postgres.proxyImage: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0" has no digest, and a tag can move to another image. Add it ("gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0@sha256:…", shown by: docker buildx imagetools inspect gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0)',
  ],
  [
    "gke",
    (raw) => (raw.postgres = inCluster("postgres")),
    'postgres.kind: "inCluster" has no backup and no second server; use cloudSql, give it postgres.backup, or accept its loss with "postgres-server" in operations.unprotected',
  ],
  [
    "eks",
    (raw) => (raw.postgres = inCluster("postgres")),
    'postgres.kind: "inCluster" has no backup and no second server; use rds, give it postgres.backup, or accept its loss with "postgres-server" in operations.unprotected',
  ],
  [
    "gke",
    (raw) => (raw.cluster.api = { allowedCidrs: ["203.0.113.0/24", "0.0.0.0/0"] }),
    'cluster.api.allowedCidrs: "0.0.0.0/0" lets everyone reach the API server; name the networks of the people and runners that deploy',
  ],
  [
    "gke",
    (raw) => (raw.cluster.api = { allowedCidrs: ["128.0.0.0/1"] }),
    'cluster.api.allowedCidrs: "128.0.0.0/1" lets a large part of the internet reach the API server; name the networks of the people and runners that deploy',
  ],
  [
    "eks",
    (raw) => (raw.cluster.api = { public: true }),
    "cluster.api.allowedCidrs: is empty while cluster.api.public is true, which lets everyone reach the API server; name the networks of the people and runners that deploy",
  ],
  [
    "eks",
    (raw) => (raw.cluster.api = { public: true, allowedCidrs: ["0.0.0.0/0"] }),
    'cluster.api.allowedCidrs: "0.0.0.0/0" lets everyone reach the API server; name the networks of the people and runners that deploy',
  ],
  [
    "gke",
    (raw) => (raw.cluster.pools = { apps: { machineType: "e2-standard-4", min: 1, max: 6 } }),
    "cluster.pools.apps.min: the pools of role apps have 1 node at least, and the loss of one is an outage; use 2 or more together",
  ],
  [
    "gke",
    (raw) => (raw.cluster.zones = [`${raw.cluster.region}-b`]),
    'cluster.zones: "europe-west1-b" is the only zone, and its loss is an outage; name two or more, or remove the key',
  ],
  [
    "gke",
    (raw) => {
      raw.cluster.pools = { apps: { machineType: "e2-standard-2", min: 2, max: 2 } };
      raw.panel.resources = { cpu: "1400m" };
    },
    "cluster.pools: a release asks for 4550m of cpu (panel 3 × 1400m + workers 2 × 25m + chat 3 × 50m + edge 3 × 50m), and the most nodes of role apps have about 3860m, so that pods wait for each other; raise max or machineType of a pool, or lower resources or replicas",
  ],
];

const nothing = { errors: [], warnings: [] };

describe("what production may not have is an error there and a warning elsewhere", () => {
  for (const [cloud, change, sentence] of refused) {
    test(`${cloud}: ${sentence}`, () => {
      assert.deepEqual(told(cloud, change), { errors: [], warnings: [sentence] });
      assert.deepEqual(told(cloud, change, true), { errors: [`${sentence}${asked}`], warnings: [] });
    });
  }
});

/** What is worth saying in production, and is how it is meant elsewhere. */
const warned: [cloud: "gke" | "eks", change: (raw: Raw) => void, told: string][] = [
  [
    "gke",
    (raw) => (raw.postgres.backups = { finalDays: 0 }),
    "postgres.backups.finalDays: 0 deletes every backup together with the server; use the days in which a mistake is found",
  ],
  [
    "gke",
    (raw) =>
      Object.assign(raw.postgres, {
        connection: "authProxy",
        proxyOnly: false,
        proxyImage: `gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0${digest}`,
      }),
    "postgres.proxyOnly: false leaves the way past the proxy open; set it to true when every pod runs with the proxy",
  ],
  [
    "gke",
    (raw) => (raw.postgres.highAvailability = false),
    "postgres.highAvailability: false means an outage of minutes at each maintenance and failure; set it to true",
  ],
  [
    "eks",
    (raw) => (raw.postgres.highAvailability = false),
    "postgres.highAvailability: false means an outage of minutes at each maintenance and failure; set it to true",
  ],
  [
    "gke",
    (raw) => (raw.redis.highAvailability = false),
    "redis.highAvailability: false means an outage of minutes at each maintenance and failure; set it to true",
  ],
  [
    "eks",
    (raw) => (raw.redis.replicas = 0),
    "redis.replicas: 0 means an outage of minutes at each maintenance and failure; set it to 1 or more",
  ],
  [
    "eks",
    (raw) => (raw.redis = inCluster("redis")),
    'redis.kind: "inCluster" has no backup and no second server: sessions and jobs wait while it is moved; use elastiCache',
  ],
  [
    "gke",
    (raw) => (raw.cluster.pools.apps.spot = true),
    "cluster.pools.apps.spot: true for every pool of role apps lets the cloud take all nodes back at once; add a pool with spot: false",
  ],
  [
    "eks",
    (raw) => (raw.cluster.natGateways = "one"),
    "cluster.natGateways: one cuts every node off from the internet when its zone is lost; use perZone",
  ],
];

describe("what is worth a warning in production says nothing elsewhere", () => {
  for (const [cloud, change, sentence] of warned) {
    test(`${cloud}: ${sentence}`, () => {
      assert.deepEqual(told(cloud, change), nothing);
      assert.deepEqual(told(cloud, change, true), { errors: [], warnings: [sentence] });
    });
  }
});

describe("everywhere", () => {
  const everywhere: [cloud: "gke" | "eks", change: (raw: Raw) => void, errors: string[]][] = [
    [
      "eks",
      (raw) => (raw.cluster.api = { allowedCidrs: ["203.0.113.0/24"] }),
      [
        "cluster.api.allowedCidrs: has no use while cluster.api.public is false; remove it, or set cluster.api.public to true",
      ],
    ],
    [
      "gke",
      (raw) => (raw.panel.resources = { cpu: "4" }),
      [
        'panel.resources.cpu: "4" for each pod is more than a node has for pods. The largest of role apps, cluster.pools.apps (e2-standard-4), has about 3920m; lower it, or use a larger machineType',
      ],
    ],
    [
      "gke",
      (raw) => (raw.chat.resources = { memory: "16Gi" }),
      [
        'chat.resources.memory: "16Gi" for each pod is more than a node has for pods. The largest of role apps, cluster.pools.apps (e2-standard-4), has about 13.3Gi; lower it, or use a larger machineType',
      ],
    ],
    [
      "gke",
      (raw) => {
        raw.cluster.pools = { apps: { machineType: "e2-standard-2", min: 2, max: 2 } };
        raw.panel = { ...raw.panel, replicas: 4, resources: { cpu: "1" } };
      },
      [
        "cluster.pools: all pods ask for 4225m of cpu (panel 4 × 1 + workers 1 × 25m + chat 2 × 50m + edge 2 × 50m), and the most nodes of role apps have about 3860m; raise max or machineType of a pool, or lower resources or replicas",
      ],
    ],
  ];
  for (const [cloud, change, errors] of everywhere) {
    test(`${cloud}: ${errors[0]}`, () => assert.deepEqual(told(cloud, change), { errors, warnings: [] }));
  }

  test("eks: a cluster that only machines inside its network can deploy to is said to be so", () => {
    const sentence =
      "cluster.api: is neither public nor open to any privateCidrs, so that only a machine inside cluster.network.vpc can run `up`, and the first time there is none; set public and allowedCidrs to where you deploy from, or name connected networks in privateCidrs";
    const warnings = (api: object) => parseOn("eks", (raw) => (raw.cluster.api = api)).warnings;
    assert.ok(warnings({}).includes(sentence));
    assert.ok(!warnings({ privateCidrs: ["10.0.0.0/16"] }).includes(sentence));
    assert.ok(!warnings({ public: true, allowedCidrs: ["203.0.113.0/24"] }).includes(sentence));
  });

  test("a machine type that is not in the table is no reason to refuse anything", () => {
    for (const machineType of ["z9-standard-2", "n2-standard-4"]) {
      const change = (raw: Raw) => {
        raw.cluster.pools.apps.machineType = machineType;
        raw.panel.resources = { cpu: "8" };
      };
      assert.equal(told("gke", change).errors.length, machineType === "z9-standard-2" ? 0 : 1, machineType);
    }
  });

  test("pools that take no apps are not reckoned with, and servers with a disk go to their own", () => {
    const change = (raw: Raw) => {
      raw.postgres = { ...inCluster("postgres"), resources: { memory: "8Gi" } };
      raw.cluster.pools = {
        apps: { machineType: "e2-medium", min: 2, max: 3 },
        big: { machineType: "e2-standard-16", min: 0, max: 3, role: "system" },
        data: { machineType: "e2-standard-4", min: 1, max: 2, role: "data" },
      };
    };
    assert.deepEqual(told("gke", change).errors, []);
    assert.deepEqual(
      told("gke", (raw) => {
        change(raw);
        raw.panel.resources = { memory: "4Gi" };
      }).errors,
      [
        'panel.resources.memory: "4Gi" for each pod is more than a node has for pods. The largest of role apps, cluster.pools.apps (e2-medium), has about 2.9Gi; lower it, or use a larger machineType',
      ],
    );
  });
});

test("each cloud's smallest stack is right", () => {
  for (const cloud of ["gke", "eks"] as const) assert.doesNotThrow(() => parseOn(cloud));
  assert.equal(cloudSettings("gke").cluster.kind, "gke");
});
