import assert from "node:assert/strict";
import { test } from "node:test";
import { kubernetesDifference } from "../../../../engine/providers/kubernetes/replacement";
import { type Properties, secret, unknown } from "../../../../engine/providers/values";

const fixed = { configMaps: false, secrets: false };
const named = { name: "x", namespace: "app" };
const autonamed = { ...named, annotations: { "pulumi.com/autonamed": "true" } };

function replaced(kind: string, olds: Properties, news: Properties, mutable = fixed): string[] {
  const [apiVersion, name] = kind.includes("/") ? kind.split(/\/(?=[A-Z])/) : ["v1", kind];
  const object = (fields: Properties) => ({ apiVersion: apiVersion!, kind: name!, metadata: named, ...fields });
  const { properties } = kubernetesDifference(object(olds), object(news), mutable);
  return [...properties].map(([path, { replace }]) => `${path}${replace ? " replaces" : ""}`);
}

const spec = (path: string, value: unknown): Properties =>
  ({ spec: path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) }) as Properties;

for (const [kind, path, before, after, replaces] of [
  ["apps/v1/Deployment", "selector.matchLabels.app", "a", "b", true],
  ["apps/v1/Deployment", "replicas", 1, 2, false],
  ["apps/v1/Deployment", "template.spec.hostNetwork", true, false, false],
  ["apps/v1/StatefulSet", "serviceName", "a", "b", true],
  ["apps/v1/StatefulSet", "podManagementPolicy", "Parallel", "OrderedReady", true],
  ["apps/v1/StatefulSet", "updateStrategy.type", "OnDelete", "RollingUpdate", false],
  ["apps/v1/DaemonSet", "selector.matchLabels.app", "a", "b", true],
  ["batch/v1/Job", "template.spec.restartPolicy", "Never", "OnFailure", true],
  ["batch/v1/Job", "completions", 1, 2, true],
  ["batch/v1/Job", "ttlSecondsAfterFinished", 1, 2, false],
  ["batch/v1/CronJob", "schedule", "* * * * *", "0 * * * *", false],
  ["Service", "clusterIP", "10.0.0.1", "10.0.0.2", true],
  ["Service", "type", "ClusterIP", "NodePort", false],
  ["PersistentVolumeClaim", "storageClassName", "a", "b", true],
  ["PersistentVolumeClaim", "accessModes", ["ReadWriteOnce"], ["ReadWriteMany"], true],
  ["PersistentVolumeClaim", "resources.requests.storage", "1Gi", "2Gi", false],
  ["Pod", "nodeName", "a", "b", true],
  ["policy/v1/PodDisruptionBudget", "minAvailable", 1, 2, false],
  ["networking.k8s.io/v1/NetworkPolicy", "policyTypes", ["Ingress"], ["Egress"], false],
] as const) {
  test(`${kind} spec.${path} ${replaces ? "is replaced" : "changes in place"}`, () => {
    const changes = replaced(kind, spec(path, before), spec(path, after));
    assert.deepEqual(
      changes.map((change) => change.endsWith("replaces")),
      [replaces],
      changes.join(),
    );
  });
}

test("the image of a pod changes in place", () => {
  const containers = (image: string) => ({ spec: { containers: [{ name: "c", image }] } });
  assert.deepEqual(replaced("Pod", containers("a:1"), containers("a:2")), ["spec.containers[0].image"]);
});

test("data of ConfigMaps and Secrets replaces, unless the provider says it is mutable", () => {
  const data = (value: string) => ({ data: { "nginx.conf": value } });
  assert.deepEqual(replaced("ConfigMap", data("a"), data("b")), ['data["nginx.conf"] replaces']);
  assert.deepEqual(replaced("ConfigMap", data("a"), data("b"), { configMaps: true, secrets: false }), [
    'data["nginx.conf"]',
  ]);
  const sealed = { immutable: true };
  assert.deepEqual(
    replaced(
      "ConfigMap",
      { ...data("a"), ...sealed },
      { ...data("b"), ...sealed },
      { configMaps: true, secrets: false },
    ),
    ['data["nginx.conf"] replaces'],
  );
  assert.deepEqual(replaced("Secret", { stringData: secret({ p: "a" }) }, { stringData: secret({ p: "b" }) }), [
    "stringData replaces",
  ]);
  assert.deepEqual(
    replaced("Secret", { type: "Opaque" }, { type: "kubernetes.io/tls" }, { configMaps: true, secrets: true }),
    ["type replaces"],
  );
});

test("role references and the parameters of storage classes replace", () => {
  const role = (name: string) => ({ roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name } });
  assert.deepEqual(replaced("rbac.authorization.k8s.io/v1/RoleBinding", role("a"), role("b")), [
    "roleRef.name replaces",
  ]);
  assert.deepEqual(replaced("storage.k8s.io/v1/StorageClass", { provisioner: "a" }, { provisioner: "b" }), [
    "provisioner replaces",
  ]);
});

test("a name or namespace replaces, labels do not", () => {
  const object = (metadata: Properties) => ({ apiVersion: "v1", kind: "Service", metadata });
  const paths = (a: Properties, b: Properties) => [...kubernetesDifference(object(a), object(b), fixed).properties];
  assert.deepEqual(paths(named, { ...named, name: "y" }), [["metadata.name", { kind: "update", replace: true }]]);
  assert.deepEqual(paths(named, { ...named, labels: { a: "b" } }), [
    ["metadata.labels", { kind: "add", replace: false }],
  ]);
  assert.deepEqual(paths(named, { ...named, namespace: unknown }), [
    ["metadata.namespace", { kind: "update", replace: true }],
  ]);
});

test("another version of the same group changes in place, another group replaces", () => {
  const object = (apiVersion: string) => ({ apiVersion, kind: "PodDisruptionBudget", metadata: named });
  const replace = (a: string, b: string) =>
    kubernetesDifference(object(a), object(b), fixed).properties.get("apiVersion")?.replace;
  assert.equal(replace("policy/v1beta1", "policy/v1"), false);
  assert.equal(replace("extensions/v1beta1", "policy/v1"), true);
});

test("the old object goes first only where the new one takes its name", () => {
  const object = (metadata: Properties, value: string) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    data: { a: value },
  });
  const first = (a: Properties, b: Properties) =>
    kubernetesDifference(object(a, "1"), object(b, "2"), fixed).deleteBeforeReplace;
  assert.equal(first(named, named), true);
  assert.equal(first(named, { ...named, name: "y" }), false);
  assert.equal(first(autonamed, autonamed), false);
});

test("nothing changed is no difference; a failed object that wants it is made anew", () => {
  const job = { apiVersion: "batch/v1", kind: "Job", metadata: named };
  assert.equal(kubernetesDifference(job, structuredClone(job), fixed).properties.size, 0);
  assert.equal(kubernetesDifference(job, job, fixed, true).properties.get("status")?.replace, true);
});
