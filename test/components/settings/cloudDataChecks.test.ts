import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { digest, inCluster, protect, told } from "./clouds";
import { parse, problems, type Raw } from "./stack";

describe("a server whose loss is accepted", () => {
  test("production takes Postgres in the cluster when operations.unprotected names it, and says so", () => {
    const change = (raw: Raw) => {
      raw.postgres = inCluster("postgres");
      raw.operations.unprotected = ["postgres-server"];
    };
    assert.deepEqual(told("gke", change, true), {
      errors: [],
      warnings: ['postgres.kind: "inCluster" has no backup and no second server, which operations.unprotected accepts'],
    });
  });

  test("on a cluster that is not the stack's there is no other Postgres, so production is warned only", () => {
    const pinned = (raw: Raw) => {
      for (const layer of ["postgres", "redis", "chat", "edge"]) raw[layer].image += digest;
      protect(raw);
    };
    assert.deepEqual(problems(pinned), []);
    assert.deepEqual(parse(pinned).warnings, [
      'postgres.kind: "inCluster" has no backup and no second server; give it postgres.backup',
      'redis.kind: "inCluster" has no backup and no second server: sessions and jobs wait while it is moved; back up its volume by your own means',
    ]);
  });

  test("in development on any cluster nothing is said of it, nor of images without a digest", () => {
    assert.deepEqual(parse().warnings, []);
  });
});

describe("connections and memory", () => {
  const connections = (cloud: "gke" | "eks", most: number, size: Raw) =>
    told(cloud, (raw) => Object.assign(raw.postgres, size, { maxConnections: most })).warnings;
  const advice = (most: number, usual: number, key: string) => [
    `postgres.maxConnections: ${most} is more than the ${usual} that the cloud gives an instance of this size, and each takes memory when it is used; use at most ${usual}, or a larger postgres.${key}`,
  ];

  test("more connections than the cloud gives an instance of this size are warned of", () => {
    assert.deepEqual(connections("gke", 401, { tier: "db-custom-2-7680" }), advice(401, 400, "tier"));
    assert.deepEqual(connections("gke", 400, { tier: "db-custom-2-7680" }), []);
    assert.deepEqual(connections("gke", 101, { tier: "db-custom-1-3840" }), advice(101, 100, "tier"));
    assert.deepEqual(connections("eks", 451, { instanceClass: "db.t4g.medium" }), advice(451, 450, "instanceClass"));
    assert.deepEqual(connections("eks", 450, { instanceClass: "db.t4g.medium" }), []);
  });

  test("an instance of a size that is not known is left alone", () => {
    assert.deepEqual(connections("eks", 5000, { instanceClass: "db.x2g.large" }), []);
  });
});

describe("disks of servers in a cluster of GKE", () => {
  const machine = (type: string, change: (raw: Raw) => void = () => {}) =>
    told("gke", (raw) => {
      raw.redis = inCluster("redis");
      raw.cluster.pools.apps.machineType = type;
      change(raw);
    }).errors;

  test("a machine that takes no persistent disk is refused where such a server would run", () => {
    assert.deepEqual(machine("n4-standard-4"), [
      'cluster.pools.apps.machineType: "n4-standard-4" takes no persistent disks, which redis.kind inCluster needs; use e.g. e2-standard-4, or a managed kind',
    ]);
    assert.deepEqual(machine("e2-standard-4"), []);
  });

  test("with a pool for data only its machine counts", () => {
    const pool = { role: "data", machineType: "e2-standard-2", min: 1, max: 2 };
    assert.deepEqual(
      machine("n4-standard-4", (raw) => (raw.cluster.pools.data = pool)),
      [],
    );
  });
});
