import assert from "node:assert/strict";
import { test } from "node:test";
import { lineThrough } from "./growth";
import { rootImportProgram } from "./rootImports";

test("the same resources in one file with root imports", () => {
  const custom = (type: string, name: string) => ({ type, name, custom: true, inputs: { a: [1, "b"] } });
  assert.equal(
    rootImportProgram([
      { ...custom("pulumi:pulumi:Stack", "switchboard-dev"), custom: false },
      custom("pulumi:providers:gcp", "cloud"),
      custom("gcp:container/cluster:Cluster", "cluster"),
      custom("random:index/randomPassword:RandomPassword", "password"),
      { type: "switchboard:apps:Workload", name: "panel", custom: false, inputs: {} },
      custom("kubernetes:apps/v1:Deployment", "panel-deployment"),
      custom("kubernetes:rbac.authorization.k8s.io/v1:Role", "role"),
      custom("kubernetes:helm.sh/v3:Release", "chart"),
      custom("kubernetes:cert-manager.io/v1:Issuer", "issuer"),
    ]),
    `import * as pulumi from "@pulumi/pulumi";
import * as gcp from "@pulumi/gcp";
import * as k8s from "@pulumi/kubernetes";
import * as random from "@pulumi/random";

new gcp.Provider("cloud", {"a":[1,"b"]} as any);
new gcp.container.Cluster("cluster", {"a":[1,"b"]} as any);
new random.RandomPassword("password", {"a":[1,"b"]} as any);
new pulumi.ComponentResource("switchboard:apps:Workload", "panel");
new k8s.apps.v1.Deployment("panel-deployment", {"a":[1,"b"]} as any);
new k8s.rbac.v1.Role("role", {"a":[1,"b"]} as any);
new k8s.helm.v3.Release("chart", {"a":[1,"b"]} as any);
new k8s.apiextensions.CustomResource("issuer", {"a":[1,"b"]} as any);
`,
  );
});

test("packages of other stacks are imported and kept", () => {
  assert.equal(
    rootImportProgram([], ["aws", "kubernetes"]),
    `import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";

void aws;
void k8s;
`,
  );
});

test("the line through points, and how much of them it explains", () => {
  const points = (...seconds: number[]) => seconds.map((cpuSeconds, index) => ({ workloads: index * 100, cpuSeconds }));
  const straight = lineThrough(points(1, 2, 3, 4));
  assert.ok(Math.abs(straight.atZero - 1) < 1e-9);
  assert.ok(Math.abs(straight.perWorkload - 0.01) < 1e-9);
  assert.ok(Math.abs(straight.explained - 1) < 1e-9);
  assert.ok(lineThrough(points(1, 2, 5, 10)).explained < 0.95);
});
