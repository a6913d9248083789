import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { changes } from "../../../../engine/providers/changes";
import { normal, withSecretData } from "../../../../engine/providers/kubernetes/normal";
import { quantity } from "../../../../engine/providers/kubernetes/quantity";
import { kubernetesDifference } from "../../../../engine/providers/kubernetes/replacement";
import { isSecret, type Properties, reveal, secret, unknown } from "../../../../engine/providers/values";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const differences = (olds: Properties, news: Properties) => [
  ...kubernetesDifference(olds, news, { configMaps: false, secrets: false }).properties.keys(),
];
const deployment = (container: Properties, pod: Properties = {}): Properties => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" } },
  spec: { template: { spec: { ...pod, containers: [{ name: "c", ...container }] } } },
});

test("quantities that are equal are the same, however they are written", () => {
  for (const [one, other] of [
    ["1000m", "1"],
    ["0.5", "500m"],
    ["1Gi", "1024Mi"],
    ["1.5Gi", "1536Mi"],
    ["1e3", "1k"],
    [2, "2"],
    ["100u", "0.0001"],
  ] as const) {
    assert.equal(quantity(one), quantity(other), `${one} ${other}`);
  }
  assert.notEqual(quantity("1Gi"), quantity("1G"));
  for (const none of ["", "1 Gi", "Gi", "1x", true, null]) assert.equal(quantity(none), undefined, String(none));
});

test("millis and whole numbers agree at every size", () => {
  fc.assert(fc.property(fc.bigInt(0n, 10n ** 12n), (n) => quantity(`${n * 1000n}m`) === quantity(String(n))));
});

test("what the official provider keeps as the API server writes it is no change of the program", () => {
  const program = deployment(
    {
      readOnly: false,
      stdin: false,
      args: [],
      resources: { limits: { cpu: "1000m", memory: "1024Mi" }, requests: {} },
    },
    {
      hostNetwork: false,
      nodeSelector: {},
      tolerations: [],
      volumes: [{ name: "v", emptyDir: { sizeLimit: "0.5Gi" } }],
    },
  );
  const kept = deployment(
    { resources: { limits: { cpu: "1", memory: "1Gi" } } },
    { volumes: [{ name: "v", emptyDir: { sizeLimit: "512Mi" } }] },
  );
  assert.deepEqual(differences(kept, program), []);
  assert.deepEqual(differences(program, kept), []);
});

test("what is empty and means something is a change", () => {
  const peer = (extra: Properties): Properties => ({
    ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "n" } },
    spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {}, ...extra }] }] },
  });
  assert.deepEqual(differences(peer({}), peer({ namespaceSelector: {} })), [
    "spec.ingress[0].from[0].namespaceSelector",
  ]);
  const pod = (extra: Properties) => deployment({}, extra);
  assert.deepEqual(differences(pod({}), pod({ automountServiceAccountToken: false })), [
    "spec.template.spec.automountServiceAccountToken",
  ]);
  const replicas = (spec: Properties): Properties => ({ apiVersion: "apps/v1", kind: "Deployment", spec });
  assert.deepEqual(differences(replicas({}), replicas({ replicas: 0 })), ["spec.replicas"]);
  const claim = (spec: Properties): Properties => ({ apiVersion: "v1", kind: "PersistentVolumeClaim", spec });
  assert.deepEqual(differences(claim({}), claim({ storageClassName: "" })), ["spec.storageClassName"]);
});

test("an empty value of a map is a value, and nothing is known of custom kinds", () => {
  const map = (data: Properties): Properties => ({ apiVersion: "v1", kind: "ConfigMap", data });
  assert.deepEqual(differences(map({ a: "1" }), map({ a: "1", value: "" })), ["data.value"]);
  const custom = (spec: Properties): Properties => ({ apiVersion: "cert-manager.io/v1", kind: "Issuer", spec });
  assert.deepEqual(differences(custom({}), custom({ readOnly: false })), ["spec.readOnly"]);
});

test("a Secret is its data, whichever way it was written; a difference names the key and no value", () => {
  const written: Properties = {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } },
    stringData: secret({ password: "hunter22", user: "me" }),
  };
  const kept = withSecretData(written);
  assert.ok(isSecret(kept.data));
  assert.equal(kept.stringData, undefined);
  assert.deepEqual(reveal(kept.data), { password: base64("hunter22"), user: base64("me") });
  assert.deepEqual(differences(kept, written), []);
  const changed = { ...written, stringData: secret({ password: "hunter23", user: "me" }) };
  assert.deepEqual(differences(kept, changed), ["data.password"]);
  assert.equal([...changes(normal(kept), normal(changed)).keys()].join().includes("hunter"), false);
  const later = { ...written, stringData: { password: unknown } };
  assert.deepEqual(withSecretData(later), later, "what is not known yet cannot be encoded");
});
