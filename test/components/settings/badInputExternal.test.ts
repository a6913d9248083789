/** What is said of the settings of a Postgres and a Redis that somebody else runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { authorityPem, externalPostgres, externalRedis, externalRoles } from "../../support/externalStores";
import { parse, problems, type Raw } from "./stack";

/** Their passwords came encrypted. */
const stored = { secretLayers: new Set(["postgres", "redis"]), now: new Date() };

const addressed =
  "holds a character that an address cannot hold as it is, or is empty or too long; use letters, digits and any of -._~!$&'()*+,;=";

/** What a person wrote of the Postgres with an administrator, and what they are told. */
const postgresCases: [change: (given: Raw) => void, told: string | string[]][] = [
  [
    (given) => (given.host = "postgres://db.acme.dev"),
    'postgres.host: "postgres://db.acme.dev" is a URL; give the host name or the address only',
  ],
  [(given) => (given.host = "db.acme.dev:5432"), 'postgres.host: "db.acme.dev:5432" has a port; give it in port'],
  [
    (given) => delete given.host,
    "postgres.host: is not set; add it to Pulumi.dev.yaml (host name or address that the apps connect to)",
  ],
  [(given) => (given.port = "5432"), 'postgres.port: "5432" is text; write the number without quotes: 5432'],
  [
    (given) => delete given.networks,
    'postgres.networks: is not set, and network policies know no host names; name the networks that the addresses of "db.acme.dev" are in, or internet',
  ],
  [
    (given) => (given.networks = []),
    "postgres.networks: is empty; name the networks of its addresses, or remove the key",
  ],
  [
    (given) => (given.networks = ["169.254.0.0/16"]),
    'postgres.networks[0]: "169.254.0.0/16" holds the link-local addresses, where clouds give out the credentials of nodes and pods (169.254.0.0/16); use networks that do not',
  ],
  [
    (given) => (given.host = "10.21.0.4"),
    'postgres.networks: does not hold "10.21.0.4", so that nobody could connect to it; remove the key',
  ],
  [
    (given) => (given.service = { namespace: "databases", podLabels: { app: "db" } }),
    "postgres.service: is there together with networks; keep the one that is true",
  ],
  [
    (given) => (given.tls = {}),
    "postgres.tls.authority: is not set; give the PEM of the authority that signed the server, which the server's owner has, or set mode to disable in a network that is trusted",
  ],
  [
    (given) => (given.tls.mode = "require"),
    'postgres.tls.mode: "require" is not supported; use one of verify-full, verify-ca, disable',
  ],
  [
    (given) => (given.tls.mode = "disable"),
    "postgres.tls.authority: has no use while mode is disable; remove it, or remove mode",
  ],
  [
    (given) => (given.tls = { mode: "verify-ca" }),
    "postgres.tls.authority: is not set, and verify-ca would trust everybody; give the PEM of the server's own authority",
  ],
  [
    (given) => (given.tls = { authority: "MIIB" }),
    'postgres.tls.authority: is not PEM; give the text that starts with "-----BEGIN CERTIFICATE-----"',
  ],
  [
    (given) => (given.tls = { authority: "-----BEGIN PRIVATE KEY-----" }),
    'postgres.tls.authority: holds a private key, which no client needs; give the text that starts with "-----BEGIN CERTIFICATE-----"',
  ],
  [
    (given) => (given.tls = { authority: authorityPem(-3) }),
    `postgres.tls.authority: CN=authority of somebody else expired ${new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10)}; take it out, or give its successor`,
  ],
  [
    (given) => delete given.administrator,
    "postgres.administrator: is not set, and roles neither; give one of them: who makes the roles, or each app's own",
  ],
  [
    (given) => (given.administrator.user = "maker@acme"),
    'postgres.administrator.user: "maker@acme" is not a user that fits an address; use letters, digits, "_", "." and "-"',
  ],
  [(given) => (given.administrator.password = "a/b"), `postgres.administrator.password: ${addressed}`],
  [(given) => (given.administrator.password = ""), `postgres.administrator.password: ${addressed}`],
  [
    (given) => (given.roles = { panel: { user: "a", password: "b" }, chat: { user: "c", password: "d" } }),
    "postgres.roles: is there together with administrator, who makes them; keep one of the two",
  ],
  [
    (given) => (given.rolePrefix = "Prod-"),
    'postgres.rolePrefix: "Prod-" is not a name; use lower-case letters, digits and "_", not starting with a digit, at most 20',
  ],
  [
    (given) => (given.database = 'x"; DROP'),
    'postgres.database: "x\\"; DROP" is not a name; use lower-case letters, digits and "_", not starting with a digit, at most 63',
  ],
  [
    (given) => (given.replica = { host: "copy.acme.dev" }),
    'postgres.replica.networks: is not set, and network policies know no host names; name the networks that the addresses of "copy.acme.dev" are in, or internet',
  ],
  [
    (given) => (given.maxConnections = 20),
    "postgres.maxConnections: 20 minus 3 reserved connections are fewer than the 47 connections of a rollout (panel 3 × 5 + workers 2 × 5 + chat 3 × 5 + migrations 2 × 1 + scheduled jobs 1 × 5); use 50 or more, or lower panel.connections or chat.connections",
  ],
];

for (const [change, told] of postgresCases) {
  const expected = typeof told === "string" ? [told] : told;
  test(expected[0]!, () => {
    const found = problems((raw) => {
      raw.postgres = externalPostgres();
      change(raw.postgres);
    }, stored);
    assert.deepEqual(found, expected);
  });
}

