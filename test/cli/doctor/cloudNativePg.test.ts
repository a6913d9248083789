import assert from "node:assert/strict";
import { test } from "node:test";
import { examine } from "../../../cli/doctor";
import { parse } from "../../components/settings/stack";
import { sampleOf } from "../../support/config";
import { type Calls, changed, fakeHostOf, foreign, labSubject, printed, refused } from "./fakeHosts";

const definitions =
  "kubectl --context lab get customresourcedefinitions --field-selector metadata.name=clusters.postgresql.cnpg.io --output json";
const pods =
  "kubectl --context lab get pods --namespace cnpg-system --selector app.kubernetes.io/name=cloudnative-pg --output json";
const slices =
  "kubectl --context lab get endpointslices.discovery.k8s.io --namespace default --selector kubernetes.io/service-name=kubernetes --output json";

const definition = (schema: object) => ({
  metadata: { name: "clusters.postgresql.cnpg.io" },
  spec: { versions: [{ name: "v1", schema }] },
});
const mayCreate = "kubectl --context lab auth can-i create clusters.postgresql.cnpg.io --namespace switchboard";
const right: Calls = {
  ...foreign,
  [mayCreate]: printed("yes\n"),
  [definitions]: printed({ items: [definition({ properties: { dataDurability: {} } })] }),
  [pods]: printed({ items: [{ metadata: { name: "operator" }, status: { phase: "Running" } }] }),
  [slices]: printed({ items: [{ endpoints: [{ addresses: ["10.0.0.5"] }], ports: [{ port: 6443 }] }] }),
};

/** What is said of a stack whose Postgres an operator runs. */
async function examined(calls: Calls, change: object = {}) {
  const settings = parse((raw) => (raw.postgres = { ...sampleOf("cloudNativePg"), ...change }));
  return examine(labSubject(settings), fakeHostOf(changed(right, calls)));
}

const told = async (calls: Calls, change: object = {}) =>
  (await examined(calls, change)).find(({ area }) => area === "CloudNativePG")!.findings;

test("an operator that runs, and an API server that the servers may reach", async () => {
  assert.deepEqual(
    (await told({})).map(({ status, what }) => [status, what]),
    [
      ["ok", "the cluster knows the kind Cluster of postgresql.cnpg.io"],
      ["ok", "the operator runs in namespace cnpg-system with app.kubernetes.io/name=cloudnative-pg"],
      ["ok", "the servers may reach the API server at 10.0.0.5"],
    ],
  );
});

test("a cluster without the operator's kind, and nobody looks for its pods then", async () => {
  const [found, ...rest] = await told({ [definitions]: printed({ items: [] }), [pods]: printed({ items: [] }) });
  assert.deepEqual(found, {
    status: "failed",
    what: "postgres.kind: the cluster has no Cluster of postgresql.cnpg.io",
    todo: "install the CloudNativePG operator (https://cloudnative-pg.io), 1.25 or newer",
  });
  assert.equal(rest.length, 1);
});

test("an operator that is too old", async () => {
  const [found] = await told({ [definitions]: printed({ items: [definition({})] }) });
  assert.equal(found?.status, "failed");
  assert.equal(found?.what, "postgres.kind: the operator's Cluster is of a release before 1.25");
});

test("an operator that the network policies would keep out, and one that does not run", async () => {
  const [, none] = await told({ [pods]: printed({ items: [] }) });
  assert.equal(none?.status, "failed");
  assert.match(none?.what ?? "", /^postgres\.operator: there is no pod in namespace cnpg-system with /);
  const [, away] = await told({
    [pods]: printed({ items: [{ metadata: { name: "x" }, status: { phase: "Pending" } }] }),
  });
  assert.equal(away?.status, "advice");
});

test("an API server that the servers may not reach, by its address or by its port", async () => {
  const at = (address: string, port: number) => ({
    [slices]: printed({ items: [{ endpoints: [{ addresses: [address] }], ports: [{ port }] }] }),
  });
  const [, , outside] = await told(at("203.0.113.7", 443));
  assert.deepEqual(outside, {
    status: "failed",
    what: "postgres.apiServer.networks: 203.0.113.7 of the API server is in none of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10",
    todo: "name its network there: servers that do not reach it do not start",
  });
  const [, , closed] = await told(at("10.0.0.5", 16443));
  assert.equal(closed?.what, "postgres.apiServer.ports: 16443 of the API server is none of 443, 6443");
  const apiServer = { networks: ["203.0.113.0/28"], ports: [443] };
  assert.equal((await told(at("203.0.113.7", 443), { apiServer }))[2]?.status, "ok");
});

test("who may not look is told that it could not be looked at", async () => {
  const [found] = await told({ [definitions]: refused("Error from server (Forbidden): no") });
  assert.equal(found?.status, "unknown");
});

test("a storage class that is not there, and the age of the Postgres in the image's tag", async () => {
  const found = (await examined({}, { storageClass: "fast" })).flatMap(({ findings }) => findings);
  assert.ok(found.some(({ what }) => what === "postgres.storageClass: the cluster has no storage class fast"));
  assert.ok(found.some(({ what }) => /^postgres\.image: Postgres 17 has fixes until/.test(what)));
});

test("who may make what every stack has, and no Cluster", async () => {
  const found = (await examined({ [mayCreate]: printed("no\n") })).flatMap(({ findings }) => findings);
  const refusal = found.find(({ what }) => what.startsWith("you may not"));
  assert.equal(refusal?.what, "you may not create clusters.postgresql.cnpg.io in namespace switchboard");
});
