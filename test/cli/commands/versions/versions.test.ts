import assert from "node:assert/strict";
import { test } from "node:test";
import { serversIn } from "../../../../cli/commands/versions/collect";
import { versionJson, versionLines } from "../../../../cli/commands/versions/render";
import { judged } from "../../../../cli/versions/judge";

const now = new Date("2026-12-01T12:00:00Z");
const facts = [
  {
    ...{ what: "Redis (image)", now: "7.0.15", newest: "7.0.15", next: "8.10", setting: "redis.image" },
    ...{ support: { until: "2024-07-29" }, sources: ["registry", "table of 2026-12-01"], notes: [] },
  },
  {
    ...{ what: "Kubernetes on EKS", now: "1.34", next: "1.35", setting: "cluster.version" },
    ...{ support: { until: "2026-12-02", extended: "2027-12-02" }, sources: ["AWS"], notes: ["a reason"] },
  },
  { what: "chart x", now: "1.0.0", sources: [], notes: ["a reason"], setting: "a newer release of this program" },
  { what: "Pulumi CLI", now: "3.2.1", newest: "3.3.0", sources: ["pulumi"], notes: [], setting: "this machine" },
];
const found = { stack: "lab", at: now.toISOString(), rows: facts.map((fact) => judged(fact, now)) };

test("one line each, with all that is asked of it", () => {
  const lines = versionLines(found, { colours: false });
  assert.equal(
    lines[0],
    "out of support: 1; within 90 days of the end, or in extended support: 1; longer: 0; of 2 nobody says an end",
  );
  const cells = lines.slice(2, 7).map((line) => line.split(/ {2,}/));
  assert.deepEqual(cells, [
    ["what", "now", "newest", "next line", "supported until", "told by", "raised by", "rehearsed by"],
    [
      ...["Redis (image)", "7.0.15", "the same", "8.10", "2024-07-29 (2 years ago)", "registry, table of 2026-12-01"],
      ...["redis.image", "npm run preview -- lab"],
    ],
    [
      ...["Kubernetes on EKS", "1.34", "unknown", "1.35", "2026-12-02 (in 1 day)", "AWS", "cluster.version"],
      "npm run preview -- lab",
    ],
    ["chart x", "1.0.0", "unknown", "none known", "unknown", "nobody", "a newer release of this program"],
    ["Pulumi CLI", "3.2.1", "3.3.0", "none known", "unknown", "pulumi", "this machine"],
  ]);
  assert.deepEqual(lines.slice(7), ["", "Notes:", "  Kubernetes on EKS, chart x: a reason"]);
});

test("what is over is red, what ends soon is yellow, the rest is plain", () => {
  const codes = versionLines(found, { colours: true })
    .slice(3, 7)
    .map((line) => /^\x1b\[(\d+)m/.exec(line)?.[1]);
  assert.deepEqual(codes, ["31", "33", undefined, undefined]);
});

test("for a script every key is there, whatever is known", () => {
  const { outOfSupport, versions } = versionJson(found) as {
    outOfSupport: number;
    versions: Record<string, unknown>[];
  };
  assert.equal(outOfSupport, 1);
  for (const version of versions) assert.deepEqual(Object.keys(version), Object.keys(versions[0]!));
  assert.deepEqual(
    versions.map(({ state, supportedUntil, daysLeft, rehearse }) => [state, supportedUntil, daysLeft, rehearse]),
    [
      ["over", "2024-07-29", -855, "npm run preview -- lab"],
      ["soon", "2026-12-02", 1, "npm run preview -- lab"],
      ["unknown", null, null, null],
      ["unknown", null, null, null],
    ],
  );
});

test("the servers of a state, by the facts of their types", () => {
  const resources = [
    {
      type: "aws:rds/instance:Instance",
      inputs: { engine: "postgres", engineVersion: "17" },
      outputs: { identifier: "postgres-1a2b", engineVersionActual: "17.6" },
    },
    {
      type: "aws:rds/instance:Instance",
      delete: true,
      outputs: { identifier: "postgres-old", engineVersionActual: "16.1" },
    },
    { type: "kubernetes:core/v1:Service", outputs: {} },
  ];
  assert.deepEqual(serversIn(resources), { postgres: { name: "postgres-1a2b", version: "17.6" } });
  const google = [
    {
      type: "gcp:sql/databaseInstance:DatabaseInstance",
      outputs: { name: "postgres-1", databaseVersion: "POSTGRES_17" },
    },
  ];
  assert.deepEqual(serversIn(google), { postgres: { name: "postgres-1", version: "17" } });
  assert.deepEqual(serversIn([]), {});
});
