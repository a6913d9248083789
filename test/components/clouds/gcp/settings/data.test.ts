import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tierProblem } from "../../../../../components/clouds/gcp/settings/dataValues";
import { parseOn, toldOn } from "../../../settings/clouds";
import type { Raw } from "../../../settings/stack";

/** A change of the smallest stack on GKE, and what a person is told. */
const wrong: readonly [change: (raw: Raw) => void, error: string][] = [
  [
    ({ postgres }) => (postgres!.transactionLogDays = 7),
    "postgres.transactionLogDays: unknown key; use one of kind, image, version",
  ],
  [({ postgres }) => (postgres!.version = "14"), 'postgres.version: "14" is not supported; use one of 15, 16, 17, 18'],
  [
    ({ postgres }) => (postgres!.tier = "db.t4g.medium"),
    'postgres.tier: "db.t4g.medium" is not a machine of Cloud SQL; use "db-custom-<vCPUs>-<MiB>", e.g. "db-custom-2-7680", or "db-g1-small"',
  ],
  [
    ({ postgres }) => (postgres!.tier = "db-custom-3-7680"),
    'postgres.tier: "db-custom-3-7680" has 3 vCPUs; use 1, or an even number up to 96',
  ],
  [
    ({ postgres }) => (postgres!.tier = "db-custom-2-7000"),
    'postgres.tier: "db-custom-2-7000" has 7000 MiB for 2 vCPUs; use a multiple of 256 from 3840 to 13312',
  ],
  [
    ({ postgres }) => (postgres!.edition = "ENTERPRISE_PLUS"),
    'postgres.tier: "db-custom-2-7680" is not a machine of edition ENTERPRISE_PLUS; use "db-perf-optimized-N-<vCPUs>" with 2, 4, 8, 16, 32, 48, 64, 80, 96, 128 vCPUs, or edition ENTERPRISE',
  ],
  [
    ({ postgres }) => (postgres!.tier = "db-perf-optimized-N-2"),
    'postgres.tier: "db-perf-optimized-N-2" is a machine of edition ENTERPRISE_PLUS; set edition to it, or use e.g. "db-custom-2-7680"',
  ],
  [
    ({ postgres }) => (postgres!.backups = { transactionLogDays: 14 }),
    "postgres.backups.transactionLogDays: 14 is more than the 7 days of edition ENTERPRISE; use at most 7, or edition ENTERPRISE_PLUS",
  ],
  [
    ({ postgres }) => (postgres!.backups = { retained: 3 }),
    "postgres.backups.retained: 3 daily backups are fewer than transactionLogDays (7), so its first days could not be restored; use 7 or more",
  ],
  [
    ({ postgres }) => (postgres!.backups = { start: "2:00" }),
    'postgres.backups.start: "2:00" is not a time of the day; use 24 hours in quotes, e.g. "02:00"',
  ],
  [({ postgres }) => (postgres!.maxDiskGiB = 10), "postgres.maxDiskGiB: 10 is below diskGiB (20); use 20 or more"],
  [
    ({ postgres }) => (postgres!.parameters = { max_connections: 10 }),
    "postgres.parameters.max_connections: is set by the platform; set postgres.maxConnections",
  ],
  [
    ({ postgres }) => (postgres!.parameters = { synchronous_commit: "off" }),
    "postgres.parameters.synchronous_commit: would lose acknowledged messages in a crash; remove it",
  ],
  [
    ({ postgres }) => (postgres!.proxyImage = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.14.3"),
    "postgres.proxyImage: version 2.14 is not one that this program knows the options of; use 2.27 or newer 2.x",
  ],
  [
    ({ postgres }) => (postgres!.connection = "proxy"),
    'postgres.connection: "proxy" is not supported; use one of direct, authProxy',
  ],
  [
    ({ postgres }) => (postgres!.maintenance = { day: "SUNDAY" }),
    'postgres.maintenance.day: "SUNDAY" is not supported; use one of monday, tuesday, wednesday, thursday, friday, saturday, sunday',
  ],
  [({ redis }) => (redis!.passwordGeneration = 2), "redis.passwordGeneration: unknown key; use"],
  [({ redis }) => (redis!.memoryGiB = 301), "redis.memoryGiB: 301 is too large; use a whole number from 1 to 300 GiB"],
  [({ redis }) => (redis!.version = "6.x"), 'redis.version: "6.x" is not supported; use one of 7.0, 7.2'],
];

for (const [change, error] of wrong) {
  test(error, () => {
    const { errors } = toldOn("gke", change);
    assert.equal(errors.length, 1, errors.join("\n"));
    assert.ok(errors[0]!.startsWith(error), errors[0]);
  });
}

test("the least that must be said gives what production wants", () => {
  const { postgres, redis } = parseOn("gke");
  assert.ok(postgres?.kind === "cloudSql" && redis?.kind === "memorystore");
  const { image, proxyImage, ...plain } = postgres;
  assert.deepEqual(plain, {
    kind: "cloudSql",
    version: "17",
    edition: "ENTERPRISE",
    tier: "db-custom-2-7680",
    highAvailability: true,
    diskGiB: 20,
    maxDiskGiB: 100,
    backups: { start: "01:00", retained: 14, transactionLogDays: 7, finalDays: 30 },
    maintenance: { day: "sunday", hour: 4, track: "stable" },
    parameters: {},
    maxConnections: 100,
    connection: "direct",
    proxyOnly: true,
    passwordGeneration: 1,
    server: 1,
  });
  assert.deepEqual(redis, {
    kind: "memorystore",
    version: "7.2",
    highAvailability: true,
    memoryGiB: 1,
    snapshots: "ONE_HOUR",
    maintenance: { day: "saturday", hour: 4 },
  });
});

test("a proxy by digest, or from a registry of one's own, is taken", () => {
  for (const proxyImage of [
    `registry.example:5000/cloud-sql-proxy@sha256:${"0".repeat(64)}`,
    "registry.example:5000/cloud-sql-proxy:2.30.1-alpine",
  ]) {
    assert.deepEqual(toldOn("gke", ({ postgres }) => (postgres!.proxyImage = proxyImage)).errors, []);
  }
});

test("every custom machine within Google's limits is taken, and none beside them", () => {
  const cpus = fc.oneof(
    fc.constant(1),
    fc.integer({ min: 1, max: 48 }).map((half) => 2 * half),
  );
  fc.assert(
    fc.property(cpus, fc.integer({ min: 1, max: 2500 }), (vcpus, quarters) => {
      const mebibytes = quarters * 256;
      const fits = mebibytes >= 3840 && mebibytes >= vcpus * 0.9 * 1024 && mebibytes <= vcpus * 6.5 * 1024;
      assert.equal(tierProblem(`db-custom-${vcpus}-${mebibytes}`, "ENTERPRISE") === undefined, fits);
      assert.notEqual(tierProblem(`db-custom-${vcpus}-${mebibytes + 1}`, "ENTERPRISE"), undefined);
    }),
  );
});
