/** What a stack with a pooler is made of. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { smallConfig } from "../../../support/config";
import { type Plan, plan } from "../../../support/plan";

const image = "registry.example/pgbouncer:1.24.1";
const deployment = "kubernetes:apps/v1:Deployment";

/** A stack whose chat connects past the pooler. */
const planned = (postgres: object = {}, pooler: object = {}): Promise<Plan> =>
  plan(smallConfig({ postgres: { pooler: { image, direct: ["chat"], ...pooler }, ...postgres } }), { preview: false });

function variablesOf(from: Plan, name: string): Record<string, string> {
  const [container] = from.named(deployment, name).inputs.spec.template.spec.containers;
  return Object.fromEntries(container.env.map((entry: any) => [entry.name, entry.value]));
}

const policyOf = (from: Plan, name: string) =>
  from.named("kubernetes:networking.k8s.io/v1:NetworkPolicy", `policies-${name}`).inputs.spec;

const labelsOf = (rules: readonly any[], side: "to" | "from") =>
  rules.flatMap((rule) => rule[side]).map(({ podSelector }) => podSelector?.matchLabels);

test("what serves connects to the pooler and verifies it; migrations and the apps of direct connect past it", async () => {
  const from = await planned();
  for (const name of ["panel-deployment", "workers-deployment"]) {
    const { PGHOST, PGPORT, PGUSER, PGDATABASE, PGSSLMODE, PGSSLROOTCERT } = variablesOf(from, name);
    assert.deepEqual(
      [PGHOST, PGPORT, PGUSER, PGDATABASE, PGSSLMODE, PGSSLROOTCERT],
      ["postgres-pooler-g1", "5432", "panel_g1", "switchboard", "verify-full", "/run/tls/postgres/ca.crt"],
    );
  }
  assert.equal(variablesOf(from, "chat-deployment").PGHOST, "postgres");
  const migration = from.of("kubernetes:core/v1:ConfigMap").find(({ name }) => name.startsWith("panel-migrate-"))!;
  assert.deepEqual([migration.inputs.data.PGHOST, migration.inputs.data.PGUSER], ["postgres", "panel_owner_g1"]);
  const { dnsNames } = from.named("tls:index/certRequest:CertRequest", "postgres-pooler-g1-tls-request").inputs;
  assert.ok(dnsNames.includes("postgres-pooler-g1"));
  const service = from.named("kubernetes:core/v1:Service", "postgres-pooler-g1-service").inputs;
  const template = from.named(deployment, "postgres-pooler-g1-deployment").inputs.spec.template;
  for (const [key, value] of Object.entries(service.spec.selector)) assert.equal(template.metadata.labels[key], value);
});

test("it is a client of the server as every other: TLS, the apps' own passwords by reference, nothing in the ConfigMap", async () => {
  const from = await planned();
  const conf: string = from.named("kubernetes:core/v1:ConfigMap", "postgres-pooler-g1-config").inputs.data[
    "pgbouncer.ini"
  ];
  for (const line of [
    "switchboard = host=postgres port=5432 dbname=switchboard",
    "server_tls_sslmode = verify-full",
    "server_tls_ca_file = /run/tls/postgres/ca.crt",
    "client_tls_sslmode = require",
    "pool_mode = transaction",
    "default_pool_size = 10",
    "max_client_conn = 500",
  ])
    assert.ok(conf.split("\n").includes(line), line);
  const [container] = from.named(deployment, "postgres-pooler-g1-deployment").inputs.spec.template.spec.containers;
  const password = container.env.find(({ name }: any) => name === "PASSWORD_0");
  assert.ok(password.valueFrom.secretKeyRef.name);
  assert.deepEqual(
    container.env.map(({ name }: any) => name),
    ["USER_0", "PASSWORD_0"],
  );
});

test("a pod is emptied before it stops, and has the time for it", async () => {
  const { spec } = (await planned()).named(deployment, "postgres-pooler-g1-deployment").inputs;
  const [container] = spec.template.spec.containers;
  assert.match(container.lifecycle.preStop.exec.command[2], /^sleep 10\n[\s\S]*kill -HUP 1\nsleep 30\nkill -INT 1\n/);
  assert.ok(spec.template.spec.terminationGracePeriodSeconds >= 100 + 10);
  assert.equal(spec.strategy.rollingUpdate.maxUnavailable, 0);
  assert.equal(spec.replicas, 2);
});

test("the network lets apps reach the pooler, the pooler the server, and what goes past it the server too", async () => {
  const from = await planned();
  const pooler = { "app.kubernetes.io/name": "postgres", "app.kubernetes.io/component": "pooler" };
  const server = { "app.kubernetes.io/name": "postgres", "app.kubernetes.io/component": "server" };
  const has = (labels: readonly object[], wanted: object) => labels.some((one) => isDeepStrictEqual(one, wanted));
  const panel = labelsOf(policyOf(from, "panel-web").egress, "to");
  assert.ok(has(panel, pooler) && !has(panel, server));
  assert.ok(has(labelsOf(policyOf(from, "postgres-pooler").egress, "to"), server));
  assert.ok(has(labelsOf(policyOf(from, "postgres-server").ingress, "from"), pooler));
  assert.ok(has(labelsOf(policyOf(from, "chat-socket").egress, "to"), server));
  assert.ok(has(labelsOf(policyOf(from, "panel-migration").egress, "to"), server));
});

test("another generation of passwords has a pooler of its own, whose pods no Service of the earlier one selects", async () => {
  const [first, second] = [await planned(), await planned({ passwordGeneration: 2 })];
  const selector = (from: Plan, generation: number) =>
    from.named("kubernetes:core/v1:Service", `postgres-pooler-g${generation}-service`).inputs.spec.selector;
  assert.equal(variablesOf(second, "panel-deployment").PGHOST, "postgres-pooler-g2");
  assert.notDeepEqual(selector(first, 1), selector(second, 2));
  const { matchLabels } = second.named(deployment, "postgres-pooler-g2-deployment").inputs.spec.selector;
  assert.deepEqual(matchLabels, selector(second, 2));
  // The policies are of both: pods of before go on with the earlier one.
  assert.deepEqual(policyOf(first, "panel-web"), policyOf(second, "panel-web"));
  const user = (from: Plan, generation: number) =>
    from.named(deployment, `postgres-pooler-g${generation}-deployment`).inputs.spec.template.spec.containers[0].env[0]
      .value;
  assert.deepEqual([user(first, 1), user(second, 2)], ["panel_g1", "panel_g2"]);
});
