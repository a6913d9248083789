/** What a stack with a Postgres and a Redis of somebody else is made of. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rolesScript } from "../../../../components/data/postgresConf";
import { secretKey } from "../../../../engine/record/recorder";
import { smallConfig } from "../../../support/config";
import { externalPostgres, externalRedis, externalRoles } from "../../../support/externalStores";
import { type Plan, plan } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { postgresFolders, startPostgres } from "../postgresServer";

const shop = {
  image: "registry.example/shop:1.0.0",
  processes: { web: { port: 3000 } },
  release: { command: ["migrate"] },
  uses: { postgres: true, redis: true },
};

/** A stack with these stores, the panel and the chat and a declared app. */
function planned(postgres: object, redis: object): Promise<Plan> {
  const config = smallConfig({ postgres, redis, apps: { "web-shop": shop } });
  return plan(config, { preview: false, secretKeys: [layerKey("postgres"), layerKey("redis")] });
}

const deployment = "kubernetes:apps/v1:Deployment";

function variablesOf(from: Plan, name: string): Record<string, string | undefined> {
  const [container] = from.named(deployment, name).inputs.spec.template.spec.containers;
  return Object.fromEntries(container.env.map((entry: any) => [entry.name, entry.value]));
}

function jobOf(from: Plan, prefix: string) {
  return from.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith(prefix))!;
}

const policyOf = (from: Plan, name: string) =>
  from.named("kubernetes:networking.k8s.io/v1:NetworkPolicy", `policies-${name}`).inputs.spec.egress;

test("an administrator's log-in makes roles with the prefix, in the stack's database", async () => {
  const from = await planned(
    { ...externalPostgres(), rolePrefix: "acme_", database: "acme", passwordGeneration: 2 },
    externalRedis(),
  );
  const [, , script] = jobOf(from, "postgres-roles-").inputs.spec.template.spec.containers[0].command;
  assert.equal(script, rolesScript(["acme_panel", "acme_chat", "acme_web_shop"], 2, "acme"));
  const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGSSLMODE } = variablesOf(from, "panel-deployment");
  assert.deepEqual(
    [PGHOST, PGPORT, PGDATABASE, PGUSER, PGSSLMODE],
    ["db.acme.dev", "5432", "acme", "acme_panel_g2", "verify-full"],
  );
  assert.equal(variablesOf(from, "web-shop-web-deployment").PGUSER, "acme_web_shop_g2");
  assert.equal(variablesOf(from, "chat-deployment").TOKEN_REVOCATIONS, "acme_panel.chat_revocations");
  assert.equal(variablesOf(from, "web-shop-web-deployment").PGHOST_READ, undefined);
});

test("given roles are tried by a job, and each app gets its own; migrations get the owner's", async () => {
  const given = externalRoles();
  (given.roles as Record<string, object>)["web-shop"] = { user: "shop", password: "password-of-the-shop" };
  const from = await planned(given, externalRedis());
  const roles = jobOf(from, "postgres-roles-");
  const [, , script] = roles.inputs.spec.template.spec.containers[0].command;
  for (const line of [
    `as 'panel_ddl' "$PANEL_OWNER_PASSWORD"`,
    `as 'panel_rw' "$PANEL_PASSWORD"`,
    `as 'shop' "$WEB_SHOP_PASSWORD"`,
    'CREATE SCHEMA "web_shop"',
  ])
    assert.ok(script.includes(line), line);
  assert.equal(from.of("kubernetes:batch/v1:Job").filter(({ name }) => name.startsWith("postgres-retire")).length, 0);
  const migration = jobOf(from, "panel-migrate-");
  assert.ok(migration.dependencies.includes(roles.urn));
  const variables = from.of("kubernetes:core/v1:ConfigMap").find(({ name }) => name.startsWith("panel-migrate-"))!
    .inputs.data;
  assert.equal(variables.PGUSER, "panel_ddl");
  // What one app lets another read is named by the roles and schemas that there are.
  assert.equal(variables.CHAT_DATABASE_ROLE, "chat_rw");
  assert.equal(variablesOf(from, "chat-deployment").TOKEN_REVOCATIONS, "admin.chat_revocations");
  assert.equal(variablesOf(from, "panel-deployment").PGUSER, "panel_rw");
  assert.equal(variablesOf(from, "chat-deployment").PGUSER, "chat_rw");
});

test("what runs once runs once in each database: a stack that is led to another one has roles and tables there", async () => {
  const jobs = async (change: object) => {
    const from = await planned({ ...externalPostgres(), ...change }, externalRedis());
    const names = from.of("kubernetes:batch/v1:Job").map(({ inputs }) => inputs.metadata.name as string);
    return names.filter((name) => !name.startsWith("postgres-retire")).sort();
  };
  const first = await jobs({});
  assert.equal(first.length, 4, first.join(" "));
  for (const change of [{ host: "other.acme.dev" }, { port: 6543 }, { database: "other" }]) {
    const next = await jobs(change);
    assert.equal(next.length, first.length);
    assert.deepEqual(
      next.filter((name) => first.includes(name)),
      [],
      JSON.stringify(change),
    );
  }
  assert.deepEqual(await jobs({ maxConnections: 150 }), first);
});

test("the passwords are in Secrets alone", async () => {
  const from = await planned(externalPostgres(), externalRedis());
  const passwords = /password-of-/;
  const holding = from.registrations.filter(({ inputs }) => passwords.test(JSON.stringify(inputs)));
  assert.ok(holding.length > 2);
  for (const { type, inputs, name } of holding) {
    assert.equal(type, "kubernetes:core/v1:Secret", name);
    assert.ok(secretKey in inputs.stringData, name);
  }
});

