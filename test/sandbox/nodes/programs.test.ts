import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { addons } from "../../../sandbox/nodes/addons";
import { addressPlan } from "../../../sandbox/nodes/layout";
import { corednsVersion, kubernetesVersion, tools } from "../../../sandbox/nodes/tools";
import { repository } from "../../support/plan";

const source = (path: string) => readFileSync(join(repository, "sandbox/nodes/programs", path), "utf8");
const quoted = (text: string) => [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name!);

test("CoreDNS is built with exactly the plugins that its Corefile names", () => {
  const objects = addons(addressPlan("10.213"), 1);
  const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "coredns");
  const corefile = (config!.data as Record<string, string>).Corefile!;
  // Four spaces in: what is deeper is a plugin's own option.
  const used = [...new Set([...corefile.matchAll(/^ {4}(\w+)/gm)].map(([, name]) => name!))].sort();
  const main = source("coredns/main.go");
  const imported = [...main.matchAll(/coredns\/plugin\/(\w+)"/g)].map(([, name]) => name!).sort();
  const ordered = quoted(/Directives = \[\]string\{([^}]*)\}/.exec(main)![1]!);
  assert.ok(used.includes("kubernetes"));
  assert.deepEqual(imported, used);
  assert.deepEqual([...ordered].sort(), used);
});

test("the program of Kubernetes answers to each name that it is linked by", () => {
  const { links } = tools.find(({ name }) => name === "kubernetes")!;
  const main = source("kubernetes/main.go");
  const servers = [...main.matchAll(/^\t"([a-z-]+)": /gm)].map(([, name]) => name!);
  assert.deepEqual([...links!].sort(), [...servers, "kubectl"].sort());
});

test("versions are those that go.mod pins, and all of Kubernetes is of one", () => {
  for (const version of [kubernetesVersion, `v${corednsVersion}`]) assert.match(version, /^v\d+\.\d+\.\d+$/);
  const parts = [...source("go.mod").matchAll(/^\tk8s\.io\/\S+ => k8s\.io\/\S+ (\S+)$/gm)].map(
    ([, version]) => version,
  );
  assert.ok(parts.length > 20, "the parts of Kubernetes that have modules of their own");
  assert.deepEqual(new Set(parts), new Set([kubernetesVersion.replace("v1.", "v0.")]));
});
