import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, type KubeObject, warningsIn } from "../../../../engine/providers/kubernetes/client";
import { explain, isMissingNamespace } from "../../../../engine/providers/kubernetes/errors";
import { masked } from "../../../../engine/providers/kubernetes/mask";
import {
  driftedInputs,
  objectToApply,
  outputsOf,
  previewOutputs,
} from "../../../../engine/providers/kubernetes/outputs";
import {
  creationProof,
  isProvedBy,
  proofAnnotation,
  withoutIgnored,
  withProof,
} from "../../../../engine/providers/kubernetes/ownership";
import { settingsDifference, settingsProblems } from "../../../../engine/providers/kubernetes/settings";
import { hasSecret, isSecret, type Properties, secret, unknown } from "../../../../engine/providers/values";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a Secret's data is secret in the state even where the program did not say so", () => {
  const live: KubeObject = { kind: "Secret", metadata: { name: "s" }, data: { password: base64("hunter22") } };
  const outputs = outputsOf(live, { kind: "Secret", stringData: { password: "hunter22" } });
  assert.ok(isSecret(outputs.data));
  assert.equal(outputs.stringData, undefined);
});

test("outputs are secret where inputs were, and hide this provider's own marks", () => {
  const live = withProof(
    { kind: "Pod", metadata: { name: "p", managedFields: [] }, spec: { env: [{ value: "v" }] } },
    "proof",
  );
  const outputs = outputsOf(live, { spec: { env: [{ value: secret("v") }] } });
  assert.equal(hasSecret(outputs.spec), true);
  assert.deepEqual(outputs.metadata, { name: "p" });
});

test("a preview does not know what the server chooses anew", () => {
  const dryRun: KubeObject = {
    kind: "Service",
    metadata: { name: "s", uid: "u" },
    spec: { clusterIP: "10.0.0.9", ports: [{ port: 80, nodePort: 30000 }] },
  };
  const inputs = (spec: Properties): Properties => ({ kind: "Service", metadata: { name: "s" }, spec });
  const asked = previewOutputs(dryRun, inputs({ type: "NodePort", ports: [{ port: 80 }] }));
  assert.deepEqual(asked.spec, { clusterIP: unknown, clusterIPs: unknown, ports: [{ port: 80, nodePort: unknown }] });
  assert.equal((asked.metadata as Properties).uid, unknown);
  const headless = previewOutputs(dryRun, inputs({ clusterIP: "None", clusterIPs: ["None"] }));
  assert.equal((headless.spec as Properties).clusterIP, "10.0.0.9");
});

test("drift is what changed since the last apply, not what the server writes in another way", () => {
  const inputs: Properties = {
    spec: { cpu: "1000m", replicas: 2, ports: [{ port: 80, name: "a" }], password: secret("old") },
  };
  const before: Properties = {
    spec: { cpu: "1", replicas: 2, ports: [{ port: 80, name: "a", protocol: "TCP" }], password: "old", extra: 1 },
  };
  assert.deepEqual(driftedInputs(inputs, before, before), inputs);
  const now = structuredClone(before) as { spec: Properties };
  now.spec.replicas = 5;
  now.spec.password = "new";
  (now.spec.ports as Properties[])[0]!.port = 81;
  delete now.spec.cpu;
  now.spec.extra = 2;
  assert.deepEqual(driftedInputs(inputs, before, now), {
    spec: { replicas: 5, ports: [{ port: 81, name: "a" }], password: secret("new") },
  });
});

test("what is applied has no nulls, no status and no envelopes", () => {
  assert.deepEqual(objectToApply({ kind: "X", status: {}, spec: secret({ a: null, b: [null, { c: "d" }] }) }), {
    kind: "X",
    spec: { b: [{ c: "d" }] },
  });
});

test("secrets are masked in texts, in clear and in base64", () => {
  const inputs: Properties = {
    kind: "Secret",
    stringData: { a: "correct horse" },
    data: { b: base64("battery staple") },
    type: secret("x"),
  };
  const text = `correct horse ${base64("correct horse")} battery staple ${base64("battery staple")} x`;
  assert.equal(masked(text, inputs), "[secret] [secret] [secret] [secret] x");
  assert.equal(masked("value open", { kind: "ConfigMap", data: { a: "value open" } }), "value open");
});