/** The same of the Postgres on which no role may be made. */
const roleCases: [change: (given: Raw) => void, told: string][] = [
  [
    (given) => delete given.roles.chat,
    "postgres.roles.chat: is not set, and chat uses Postgres; give its user and password",
  ],
  [
    (given) => (given.roles.shop = given.roles.chat),
    'postgres.roles.shop: no app of this stack is called "shop"; use panel, chat',
  ],
  [
    (given) => delete given.roles.chat.password,
    "postgres.roles.chat.password: is not set; add it to Pulumi.dev.yaml (password of what serves, stored with `--secret`)",
  ],
  [(given) => (given.roles.chat.password = "with space"), `postgres.roles.chat.password: ${addressed}`],
  [
    (given) => (given.roles.panel.schema = "Admin"),
    'postgres.roles.panel.schema: "Admin" is not a name; use lower-case letters, digits and "_", not starting with a digit, at most 63',
  ],
  [
    (given) => (given.rolePrefix = "prod_"),
    "postgres.rolePrefix: has no use with roles, which have names of their own; remove it",
  ],
  [
    (given) => (given.passwordGeneration = 2),
    "postgres.passwordGeneration: has no use with roles; change their passwords on the server and here",
  ],
];

for (const [change, told] of roleCases) {
  test(told, () => {
    const found = problems((raw) => {
      raw.postgres = externalRoles();
      change(raw.postgres);
    }, stored);
    assert.deepEqual(found, [told]);
  });
}

/** The same of Redis. */
const redisCases: [change: (given: Raw) => void, told: string][] = [
  [
    (given) => delete given.password,
    "redis.password: is not set, and users neither; give the password of user, or a user for each app",
  ],
  [(given) => (given.password = "p@ss"), `redis.password: ${addressed}`],
  [
    (given) => {
      delete given.password;
      given.users = { chat: { user: "c", password: "d" } };
    },
    "redis.users.panel: is not set, and panel uses Redis; give its user and password, or redis.password for all",
  ],
  [
    (given) => (given.users = { pannel: { user: "c", password: "d" } }),
    'redis.users.pannel: no app of this stack is called "pannel"; use panel, chat',
  ],
  [(given) => (given.database = -1), "redis.database: -1 is too small; use a whole number from 0 to 10000"],
  [
    (given) => (given.host = "cache.acme.dev"),
    'redis.networks: is not set, and network policies know no host names; name the networks that the addresses of "cache.acme.dev" are in, or internet',
  ],
];

for (const [change, told] of redisCases) {
  test(told, () => {
    const found = problems((raw) => {
      raw.redis = externalRedis();
      change(raw.redis);
    }, stored);
    assert.deepEqual(found, [told]);
  });
}

test("passwords that stand in the file in clear are refused, each with what to run", () => {
  const asked = (key: string) =>
    `${key}: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path ${key}`;
  const found = problems((raw) => Object.assign(raw, { postgres: externalRoles(), redis: externalRedis() }), {
    now: new Date(),
  });
  assert.deepEqual(found.toSorted(), [
    asked("postgres.roles.chat.password"),
    asked("postgres.roles.panel.owner.password"),
    asked("postgres.roles.panel.password"),
    asked("redis.password"),
  ]);
});

test("a preview says what it cannot know of them", () => {
  const { warnings } = parse((raw) => {
    raw.postgres = { ...externalPostgres(), replica: { host: "10.20.0.9" } };
    raw.redis = externalRedis();
  }, stored);
  const cannot = "a preview cannot see whether it is there, lets this cluster in and takes the log-ins";
  assert.deepEqual(warnings, [
    `postgres.host: db.acme.dev is not this stack's: ${cannot}. The Job postgres-roles tries it before anything is rolled out; its backups and its maxConnections are up to its owner`,
    "postgres.replica.host: 10.20.0.9 is not this stack's: nothing tries it before the apps do",
    `redis.host: 10.30.0.7 is not this stack's: ${cannot}. The first pods that use it try it; what it keeps when it restarts is up to its owner`,
  ]);
});

test("production does without no TLS", () => {
  const clear = (raw: Raw) => {
    raw.postgres = { ...externalPostgres(), tls: { mode: "disable" } };
    raw.redis = { ...externalRedis(), tls: { mode: "disable" } };
  };
  const sentence = (layer: string) =>
    `${layer}.tls.mode: "disable" sends passwords and data in clear; use verify-full with the server's authority`;
  const { warnings } = parse(clear, stored);
  for (const layer of ["postgres", "redis"]) assert.ok(warnings.includes(sentence(layer)));
  const found = problems((raw) => {
    clear(raw);
    raw.operations = { protect: true };
  }, stored);
  for (const layer of ["postgres", "redis"])
    assert.ok(found.includes(`${sentence(layer)} (operations.protect asks for it)`));
});

test("apps that share a user of Redis are told so, and those with their own are not", () => {
  const shop = { image: "acme/shop:1", processes: { web: {} }, uses: { redis: true } };
  const shared = /^redis\.user: "default" is the user of panel and shop/;
  const warned = (users: object) =>
    parse((raw) => {
      raw.redis = { ...externalRedis(), users };
      raw.apps = { shop };
    }, stored).warnings.some((warning) => shared.test(warning));
  assert.equal(warned({}), true);
  assert.equal(warned({ shop: { user: "shop", password: "its-own" } }), false);
});