test("a read-only copy is told to what serves and to nobody who writes", async () => {
  const from = await planned(
    { ...externalPostgres(), replica: { host: "copy.acme.dev", port: 5433, networks: ["10.40.0.0/16"] } },
    externalRedis(),
  );
  const { PGHOST_READ, PGPORT_READ, DATABASE_READ_URL } = variablesOf(from, "web-shop-web-deployment");
  assert.deepEqual([PGHOST_READ, PGPORT_READ], ["copy.acme.dev", "5433"]);
  assert.equal(
    DATABASE_READ_URL,
    "postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST_READ):$(PGPORT_READ)/$(PGDATABASE)?sslmode=$(PGSSLMODE)&sslrootcert=$(PGSSLROOTCERT)",
  );
  const release = from.of("kubernetes:core/v1:ConfigMap").find(({ name }) => name.startsWith("web-shop-release-"))!
    .inputs.data;
  assert.equal(release.PGHOST, "db.acme.dev");
  assert.equal(release.PGHOST_READ, undefined);
  const copy = { to: [{ ipBlock: { cidr: "10.40.0.0/16" } }], ports: [{ protocol: "TCP", port: 5433 }] };
  assert.deepEqual(
    policyOf(from, "egress-web-shop-web").filter(({ to }: any) => to[0].ipBlock.cidr === "10.40.0.0/16"),
    [copy],
  );
  assert.ok(!JSON.stringify(policyOf(from, "egress-web-shop-release")).includes("10.40"));
});

test("pods may connect to the networks, the internet or the pods that the settings name, at that port", async () => {
  const postgres = { ...externalPostgres(), networks: ["internet", "10.20.0.0/16"], port: 6543 };
  const { networks: _none, ...rest } = { networks: [], ...externalRedis() };
  const redis = { ...rest, service: { namespace: "caches", podLabels: { app: "redis" }, port: 16379 } };
  const rules = policyOf(await planned(postgres, redis), "egress-panel-web");
  const at = (port: number) => rules.filter(({ ports }: any) => ports.some((one: any) => one.port === port));
  assert.equal(at(6543).length, 2);
  assert.ok(at(6543).some(({ to }: any) => to.some(({ ipBlock }: any) => ipBlock.cidr === "0.0.0.0/0")));
  assert.ok(at(6543).some(({ to }: any) => to.some(({ ipBlock }: any) => ipBlock.cidr === "10.20.0.0/16")));
  const [peer] = at(16379)[0].to;
  assert.equal(peer.namespaceSelector.matchLabels["kubernetes.io/metadata.name"], "caches");
  assert.deepEqual(peer.podSelector.matchLabels, { app: "redis" });
});

test("Redis: a user of its own or the one for all, the database by its index, and the scheme by the TLS", async () => {
  const shared = await planned(externalPostgres(), {
    ...externalRedis(),
    database: 3,
    users: { "web-shop": { user: "shop-user", password: "password-of-the-shop" } },
  });
  const own = variablesOf(shared, "web-shop-web-deployment");
  assert.deepEqual([own.REDIS_USERNAME, own.REDIS_DATABASE, own.REDIS_TLS], ["shop-user", "3", "1"]);
  assert.match(own.REDIS_URL!, /^rediss:\/\/.*\/3$/);
  assert.equal(variablesOf(shared, "panel-deployment").REDIS_USERNAME, "default");
  const clear = variablesOf(
    await planned(externalPostgres(), { ...externalRedis(), tls: { mode: "disable" } }),
    "web-shop-web-deployment",
  );
  assert.deepEqual([clear.REDIS_TLS, clear.REDIS_DATABASE, clear.REDIS_CA], ["0", undefined, undefined]);
  assert.match(clear.REDIS_URL!, /^redis:\/\/.*\/0$/);
});

for (const folder of postgresFolders()) {
  test(`${folder}: who owns the database makes the roles beside those of others, and may not touch them`, async (context) => {
    const server = await startPostgres(folder);
    context.after(() => server.stop());
    const ask = async (statement: string, as?: Readonly<Record<string, string>>) => {
      const { code, output } = await server.sql(statement, as);
      assert.equal(code, 0, output);
      return output;
    };
    await ask("CREATE ROLE maker LOGIN CREATEROLE NOCREATEDB PASSWORD 'maker'");
    await ask("CREATE ROLE panel LOGIN PASSWORD 'of-another-stack'");
    await ask("CREATE DATABASE acme OWNER maker");
    const before = await ask("SELECT rolpassword FROM pg_authid WHERE rolname = 'panel'");
    const environment = { PGUSER: "maker", PGPASSWORD: "maker", PGDATABASE: "postgres" };
    const passwords = { ACME_PANEL_PASSWORD: "ofThePanel", ACME_PANEL_OWNER_PASSWORD: "ofItsMigration" };
    const { code, output } = await server.sh(rolesScript(["acme_panel"], 1, "acme"), { ...environment, ...passwords });
    assert.equal(code, 0, output);
    const asOwner = { PGUSER: "acme_panel_owner_g1", PGPASSWORD: "ofItsMigration", PGDATABASE: "acme" };
    const asApp = { PGUSER: "acme_panel_g1", PGPASSWORD: "ofThePanel", PGDATABASE: "acme" };
    await ask("CREATE TABLE note (body text)", asOwner);
    await ask("INSERT INTO note VALUES ('x')", asApp);
    assert.equal(await ask("SELECT schemaname FROM pg_tables WHERE tablename = 'note'", asApp), "acme_panel");
    assert.equal(await ask("SELECT rolpassword FROM pg_authid WHERE rolname = 'panel'"), before);
  });
}
