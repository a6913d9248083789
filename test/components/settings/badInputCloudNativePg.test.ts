/** What is said of the settings of a Postgres that the CloudNativePG operator runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleOf } from "../../support/config";
import { parse, problems, type Raw } from "./stack";

const digest = `@sha256:${"0".repeat(64)}`;

/** What a person wrote, and what they are told. */
const cases: [change: (given: Raw) => void, told: string][] = [
  [
    (given) => delete given.image,
    "postgres.image: is not set; add it to Pulumi.dev.yaml (image of Postgres 15 or newer, made for CloudNativePG, with a tag that starts with the version)",
  ],
  [
    (given) => (given.image = `ghcr.io/cloudnative-pg/postgresql${digest}`),
    `postgres.image: ${JSON.stringify(`ghcr.io/cloudnative-pg/postgresql${digest}`).slice(0, 77)}…" does not say the version of Postgres, which the operator reads from the tag; use a tag that starts with it, e.g. "ghcr.io/cloudnative-pg/postgresql:17.5"`,
  ],
  [
    (given) => (given.image = "ghcr.io/cloudnative-pg/postgresql:bookworm"),
    'postgres.image: "ghcr.io/cloudnative-pg/postgresql:bookworm" does not say the version of Postgres, which the operator reads from the tag; use a tag that starts with it, e.g. "ghcr.io/cloudnative-pg/postgresql:17.5"',
  ],
  [
    (given) => (given.image = "ghcr.io/cloudnative-pg/postgresql:14.18"),
    'postgres.image: "ghcr.io/cloudnative-pg/postgresql:14.18" is Postgres 14; use 15 or newer',
  ],
  [
    (given) => (given.instances = 0),
    "postgres.instances: 0 is too small; use a whole number from 1 to 9 (2 or more for a server that takes over)",
  ],
  [(given) => (given.instances = "3"), 'postgres.instances: "3" is text; write the number without quotes: 3'],
  [
    (given) => (given.synchronous = "always"),
    'postgres.synchronous: "always" is not supported; use one of preferred, required, none',
  ],
  [
    (given) => Object.assign(given, { instances: 1, synchronous: "required" }),
    'postgres.synchronous: "required" waits for a copy, and with instances: 1 there is none; set instances to 2 or more, or remove it',
  ],
  [
    (given) => (given.replica = "yes"),
    'postgres.replica: "yes" is not true or false; write true or false without quotes',
  ],
  [
    (given) => Object.assign(given, { instances: 1, replica: true }),
    "postgres.replica: is true, and with instances: 1 there is no copy; set instances to 2 or more, or remove it",
  ],
  [
    (given) =>
      Object.assign(given, { replica: true, pooler: { image: "registry.example/pgbouncer:1.24", direct: ["chat"] } }),
    "postgres.pooler: is there together with postgres.replica, which it does not stand in front of; remove one of the two",
  ],
  [(given) => (given.storage = "1G"), 'postgres.storage: "1G" has no binary unit; did you mean "1Gi"?'],
  [(given) => (given.storageClass = " "), 'postgres.storageClass: " " is empty; give a value or remove the key'],
  [
    (given) => (given.resources = { memory: "lots" }),
    'postgres.resources.memory: "lots" is not an amount of memory or storage; use a binary unit such as "96Mi" or "1Gi"',
  ],
  [
    (given) => (given.parameters = { archive_mode: "off" }),
    "postgres.parameters.archive_mode: is set by the operator; remove it",
  ],
  [
    (given) => (given.parameters = { synchronous_standby_names: "*" }),
    "postgres.parameters.synchronous_standby_names: is set by the operator; set postgres.synchronous",
  ],
  [
    (given) => (given.parameters = { max_connections: 10 }),
    "postgres.parameters.max_connections: is set by the platform; set postgres.maxConnections",
  ],
  [
    (given) => (given.parameters = { log_parameter_max_length: -1 }),
    "postgres.parameters.log_parameter_max_length: is set by the platform, because messages of people would be in the log; remove it",
  ],
  [
    (given) => (given.maxConnections = 20),
    "postgres.maxConnections: 20 minus 3 reserved connections are fewer than the 47 connections of a rollout (panel 3 × 5 + workers 2 × 5 + chat 3 × 5 + migrations 2 × 1 + scheduled jobs 1 × 5); use 50 or more, or lower panel.connections or chat.connections",
  ],
  [
    (given) => (given.passwordGeneration = 0),
    "postgres.passwordGeneration: 0 is too small; use a whole number from 1 to 1000000",
  ],
  [
    (given) => (given.operator = { namespace: "CNPG" }),
    'postgres.operator.namespace: "CNPG" is not a valid name; use lower-case letters, digits and "-", with a letter or digit at both ends',
  ],
  [
    (given) => (given.operator = { podLabels: {} }),
    "postgres.operator.podLabels: is empty, which would be every pod of the namespace; give the labels that the Service selects its pods by",
  ],
  [
    (given) => (given.apiServer = { networks: [] }),
    "postgres.apiServer.networks: is empty; name the networks of the API server's addresses, or remove the key",
  ],
  [
    (given) => (given.apiServer = { networks: ["kubernetes.default.svc"] }),
    'postgres.apiServer.networks[0]: "kubernetes.default.svc" is not a destination; use internet, or a network such as "10.20.0.0/16": network policies know no host names',
  ],
  [
    (given) => (given.apiServer = { ports: [] }),
    "postgres.apiServer.ports: is empty; name the ports of the API server, or remove the key",
  ],
  [
    (given) => (given.apiServer = { ports: [70_000] }),
    "postgres.apiServer.ports[0]: 70000 is too large; use a whole number from 1 to 65535",
  ],
  [
    (given) => (given.superuser = true),
    "postgres.superuser: unknown key; use one of kind, image, instances, synchronous, replica, storage, storageClass, resources, parameters, maxConnections, passwordGeneration, operator, apiServer, pooler",
  ],
];

