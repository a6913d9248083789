import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { driftOf } from "../../../review/drift";
import { markdownOf, textOf } from "../../../review/drift/text";
import type { Change, PropertyChange, StackPreview } from "../../../review/plan";
import { stackPreview } from "../../../review/plan";
import { fixture, fixtureNames } from "../../support/previews/fixtures";

const counts = { create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, read: 0, refresh: 1, same: 0 };

function found(
  type: string,
  properties: readonly Partial<PropertyChange>[],
  change: Partial<Change> = {},
): StackPreview {
  const urn = `urn:pulumi:dev::switchboard::${type}::thing`;
  const inputs = { metadata: { name: "thing", namespace: "switchboard" } };
  const resource = {
    urn,
    type,
    name: "thing",
    parent: "",
    custom: true,
    read: false,
    protect: false,
    dependencies: [],
    inputs,
  };
  const full = properties.map(
    (property) => ({ path: "", kind: "change", forcesReplacement: false, ...property }) as PropertyChange,
  );
  const entry: Change = {
    ...{ operation: "refresh", urn, type, name: "thing", components: ["panel"], before: resource, after: resource },
    ...{ properties: full, forcedBy: [], risk: "caution", reasons: [] },
    ...change,
  };
  return {
    ...{ project: "switchboard", stack: "dev", origin: "engine", succeeded: true, changes: [entry], counts },
    ...{ risk: "caution", diagnostics: [], before: [resource], after: [resource] },
  };
}

const deployment = "kubernetes:apps/v1:Deployment";

describe("what was changed by hand is drift, what others keep is not", () => {
  const drifted: readonly [string, string, Partial<PropertyChange>][] = [
    ["a replica count", deployment, { path: "spec.replicas", before: 2, after: 5 }],
    ["an image", deployment, { path: "spec.template.spec.containers[panel].image", before: "a:1", after: "a:2" }],
    ["a label of the program", deployment, { path: "metadata.labels.stage", before: "dev", after: "prod" }],
    [
      "a variable that somebody put in",
      deployment,
      { path: "spec.template.spec.containers[panel].env[X]", kind: "add", after: { name: "X", value: "1" } },
    ],
    [
      "a rule that was taken out",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      { path: "spec.ingress", kind: "remove", before: [{}] },
    ],
    ["a smaller disk", "aws:rds/instance:Instance", { path: "allocatedStorage", before: 40, after: 20 }],
    [
      "a pool's machine",
      "gcp:container/nodePool:NodePool",
      { path: "nodeConfig.machineType", before: "e2-standard-2", after: "e2-micro" },
    ],
  ];
  for (const [name, type, property] of drifted) {
    test(`${name} is drift`, () => {
      const { resources } = driftOf(found(type, [property]));
      assert.deepEqual(
        resources[0]?.properties.map(({ path }) => path),
        [property.path],
      );
    });
  }

  const expected: readonly [string, string, Partial<PropertyChange>][] = [
    ["an object's status", deployment, { path: "status.readyReplicas", kind: "add", after: 2 }],
    [
      "a controller's annotation",
      deployment,
      { path: 'metadata.annotations["deployment.kubernetes.io/revision"]', kind: "add", after: "3" },
    ],
    [
      "a restart",
      deployment,
      { path: 'spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]', kind: "add", after: "now" },
    ],
    [
      "a default of the API server",
      deployment,
      { path: "spec.template.spec.dnsPolicy", kind: "add", after: "ClusterFirst" },
    ],
    [
      "an address that the cluster gave out",
      "kubernetes:core/v1:Service",
      { path: "spec.clusterIP", kind: "add", after: "10.0.0.1" },
    ],
    ["a pool's size", "aws:eks/nodeGroup:NodeGroup", { path: "scalingConfig.desiredSize", before: 3, after: 5 }],
    ["a disk that grew", "aws:rds/instance:Instance", { path: "allocatedStorage", before: 20, after: 40 }],
  ];
  for (const [name, type, property] of expected) {
    test(`${name} is expected`, () => {
      const { resources, expected: left } = driftOf(found(type, [property]));
      assert.deepEqual(resources, []);
      assert.equal(left.length, 1);
      assert.ok(left[0]!.why);
    });
  }

  test("the door of a deployment that runs is expected, and nobody else's way in", () => {
    const type = "aws:eks/cluster:Cluster";
    const open = (tags: object, ...properties: Partial<PropertyChange>[]) => {
      const preview = found(type, properties);
      const [change] = preview.changes;
      return { ...preview, changes: [{ ...change!, after: { ...change!.after!, inputs: { tags } } }] };
    };
    const tag = "switchboard.dev/open-to-203.0.113.9";
    const door = { stage: "prod", [tag]: "2026-11-29T14:10:00Z" };
    const tagged = { path: `tags["${tag}"]`, kind: "add", after: "2026-11-29T14:10:00Z" } as const;
    const isPublic = { path: "vpcConfig.endpointPublicAccess", before: false, after: true };
    const cidr = (after: string) => ({ path: "vpcConfig.publicAccessCidrs[0]", before: "0.0.0.0/0", after });
    assert.deepEqual(driftOf(open(door, tagged, isPublic, cidr("203.0.113.9/32"))).resources, []);
    for (const [tags, ...properties] of [
      [{ stage: "prod" }, isPublic],
      [door, cidr("198.51.100.1/32")],
      [door, { ...isPublic, before: true, after: false }],
      [door, { path: "vpcConfig.endpointPrivateAccess", before: true, after: false }],
    ] as const) {
      assert.equal(driftOf(open(tags, ...properties)).resources.length, 1, JSON.stringify(properties));
    }
  });

  test("replicas under an autoscaler are expected", () => {
    const preview = found(deployment, [{ path: "spec.replicas", before: 2, after: 5 }]);
    const scaler = {
      ...{ urn: "u", type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name: "s", parent: "", custom: true },
      ...{ read: false, protect: false, dependencies: [] },
      inputs: {
        metadata: { namespace: "switchboard" },
        spec: { scaleTargetRef: { kind: "Deployment", name: "thing" } },
      },
    };
    assert.equal(driftOf(preview).resources.length, 1);
    assert.equal(driftOf({ ...preview, before: [...preview.before, scaler] }).resources.length, 0);
  });

  test("what controllers add is expected only where the program gives nothing", () => {
    const service = "kubernetes:core/v1:Service";
    for (const [type, path] of [
      [deployment, 'metadata.annotations["deployment.kubernetes.io/revision"]'],
      [service, 'metadata.annotations["service.k8s.aws/scheme"]'],
      [service, "spec.clusterIP"],
      [deployment, "spec.template.spec.dnsPolicy"],
    ] as const) {
      const changed = found(type, [{ path, kind: "change", before: "the program's", after: "ClusterFirst" }]);
      assert.equal(driftOf(changed).resources.length, 1, path);
      assert.equal(driftOf(found(type, [{ path, kind: "remove", before: "a" }])).resources.length, 1, path);
    }
  });

  test("what is gone comes first", () => {
    const gone = found(deployment, [], { operation: "delete", after: undefined });
    assert.deepEqual(driftOf(gone).resources[0]?.what, "gone");
    assert.match(textOf(driftOf(gone), false).join("\n"), /Deployment.*thing.* is gone/);
  });
});

