import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingsError } from "../../../components/settings/parse";
import { onEks } from "../clouds/aws/settings/onEks";
import { parse, problems, type Raw } from "./stack";

const oneOf = "use one of";
const labelForm = 'use lower-case letters, digits and "-", with a letter or digit at both ends';

const further: [change: (raw: Raw) => void, told: string][] = [
  [
    (raw) => (raw.panel.env = { PGHOST: "x" }),
    "panel.env.PGHOST: is set by the platform; remove it or use another name",
  ],
  [
    (raw) => (raw.chat.env = { DIST_PORT: "1" }),
    "chat.env.DIST_PORT: is set by the platform; remove it or use another name",
  ],
  [
    (raw) => (raw.panel.env = { "A-B": "x" }),
    'panel.env.A-B: is not a variable name; use letters, digits and "_", not starting with a digit',
  ],
  [
    (raw) => (raw.postgres.parameters = { listen_addresses: "*" }),
    "postgres.parameters.listen_addresses: is set by the platform; remove it",
  ],
  [
    (raw) => (raw.postgres.parameters = { ssl_cert_file: "x" }),
    "postgres.parameters.ssl_cert_file: is set by the platform; remove it",
  ],
  [
    (raw) => (raw.postgres.parameters = { max_connections: 5 }),
    "postgres.parameters.max_connections: is set by the platform; set postgres.maxConnections",
  ],
  [
    (raw) => (raw.postgres.parameters = { fsync: "off" }),
    "postgres.parameters.fsync: is set by the platform, because a crash would lose acknowledged messages; remove it",
  ],
  [
    (raw) => (raw.postgres.parameters = { work_mem: "4MB\nport=1" }),
    "postgres.parameters.work_mem: has a line break in it; give one line",
  ],
  [
    (raw) => (raw.postgres.parameters = { work_mem: ["4MB"] }),
    "postgres.parameters.work_mem: a list is not a value of postgresql.conf; give text, a number, true or false",
  ],
  [
    (raw) => (raw.panel.connections = 20),
    "postgres.maxConnections: 100 minus 3 reserved connections are fewer than the 137 connections of a rollout (panel 3 × 20 + workers 2 × 20 + chat 3 × 5 + migrations 2 × 1 + scheduled jobs 1 × 20); use 140 or more, or lower panel.connections or chat.connections",
  ],
  [
    (raw) => (raw.edge.hsts = { maxAgeSeconds: 3600 }),
    "edge.hsts.maxAgeSeconds: 3600 with a selfSigned certificate locks out everyone who has not installed its authority; use 0, or a provided certificate",
  ],
  [
    (raw) => (raw.edge.hsts = { includeSubDomains: true }),
    "edge.hsts.includeSubDomains: true has no use while edge.hsts.maxAgeSeconds is 0; set a time, or includeSubDomains to false",
  ],
  [
    (raw) => (raw.edge.hsts = { preload: true }),
    "edge.hsts.preload: true needs edge.hsts.maxAgeSeconds of at least 31536000 and includeSubDomains: true (https://hstspreload.org); set both, or preload to false",
  ],
  [(raw) => (raw.edge.chat.path = "chat"), 'edge.chat.path: "chat" does not start with "/"; write e.g. "/" or "/live"'],
  [(raw) => (raw.edge.chat.path = "/chat/"), 'edge.chat.path: "/chat/" ends with "/"; write "/chat"'],
  [(raw) => (raw.edge.chat.path = "/a;b"), 'edge.chat.path: "/a;b" is not a plain path; write e.g. "/" or "/live"'],
  [
    (raw) => (raw.panel.firstAdministrator = "admin"),
    'panel.firstAdministrator: "admin" is not an e-mail address; write e.g. "admin@example.com"',
  ],
  [
    (raw) => (raw.operations = { logLevel: "warning" }),
    `operations.logLevel: "warning" is not supported; ${oneOf} debug, info, warn, error`,
  ],
  [(raw) => (raw.operations = { stage: "Dev 1" }), `operations.stage: "Dev 1" is not a valid name; ${labelForm}`],
];

