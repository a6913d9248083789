import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { idOf, isNamespacedByName, objectType, placeOf } from "../../../../engine/providers/kubernetes/discovery";
import { autoname, completeInputs, isAutonamed } from "../../../../engine/providers/kubernetes/inputs";
import { objectOptions } from "../../../../engine/providers/kubernetes/options";
import { isSecret, type Properties, reveal, secret, unknown } from "../../../../engine/providers/values";

const context = {
  apiVersion: "v1",
  kind: "ConfigMap",
  name: "conf",
  seed: new Uint8Array([1, 2, 3]),
  namespaced: true,
  defaultNamespace: "app",
};
const complete = (news: Properties, olds?: Properties, more = {}) =>
  completeInputs(news, olds, { ...context, ...more }).inputs;
const metadataOf = (inputs: Properties) => reveal(inputs.metadata!) as Properties;

test("an object without a name gets one, the same in preview and update, and keeps it", () => {
  const first = complete({ data: { a: "1" } });
  assert.match(String(metadataOf(first).name), /^conf-[0-9a-f]{8}$/);
  assert.deepEqual(complete({ data: { a: "1" } }), first);
  assert.ok(isAutonamed(first));
  const next = complete({ data: { a: "2" } }, first, { seed: new Uint8Array([9]) });
  assert.equal(metadataOf(next).name, metadataOf(first).name);
  const replacement = complete({ data: { a: "2" } }, undefined, { seed: new Uint8Array([9]) });
  assert.notEqual(metadataOf(replacement).name, metadataOf(first).name);
});

test("a name that the program gave before is not kept when it gives none any more", () => {
  const named = complete({ metadata: { name: "fixed" } });
  assert.equal(isAutonamed(named), false);
  assert.match(String(metadataOf(complete({}, named)).name), /^conf-/);
});

test("a generated name is a valid one, whatever its length", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,300}$/), fc.uint8Array(), (prefix, seed) => {
      const name = autoname(prefix, seed);
      assert.ok(name.length <= 63);
      assert.match(name, /^[a-z]([a-z0-9-]*[a-z0-9])?$/);
    }),
  );
});

test("the namespace is added where it is missing, and nothing is overwritten", () => {
  assert.deepEqual(complete({ metadata: { name: "x" } }), {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "x", namespace: "app" },
  });
  const managed = { "app.kubernetes.io/managed-by": "pulumi" };
  const before = { metadata: { name: "x", labels: managed } };
  assert.deepEqual(
    metadataOf(complete({ metadata: { name: "x" } }, before)).labels,
    managed,
    "a label that an older provider added once is no change",
  );
  const own = { name: "x", namespace: "y", labels: { "app.kubernetes.io/managed-by": "me", a: "b" } };
  assert.deepEqual(metadataOf(complete({ metadata: own })), own);
  assert.equal(
    metadataOf(complete({ metadata: { name: "x" } }, undefined, { namespaced: false })).namespace,
    undefined,
  );
  assert.equal(metadataOf(complete({ metadata: { name: "x", namespace: unknown } })).namespace, unknown);
  assert.equal(metadataOf(complete({ metadata: { name: "x", labels: unknown } })).labels, unknown);
});

test("secret metadata stays secret", () => {
  const { metadata } = complete({ metadata: secret({ name: "x", annotations: { token: "t" } }) });
  assert.ok(isSecret(metadata));
  const annotations = (complete({ metadata: { annotations: secret({ a: "s" }) } }).metadata as Properties).annotations;
  assert.ok(isSecret(annotations));
});

test("metadata of the wrong shape is a failure, not a crash", () => {
  assert.match(completeInputs({ metadata: "x" }, undefined, context).failures[0]!.reason, /expected an object/);
});

test("ids name a place and back", () => {
  assert.equal(idOf({ metadata: { name: "x", namespace: "y" } }), "y/x");
  assert.deepEqual(placeOf("y/x"), { namespace: "y", name: "x" });
  assert.deepEqual(placeOf("kube-system"), { name: "kube-system" });
});

test("type tokens name an API version and a kind", () => {
  assert.deepEqual(objectType("kubernetes:core/v1:Service"), { apiVersion: "v1", kind: "Service", isPatch: false });
  assert.deepEqual(objectType("kubernetes:apps/v1:Deployment"), {
    ...{ apiVersion: "apps/v1", kind: "Deployment", isPatch: false },
  });
  assert.deepEqual(objectType("kubernetes:core/v1:ServicePatch"), { apiVersion: "v1", kind: "Service", isPatch: true });
  for (const type of [
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:yaml:ConfigFile",
    "kubernetes:core/v1:ServiceList",
  ]) {
    assert.throws(() => objectType(type), /makes single objects only/, type);
  }
  assert.equal(isNamespacedByName("v1", "Namespace"), false);
  assert.equal(isNamespacedByName("apps/v1", "Deployment"), true);
  assert.equal(isNamespacedByName("gateway.networking.k8s.io/v1", "GatewayClass"), undefined);
});

test("an object's own wishes about waiting and deleting", () => {
  const wishes = (annotations: Properties, customTimeout = 0) =>
    objectOptions({ kind: "Job", metadata: { annotations } }, customTimeout);
  assert.equal(wishes({}).timeout, 600);
  assert.equal(objectOptions({ kind: "PersistentVolumeClaim" }).timeout, 300);
  assert.equal(wishes({ "pulumi.com/timeoutSeconds": "30" }).timeout, 30);
  assert.equal(wishes({ "pulumi.com/timeoutSeconds": "30" }, 5).timeout, 5);
  assert.equal(wishes({ "pulumi.com/skipAwait": "true" }).skipAwait, true);
  assert.equal(wishes({ "pulumi.com/deletionPropagationPolicy": "orphan" }).deletionPropagation, "Orphan");
  assert.throws(() => wishes({ "pulumi.com/timeoutSeconds": "soon" }), /"soon"; expected seconds above 0/);
  assert.throws(
    () => wishes({ "pulumi.com/deletionPropagationPolicy": "no" }),
    /expected foreground, background, orphan/,
  );
});