test("only the same resource of the same state proves that it made an object", () => {
  const proof = creationProof("urn:a", "state1");
  const live = withProof({ metadata: { annotations: { own: "1" } } }, proof);
  assert.equal(isProvedBy(live, proof), true);
  assert.equal(isProvedBy(live, creationProof("urn:b", "state1")), false);
  assert.equal(isProvedBy(live, creationProof("urn:a", "state2")), false);
  assert.equal(creationProof("urn:a", undefined), undefined);
  assert.equal(isProvedBy({ metadata: {} }, undefined), false);
  assert.deepEqual(live.metadata?.annotations, { own: "1", [proofAnnotation]: proof });
});

test("an ignored field is left to its other owner, and kept at its live value where there is none", () => {
  const object: KubeObject = { spec: { replicas: 2, image: "new" } };
  const live = (manager: string): KubeObject => ({
    spec: { replicas: 7, image: "old" },
    metadata: { managedFields: [{ manager, operation: "Apply", fieldsV1: { "f:spec": { "f:replicas": {} } } }] },
  });
  assert.deepEqual(withoutIgnored(object, ["spec.replicas"], live("autoscaler")), { spec: { image: "new" } });
  assert.deepEqual(withoutIgnored(object, ["spec.replicas"], live("pulumi-kubernetes")), {
    spec: { replicas: 7, image: "new" },
  });
  assert.deepEqual(withoutIgnored(object, ["spec.other"], live("autoscaler")), object);
  assert.deepEqual(object, { spec: { replicas: 2, image: "new" } }, "the given object is not changed");
});

test("refusals say what to do", () => {
  const resource = { type: "kubernetes:core/v1:Service", name: "web" };
  const conflict = new ApiError(409, "Conflict", "Apply failed", {
    causes: [{ message: 'conflict with "kubectl"', field: ".spec.x" }],
  });
  assert.equal(
    explain(conflict, resource),
    'Service web: Apply failed; someone else has set .spec.x: undo that, ignore the field (ignoreChanges), or take it with the annotation pulumi.com/patchForce: "true"',
  );
  assert.match(explain(new ApiError(401, "Unauthorized", "Unauthorized"), resource), /credentials are not accepted/);
  assert.equal(isMissingNamespace(new ApiError(404, "NotFound", "", { kind: "namespaces" })), true);
  assert.equal(isMissingNamespace(new ApiError(404, "NotFound", "", { kind: "services" })), false);
});

test("warnings are read from the header", () => {
  assert.deepEqual(warningsIn('299 - "old \\"field\\"", 299 - "b, c"'), ['old "field"', "b, c"]);
  assert.deepEqual(warningsIn(undefined), []);
});

test("only another cluster replaces the provider", () => {
  const differs = (a: Properties, b: Properties) => settingsDifference(a, b).properties.size > 0;
  assert.equal(
    differs({ clusterIdentifier: "a", kubeconfig: "x" }, { clusterIdentifier: "a", kubeconfig: "y" }),
    false,
  );
  assert.equal(differs({ clusterIdentifier: "a" }, { clusterIdentifier: "b" }), true);
  assert.equal(differs({}, { clusterIdentifier: "b" }), false);
});

test("settings that the plugin cannot do are refused by name", () => {
  const problems = (settings: Properties) => settingsProblems(settings).map(({ property }) => property);
  assert.deepEqual(problems({ enableServerSideApply: "false" }), ["enableServerSideApply"]);
  assert.deepEqual(problems({ strictMode: "true", context: "c" }), ["kubeconfig"]);
  assert.deepEqual(problems({ strictMode: "true", kubeconfig: unknown, context: "c" }), []);
  assert.deepEqual(problems({ renderYamlToDirectory: "x" }), ["renderYamlToDirectory"]);
});
