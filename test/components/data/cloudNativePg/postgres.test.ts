/** What a stack is made of whose Postgres the CloudNativePG operator runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rolesScript } from "../../../../components/data/postgresConf";
import { schemaProblems, storedSchema } from "../../../support/clusterSchema";
import { smallConfig } from "../../../support/config";
import { clusterOf, operatedClusters, operatedConfig } from "../../../support/operatedPostgres";
import { type Plan, plan, secretKey } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { reaches } from "../../../support/reachability";

const shop = {
  image: "registry.example/shop:1.0.0",
  processes: { web: { port: 3000 } },
  release: { command: ["migrate"] },
  uses: { postgres: true },
};
const withShop = (change: object) => ({ ...operatedConfig(change), [layerKey("apps")]: { shop } });

function variablesOf(from: Plan, deployment: string): Record<string, string | undefined> {
  const [container] = from.named("kubernetes:apps/v1:Deployment", deployment).inputs.spec.template.spec.containers;
  return Object.fromEntries(container.env.map((entry: any) => [entry.name, entry.value]));
}

const jobOf = (from: Plan, prefix: string) =>
  from.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith(prefix))!;

test("each object is one of the published kind, and a wrong field or value is told", async () => {
  const clusters = await operatedClusters();
  for (const { spec } of clusters) assert.deepEqual(schemaProblems(spec, storedSchema()), []);
  const [{ spec: right }] = clusters;
  const wrong: [spec: object, told: string][] = [
    [{ ...right, instancesCount: 3 }, "spec.instancesCount: is no field"],
    [{ ...right, storage: { ...right.storage, class: "fast" } }, "spec.storage.class: is no field"],
    [{ ...right, instances: "3" }, "spec.instances: is of type string, not integer"],
    [{ ...right, primaryUpdateMethod: "now" }, "spec.primaryUpdateMethod: is none of switchover, restart"],
    [
      { ...right, topologySpreadConstraints: [{ maxSkew: 1 }] },
      "spec.topologySpreadConstraints[0].topologyKey: is missing",
    ],
  ];
  for (const [spec, told] of wrong) {
    const found = schemaProblems(spec, storedSchema());
    assert.ok(found.includes(told), `${told}: ${found.join("; ")}`);
  }
});

test("the administrator may make roles and databases and no more, and nobody is a superuser from elsewhere", async () => {
  const from = await plan(operatedConfig(), { preview: false });
  const { spec } = clusterOf(from).inputs;
  assert.equal(spec.enableSuperuserAccess, false);
  assert.equal(spec.superuserSecret, undefined);
  const { initdb } = spec.bootstrap;
  assert.deepEqual(initdb.postInitSQL, ["ALTER ROLE platform_admin CREATEROLE CREATEDB"]);
  const stored = from.named("kubernetes:core/v1:Secret", "postgres-administrator-current").inputs;
  assert.equal(stored.metadata.name, initdb.secret.name);
  const values = stored.stringData[secretKey];
  assert.equal(values.username, initdb.owner);
  assert.ok(values.password);
  assert.deepEqual(spec.postgresql.pg_hba, ["hostnossl all all all reject"]);
});

test("its job makes roles and schemas as on every other server, once the servers are there", async () => {
  const from = await plan(withShop({ passwordGeneration: 2 }), { preview: false });
  const job = jobOf(from, "postgres-roles-");
  const [container] = job.inputs.spec.template.spec.containers;
  assert.equal(container.command[2], rolesScript(["panel", "chat", "shop"], 2));
  assert.ok(job.dependencies.includes(clusterOf(from).urn));
  const { PGUSER, PGHOST, PGSSLMODE, PGSSLROOTCERT } = from
    .of("kubernetes:core/v1:ConfigMap")
    .find(({ name }) => name.startsWith("postgres-roles-"))!.inputs.data;
  assert.deepEqual([PGUSER, PGHOST, PGSSLMODE], ["platform_admin", "postgres-rw", "verify-full"]);
  assert.equal(PGSSLROOTCERT, "/run/tls/postgres/ca.crt");
  assert.equal(variablesOf(from, "shop-web-deployment").PGUSER, "shop_g2");
  assert.ok(jobOf(from, "postgres-retire-"));
});

test("the certificate is for the names of all Services, of an authority whose key is not in the cluster", async () => {
  const from = await plan(operatedConfig(), { preview: false });
  const { dnsNames } = from.named("tls:index/certRequest:CertRequest", "postgres-tls-request").inputs;
  for (const service of ["postgres-rw", "postgres-ro", "postgres-r"])
    for (const suffix of ["", ".switchboard", ".switchboard.svc", ".switchboard.svc.cluster.local"])
      assert.ok(dnsNames.includes(`${service}${suffix}`), service + suffix);
  const { certificates } = clusterOf(from).inputs.spec;
  const secrets = from.of("kubernetes:core/v1:Secret");
  const named = (name: string) => secrets.find((one) => (one.inputs.metadata.name ?? `${one.name}-0a1b2c3d`) === name)!;
  const keysOf = (name: string) =>
    Object.keys(named(name).inputs.stringData[secretKey] ?? named(name).inputs.stringData).sort();
  assert.deepEqual(keysOf(certificates.serverCASecret), ["ca.crt"]);
  assert.deepEqual(keysOf(certificates.serverTLSSecret), ["tls.crt", "tls.key"]);
});

test("copies are told to what serves and to nobody who writes, where the settings want it", async () => {
  const from = await plan(withShop({ replica: true }), { preview: false });
  const { PGHOST, PGHOST_READ, PGPORT_READ, DATABASE_READ_URL } = variablesOf(from, "shop-web-deployment");
  assert.deepEqual([PGHOST, PGHOST_READ, PGPORT_READ], ["postgres-rw", "postgres-ro", "5432"]);
  assert.match(DATABASE_READ_URL!, /@\$\(PGHOST_READ\):\$\(PGPORT_READ\)\//);
  const release = from.of("kubernetes:core/v1:ConfigMap").find(({ name }) => name.startsWith("shop-release-"))!;
  assert.equal(release.inputs.data.PGHOST_READ, undefined);
  const without = await plan(withShop({}), { preview: false });
  assert.equal(variablesOf(without, "shop-web-deployment").PGHOST_READ, undefined);
});

test("the operator and the servers reach the servers, they the API server, and nobody else anything of it", async () => {
  const from = await plan(
    operatedConfig({
      operator: { namespace: "databases", podLabels: { app: "cnpg" } },
      apiServer: { networks: ["10.250.0.0/28"], ports: [8443] },
    }),
    { preview: false },
  );
  const policies = Object.fromEntries(
    from.of("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ inputs }) => [inputs.metadata.name, inputs.spec]),
  );
  const servers = { name: "postgres", component: "server", labels: { "cnpg.io/cluster": "postgres" } };
  const panel = { name: "panel", component: "web" };
  for (const port of [5432, 8000]) {
    assert.ok(reaches(policies, servers, { pods: servers, port }), `each other at ${port}`);
    const { ingress } = policies["postgres-server"];
    const operator = {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "databases" } },
      podSelector: { matchLabels: { app: "cnpg" } },
    };
    assert.ok(
      ingress.some(
        (rule: any) => rule.ports[0].port === port && JSON.stringify(rule.from) === JSON.stringify([operator]),
      ),
      `the operator at ${port}`,
    );
  }
  assert.ok(reaches(policies, panel, { pods: servers, port: 5432 }));
  assert.ok(!reaches(policies, panel, { pods: servers, port: 8000 }));
  assert.ok(!reaches(policies, { name: "edge", component: "proxy" }, { pods: servers, port: 5432 }));
  assert.ok(reaches(policies, servers, { address: "10.250.0.2", port: 8443 }));
  assert.ok(!reaches(policies, servers, { address: "10.250.0.2", port: 443 }));
  assert.ok(!reaches(policies, servers, { address: "10.1.0.2", port: 8443 }));
  assert.ok(!reaches(policies, panel, { address: "10.250.0.2", port: 8443 }));
});

test("a commit waits for a copy as the settings say, and one server has neither copy nor disruption budget", async () => {
  const specOf = async (change: object) =>
    clusterOf(await plan(operatedConfig(change), { preview: false })).inputs.spec;
  const usual = await specOf({});
  assert.deepEqual([usual.instances, usual.enablePDB], [2, true]);
  assert.deepEqual(usual.postgresql.synchronous, { method: "any", number: 1, dataDurability: "preferred" });
  const always = await specOf({ instances: 3, synchronous: "required" });
  assert.equal(always.postgresql.synchronous.dataDurability, "required");
  assert.equal((await specOf({ synchronous: "none" })).postgresql.synchronous, undefined);
  const single = await specOf({ instances: 1 });
  assert.deepEqual([single.enablePDB, single.postgresql.synchronous], [false, undefined]);
});

test("shared buffers are never more than what a pod asks for, which the operator refuses", async () => {
  const resources = { memory: "64Mi", memoryLimit: "1Gi" };
  const { spec } = clusterOf(await plan(operatedConfig({ resources }), { preview: false })).inputs;
  assert.equal(spec.postgresql.parameters.shared_buffers, "64MB");
  assert.equal(spec.resources.requests.memory, "64Mi");
});

test("the pooler stands before the server that is written to", async () => {
  const pooler = { image: "registry.example/pgbouncer:1.24.1", direct: ["chat"] };
  const from = await plan(operatedConfig({ pooler }), { preview: false });
  const conf = from.named("kubernetes:core/v1:ConfigMap", "postgres-pooler-g1-config").inputs.data["pgbouncer.ini"];
  assert.match(conf, /host=postgres-rw port=5432/);
  assert.match(conf, /server_tls_sslmode = verify-full/);
  assert.equal(variablesOf(from, "panel-deployment").PGHOST, "postgres-pooler-g1");
  assert.equal(variablesOf(from, "chat-deployment").PGHOST, "postgres-rw");
});

test("a protected stack refuses to lose the servers, and no stack deletes them by itself", async () => {
  const digest = `@sha256:${"0".repeat(64)}`;
  const pinned = (layer: any) =>
    Object.fromEntries(
      Object.entries(layer).map(([key, value]) => [key, key === "image" ? `${value}${digest}` : value]),
    );
  const protect = (unprotected: string[]) => {
    const config = { ...operatedConfig(), ...smallConfigOperations(unprotected) };
    return Object.fromEntries(Object.entries(config).map(([key, layer]) => [key, pinned(layer)]));
  };
  const kept = clusterOf(await plan(protect([]), { preview: false }));
  assert.deepEqual([kept.protect, kept.retainOnDelete], [true, true]);
  const given = clusterOf(await plan(protect(["postgres-cluster"]), { preview: false }));
  assert.deepEqual([given.protect, given.retainOnDelete], [false, true]);
});

function smallConfigOperations(unprotected: string[]) {
  const config = smallConfig({ operations: { stage: "test", protect: true, unprotected } });
  return { [layerKey("operations")]: config[layerKey("operations")] };
}
