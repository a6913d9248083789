/** The two ways to a database of Cloud SQL: directly, and through Google's proxy. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { cloudConfig } from "../../../support/config";
import { type Plan, plan, type Registration } from "../../../support/plan";
import { podTemplates } from "../../../support/pods";
import { reaches } from "../../../support/reachability";

/** Where the sample's managed services are. */
const database = "10.67.0.3";

let direct: Plan;
let proxied: Plan;
before(async () => {
  direct = await plan(cloudConfig("gke"), { preview: false });
  proxied = await plan(cloudConfig("gke", { postgres: { connection: "authProxy" } }), { preview: false });
});

const settingsOf = (planned: Plan) =>
  planned.named("gcp:sql/databaseInstance:DatabaseInstance", "postgres-instance").inputs.settings;
const policiesOf = (planned: Plan) =>
  Object.fromEntries(
    planned.of("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ name, inputs }) => [name, inputs.spec]),
  );

test("directly: the server's own authority proves it, and its network is all that pods may reach", () => {
  for (const app of ["panel", "workers", "chat"]) {
    const { inputs } = direct.of("kubernetes:apps/v1:Deployment").find(({ name }) => name.startsWith(app))!;
    const { env } = inputs.spec.template.spec.containers[0];
    const value = (name: string) => env.find((entry: { name: string }) => entry.name === name)?.value;
    assert.deepEqual(
      ["PGHOST", "PGPORT", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT"].map(value),
      [database, "5432", "switchboard", "verify-ca", "/run/tls/postgres/ca.crt"],
      app,
    );
  }
  const { data } = rolesVariables(direct).inputs;
  assert.deepEqual(
    [data.PGHOST, data.PGPORT, data.PGDATABASE, data.PGUSER, data.PGSSLMODE, data.PGSSLROOTCERT],
    [database, "5432", "postgres", "platform_admin", "verify-ca", "/run/tls/postgres/ca.crt"],
  );
  const from = { name: "postgres", component: "roles" };
  assert.equal(reaches(policiesOf(direct), from, { address: database, port: 5432 }), true);
  for (const [address, port] of [
    [database, 3307],
    ["199.36.153.8", 443],
    ["169.254.169.254", 80],
    ["8.8.8.8", 443],
  ] as const) {
    assert.equal(reaches(policiesOf(direct), from, { address, port }), false, `${address}:${port}`);
  }
  assert.equal(settingsOf(direct).connectorEnforcement, "NOT_REQUIRED");
});

const rolesVariables = (planned: Plan): Registration =>
  planned.of("kubernetes:core/v1:ConfigMap").find(({ name }) => /^postgres-roles-variables$/.test(name))!;

test("through the proxy: every container that uses the database has it beside it, and may reach what it needs", () => {
  const { data } = rolesVariables(proxied).inputs;
  assert.deepEqual(
    [data.PGHOST, data.PGPORT, data.PGSSLMODE, data.PGSSLROOTCERT],
    ["127.0.0.1", "5432", "disable", undefined],
  );
  const beside = podTemplates(proxied).filter(({ containers }) =>
    containers.some(({ name }) => name === "cloud-sql-proxy"),
  );
  const owners = beside.map(({ template }) => template.metadata.labels["app.kubernetes.io/component"]).sort();
  for (const component of ["web", "worker", "migration", "roles", "retire"])
    assert.ok(owners.includes(component), `${component} of ${owners}`);
  for (const { containers } of beside) {
    const proxy = containers.find(({ name }) => name === "cloud-sql-proxy");
    assert.deepEqual(proxy.args, [
      "--private-ip",
      "--port=5432",
      "--structured-logs",
      "--health-check",
      "--http-address=0.0.0.0",
      "--http-port=9801",
      "--exit-zero-on-sigterm",
      "--enable-builtin-metrics=false",
      "switchboard-test:europe-west1:postgres-instance-0a1b2c3",
    ]);
    assert.equal(proxy.image, "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0");
    assert.deepEqual(proxy.startupProbe.httpGet, { path: "/startup", port: 9801 });
  }
  const from = { name: "panel", component: "web" };
  for (const [address, port] of [
    [database, 3307],
    ["199.36.153.11", 443],
    ["169.254.169.254", 80],
  ] as const) {
    assert.equal(reaches(policiesOf(proxied), from, { address, port }), true, `${address}:${port}`);
  }
  for (const [address, port] of [
    [database, 5432],
    ["8.8.8.8", 443],
    ["169.254.169.254", 443],
  ] as const) {
    assert.equal(reaches(policiesOf(proxied), from, { address, port }), false, `${address}:${port}`);
  }
  assert.deepEqual(
    proxied.of("kubernetes:core/v1:Secret").filter(({ name }) => /^postgres-authority/.test(name)),
    [],
  );
});

test("through the proxy: only the namespace's pods, only this instance, and only through the proxy", async () => {
  const { inputs } = proxied.named("gcp:projects/iAMMember:IAMMember", "postgres-proxy-access");
  assert.deepEqual(inputs, {
    project: "switchboard-test",
    role: "roles/cloudsql.client",
    member:
      "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/switchboard-test.svc.id.goog/namespace/switchboard",
    condition: {
      title: "postgres of switchboard",
      expression:
        'resource.name == "projects/switchboard-test/instances/postgres-instance-0a1b2c3" && resource.service == "sqladmin.googleapis.com"',
    },
  });
  assert.equal(settingsOf(proxied).connectorEnforcement, "REQUIRED");
  const moving = await plan(cloudConfig("gke", { postgres: { connection: "authProxy", proxyOnly: false } }));
  assert.equal(settingsOf(moving).connectorEnforcement, "NOT_REQUIRED");
  assert.equal(settingsOf(moving).ipConfiguration.sslMode, "ENCRYPTED_ONLY");
});

test("Google's interface has private addresses for the proxy, and no other name of the network changes", () => {
  const zone = proxied.named("gcp:dns/managedZone:ManagedZone", "postgres-proxy-zone").inputs;
  assert.deepEqual([zone.dnsName, zone.visibility], ["sqladmin.googleapis.com.", "private"]);
  assert.equal(zone.privateVisibilityConfig.networks.length, 1);
  const { rrdatas, name } = proxied.named("gcp:dns/recordSet:RecordSet", "postgres-proxy-addresses").inputs;
  assert.deepEqual(
    [name, ...rrdatas],
    ["sqladmin.googleapis.com.", "199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"],
  );
  assert.deepEqual(direct.of("gcp:dns/managedZone:ManagedZone"), []);
});