for (const [change, told] of further) test(told, () => assert.deepEqual(problems(change), [told]));

test("row 39: a stack name that makes names too long", () => {
  const stack = "a".repeat(42);
  assert.deepEqual(
    problems(() => {}, { stack }),
    [
      `operations.name: the stack's name "${stack}" has 42 characters, and names are made of it; give them another of at most 41, which may be any`,
    ],
  );
  const named = (name: string) => problems((raw) => (raw.operations = { name }), { stack });
  assert.deepEqual(named("prod"), []);
  assert.deepEqual(named(stack), [
    `operations.name: "${stack}" has 42 characters, and names are made of it; use at most 41`,
  ]);
});

test("a project's name that makes names too long, or that EKS does not take, is one to change in Pulumi.yaml", () => {
  const project = "a".repeat(52);
  assert.deepEqual(
    problems(() => {}, { project }),
    [`Pulumi.yaml: the project's name "${project}" has 52 characters, and names are made of it; use at most 51`],
  );
  const rest = 'is a part of the EKS cluster\'s name; use letters, digits, "-" and "_"';
  const eks = (given: object) =>
    problems(
      onEks(() => {}),
      given,
    );
  assert.deepEqual(eks({ project: "Acme_Platform-2" }), []);
  for (const named of ["acme.platform", "_acme"])
    assert.deepEqual(eks({ project: named }), [
      `Pulumi.yaml: the project's name "${named}" ${rest}, a letter or digit first`,
    ]);
  assert.deepEqual(eks({ stack: "prod.eu" }), [`operations.name: the stack's name "prod.eu" ${rest}`]);
  assert.deepEqual(
    problems(() => {}, { project: "acme.platform", stack: "prod.eu" }),
    [],
    "other clusters take any",
  );
});

test("a name in both env and secretEnv is refused", () => {
  const both = problems((raw) => Object.assign(raw.panel, { env: { FEED: "x" }, secretEnv: { FEED: "y" } }), {
    secretLayers: new Set(["panel"]),
  });
  assert.deepEqual(both, ["panel.env.FEED: is also in panel.secretEnv; keep one"]);
});

test("all errors of all layers are reported at once, in one message", () => {
  assert.throws(
    () =>
      parse((raw) => {
        raw.cluster.kind = "azure";
        raw.panel.replicas = 0;
        raw.panel.env = { PGHOST: "x", N: 5 };
        raw.edge.panel = { hots: "x" };
      }),
    (error: unknown) => {
      assert(error instanceof SettingsError);
      assert.equal(
        error.message,
        [
          "6 settings are wrong in stack dev; nothing was changed.",
          '  cluster.kind: "azure" is not supported; use one of existing, gke, eks',
          "  panel.replicas: 0 is too small; use a whole number from 1 to 100 (2 or more for releases without downtime)",
          '  panel.env.N: 5 is not text; quote it: "5"',
          "  panel.env.PGHOST: is set by the platform; remove it or use another name",
          "  edge.panel.host: is not set; add it to Pulumi.dev.yaml (public host name of the panel)",
          "  edge.panel.hots: unknown key; did you mean host?",
        ].join("\n"),
      );
      return true;
    },
  );
});

test("a stack that says nothing is told everything that is missing", () => {
  const missing = problems((raw) => {
    for (const layer of Object.keys(raw)) delete raw[layer];
  });
  assert.deepEqual(
    missing.map((problem) => problem.split(":")[0]),
    [
      "cluster.kind",
      "postgres.kind",
      "redis.kind",
      "panel.image",
      "panel.firstAdministrator",
      "chat.image",
      "edge.image",
      "edge.panel.host",
      "edge.chat.host",
      "edge.certificate.kind",
    ],
  );
});