describe("recorded refreshes", () => {
  const recorded = fixtureNames().filter((name) => name.startsWith("drift"));
  test("there are some", () => assert.ok(recorded.length >= 3, recorded.join()));
  for (const name of recorded) {
    test(`${name} is told in words and as Markdown, and holds no secret`, () => {
      const { stdout, exitCode, stderr } = fixture(name);
      const drift = driftOf(stackPreview(stdout, { exitCode, stderr }));
      const markdown = markdownOf(drift);
      assert.equal(markdown === undefined, drift.resources.length === 0);
      assert.equal(drift.resources.length === 0, name === "drift-none");
      const text = `${textOf(drift, true).join("\n")}\n${markdown ?? ""}`;
      for (const { name: resource } of drift.resources) assert.ok(text.includes(resource), resource);
      assert.doesNotMatch(text, /BEGIN [A-Z ]*PRIVATE KEY/);
    });
  }
});

test("Markdown holds whatever a value contains and keeps to its limit", () => {
  const nasty = "`@everyone` <img src=x onerror=alert(1)> [a](http://x) \n# title ```";
  const preview = found(deployment, [{ path: "spec.paused", before: "no", after: nasty }]);
  const markdown = markdownOf(driftOf(preview))!;
  assert.doesNotMatch(markdown.replace(/(`+)[\s\S]*?\1/g, ""), /@everyone|<img|\]\(/);
  const many = { ...preview, changes: Array.from({ length: 500 }, () => preview.changes[0]!) };
  const long = markdownOf(driftOf(many), 2000)!;
  assert.ok(long.length <= 2000, String(long.length));
  assert.match(long, /- and \d+ more$/);
});
