/** What is said of the pooler in front of Postgres. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { externalPostgres } from "../../support/externalStores";
import { parse, problems, type Raw } from "./stack";

const image = "docker.io/edoburu/pgbouncer:v1.24.1-p1";
const stored = { secretLayers: new Set(["postgres"]), now: new Date() };

/** What a person wrote, and what they are told. */
const cases: [change: (raw: Raw, pooler: Raw) => void, told: string][] = [
  [
    (_raw, pooler) => delete pooler.image,
    "postgres.pooler.image: is not set; add it to Pulumi.dev.yaml (PgBouncer 1.18 or newer, with a shell)",
  ],
  [
    (_raw, pooler) => (pooler.mode = "statement"),
    'postgres.pooler.mode: "statement" is not supported; use one of transaction, session',
  ],
  [
    (_raw, pooler) => (pooler.direct = []),
    'postgres.pooler.mode: "transaction" takes from chat the sessions that it needs; name it in postgres.pooler.direct, or use session',
  ],
  [
    (_raw, pooler) => (pooler.direct = ["chat", "workers"]),
    'postgres.pooler.direct: "workers" is no app of this stack that uses Postgres; use panel, chat',
  ],
  [
    (_raw, pooler) => (pooler.direct = ["chat", "panel"]),
    "postgres.pooler.direct: names every app, so that the pooler has no clients; remove postgres.pooler",
  ],
  [
    (_raw, pooler) => (pooler.poolSize = 50),
    "postgres.maxConnections: 100 minus 3 reserved connections are fewer than the 217 connections of a rollout (chat 3 × 5 + postgres.pooler 4 × 50 + migrations 2 × 1); use 220 or more, or lower chat.connections or postgres.pooler.poolSize",
  ],
  [
    (_raw, pooler) => (pooler.maxClients = 20),
    "postgres.pooler.maxClients: 20 is fewer than the 30 clients of a rollout (panel 3 × 5 + workers 2 × 5 + scheduled jobs 1 × 5), which one pod must take while the other restarts; use 30 or more",
  ],
  [
    (raw, pooler) => {
      raw.postgres = { ...externalPostgres(), replica: { host: "10.20.0.9" }, pooler };
    },
    "postgres.pooler: is there together with postgres.replica, which it does not stand in front of; remove one of the two",
  ],
];

for (const [change, told] of cases) {
  test(told, () => {
    const found = problems((raw) => {
      raw.postgres.pooler = { image, direct: ["chat"] };
      change(raw, raw.postgres.pooler);
    }, stored);
    assert.deepEqual(found, [told]);
  });
}

test("one pod of it is an outage, which production does without", () => {
  const change = (raw: Raw) => (raw.postgres.pooler = { image, direct: ["chat"], replicas: 1 });
  const told = "postgres.pooler.replicas: 1 means an outage of the database whenever its pod is moved; use 2 or more";
  assert.ok(parse(change).warnings.includes(told));
  const found = problems((raw) => {
    change(raw);
    raw.operations = { protect: true };
  });
  assert.ok(found.includes(`${told} (operations.protect asks for it)`));
});

test("with a pooler the server needs only the connections of the pooler and of those that connect past it", () => {
  const many = (raw: Raw) => {
    raw.panel.connections = 50;
    raw.postgres.maxConnections = 100;
  };
  assert.match(problems(many)[0]!, /fewer than the 317 connections of a rollout/);
  assert.deepEqual(
    problems((raw) => {
      many(raw);
      raw.postgres.pooler = { image, direct: ["chat"] };
    }),
    [],
  );
});