for (const [change, told] of cases) {
  test(told, () => {
    const found = problems((raw) => {
      raw.postgres = sampleOf("cloudNativePg");
      change(raw.postgres);
    });
    assert.deepEqual(found, [told]);
  });
}

/** What a preview says of settings that are right. */
function warningsOf(change: object, protect = false): readonly string[] {
  const { warnings } = parse((raw) => {
    raw.postgres = { ...sampleOf("cloudNativePg"), ...change };
    if (!protect) return;
    for (const layer of ["postgres", "redis", "chat", "edge"]) raw[layer].image += digest;
    raw.operations = { stage: "production", protect: true };
  });
  return warnings.filter((text) => text.startsWith("postgres."));
}

test("a preview says what it cannot see, and in production that nothing is backed up", () => {
  const unseen =
    'postgres.kind: "cloudNativePg" needs the CloudNativePG operator, which is not this stack\'s: a preview sees whether the cluster has its kind, and not whether the operator runs and the servers come up. The up waits for them before anything is rolled out';
  assert.deepEqual(warningsOf({}), [unseen]);
  assert.deepEqual(warningsOf({ synchronous: "required" }), [
    'postgres.synchronous: "required" with instances: 2 means that nothing is written while one of them is away; use 3 instances, or preferred',
    unseen,
  ]);
  assert.deepEqual(warningsOf({ synchronous: "required", instances: 3 }), [unseen]);
  assert.deepEqual(warningsOf({}, true), [
    'postgres.kind: "cloudNativePg" has no backup that this stack makes; add a ScheduledBackup of the operator, or back the volumes up by your own means',
    unseen,
  ]);
});

test("production is refused with one server, and with a server that takes over without the last commits", () => {
  const refused = (change: object) =>
    problems((raw) => {
      raw.postgres = { ...sampleOf("cloudNativePg"), ...change };
      for (const layer of ["postgres", "redis", "chat", "edge"]) raw[layer].image += digest;
      raw.operations = { stage: "production", protect: true };
    }).filter((text) => text.startsWith("postgres."));
  const protectedOnly = " (operations.protect asks for it)";
  assert.deepEqual(refused({}), []);
  assert.deepEqual(refused({ instances: 1 }), [
    `postgres.instances: 1 means an outage whenever its pod is moved; use 2 or more${protectedOnly}`,
  ]);
  assert.deepEqual(refused({ synchronous: "none" }), [
    `postgres.synchronous: "none" loses the last commits when another server takes over; use preferred, or required${protectedOnly}`,
  ]);
});
