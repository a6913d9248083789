import assert from "node:assert/strict";
import { test } from "node:test";
import { at, isEveryone, isSame, numberOf, shown } from "../../../components/clouds/shared/facts/value";
import type { Resource } from "../../../engine/resources/resource";
import { check } from "../../../review/policies";
import { maySelect, podOf, replicasOf } from "../../../review/policies/pods";

function resource(type: string, inputs: unknown): Resource {
  const urn = `urn:pulumi:dev::switchboard::${type}::x`;
  return { urn, type, name: "x", parent: "", custom: true, read: false, protect: false, dependencies: [], inputs };
}

test("what stands below something hidden is hidden, and what is not there is not set", () => {
  assert.equal(at({ a: "[unknown]" }, "a.b[0].c"), "[unknown]");
  assert.equal(at({ a: { b: [{ c: "[secret]" }] } }, "a.b[0].c"), "[secret]");
  assert.equal(at({ a: { b: [{ c: 1 }] } }, "a.b[0].c"), 1);
  for (const value of [undefined, null, 3, "text", { a: null }, { a: { b: 1 } }, []])
    assert.equal(at(value, "a.b.c"), undefined);
  // Nothing is taken from the prototype of a map.
  assert.equal(at({}, "constructor.name"), undefined);
});

test("providers take text for numbers and switches", () => {
  assert.ok(
    isSame("true", true) && isSame(true, true) && isSame("3", 3) && !isSame(undefined, true) && !isSame({}, true),
  );
  assert.deepEqual(["3", "-1", "3.5", "3s", "", "[unknown]", null].map(numberOf), [
    3,
    -1,
    3.5,
    ...Array(4).fill(undefined),
  ]);
  assert.ok(["0.0.0.0/0", "::/0"].every(isEveryone) && !["10.0.0.0/8", "[unknown]", 0, null].some(isEveryone));
});

test("a value in a message is one line, and not a long one", () => {
  assert.equal(shown("a\nb"), '"a\\nb"');
  assert.ok(shown("x".repeat(1000)).length <= 120);
});

test("the pod is found in everything that makes one", () => {
  const spec = { containers: [{ name: "a" }], initContainers: [{ name: "b", restartPolicy: "Always" }, { name: "c" }] };
  const template = { metadata: { labels: { a: "b" } }, spec };
  const places = {
    "core/v1:Pod": template,
    "apps/v1:Deployment": { spec: { template } },
    "apps/v1:DaemonSet": { spec: { template } },
    "batch/v1:Job": { spec: { template } },
    "batch/v1:CronJob": { spec: { jobTemplate: { spec: { template } } } },
  };
  for (const [kind, inputs] of Object.entries(places)) {
    const pod = podOf(resource(`kubernetes:${kind}`, inputs));
    assert.deepEqual(pod?.labels, { a: "b" }, kind);
    assert.deepEqual(
      pod?.containers.map(({ role }) => role),
      ["sidecar", "prepare", "main"],
      kind,
    );
    for (const { path, inputs: container } of pod!.containers) assert.equal(at(inputs, path), container, kind);
  }
  assert.equal(podOf(resource("kubernetes:core/v1:Service", { spec: { template } })), undefined);
  assert.equal(podOf(resource("kubernetes:apps/v1:Deployment", { spec: "[unknown]" }))?.labels, "[unknown]");
});

test("a bare pod is held to the same as one of a Deployment", () => {
  const found = check([
    resource("kubernetes:core/v1:Pod", { spec: { hostNetwork: true, containers: [{ image: "a" }] } }),
  ]);
  const broken = new Set(found.map(({ rule }) => rule));
  for (const rule of [
    "pod-no-host-access",
    "image-pinned",
    "container-resources",
    "pod-not-root",
    "network-default-deny",
  ])
    assert.ok(broken.has(rule), rule);
  assert.match(found.find(({ rule }) => rule === "pod-no-host-access")!.message, /^spec\.hostNetwork is true$/);
});

test("nothing is asked of components, of what is only read, and of what is not there", () => {
  const bad = resource("aws:rds/instance:Instance", { publiclyAccessible: true });
  assert.ok(check([bad]).length > 0);
  assert.deepEqual(check([{ ...bad, custom: false }]), []);
  assert.deepEqual(check([{ ...bad, read: true }]), []);
  assert.deepEqual(check([]), []);
});

test("mandatory findings come first", () => {
  const findings = check([
    resource("aws:rds/instance:Instance", { autoMinorVersionUpgrade: false, publiclyAccessible: true }),
  ]);
  const levels = findings.map(({ level }) => level);
  assert.deepEqual(levels, [...levels].sort().reverse());
  assert.ok(levels.includes("advisory"));
});

test("a selector may select what is not known, and selects nothing that has another label", () => {
  assert.ok(maySelect({ matchLabels: { a: "b" } }, { a: "b", c: "d" }));
  assert.ok(!maySelect({ matchLabels: { a: "b" } }, { a: "c" }));
  assert.ok(!maySelect({ matchLabels: { a: "b" } }, {}));
  for (const labels of ["[unknown]", { a: "[unknown]" }]) assert.ok(maySelect({ matchLabels: { a: "b" } }, labels));
  assert.equal(replicasOf(resource("kubernetes:apps/v1:Deployment", {})), 1);
  assert.equal(replicasOf(resource("kubernetes:apps/v1:Deployment", { spec: { replicas: "[unknown]" } })), undefined);
});
