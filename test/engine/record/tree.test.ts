import assert from "node:assert/strict";
import { test } from "node:test";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { counts, jsonOf } from "../../../cli/commands/preview/rendered";
import { introduction, reportOf } from "../../../cli/commands/preview/report";
import type { Plan } from "../../../engine/record/plan";
import { record } from "../../../engine/record/recorder";
import { shortType, type TreeStyle, treeOf, wrapLine } from "../../../engine/record/tree";
import { render } from "../../support/golden";

const plain: TreeStyle = { width: 100, valueWidth: 100, colours: false, properties: false };

class Store extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:data:Store", name, {});
    const below = { parent: this };
    new core.Namespace(`${name}-system`, { metadata: { name: "z" } }, { ...below, protect: true });
    const { result } = new RandomPassword(`${name}-password`, { length: 20 }, below);
    new core.Secret(`${name}-keys`, { metadata: { name: "keys" }, stringData: { result } }, below);
    new core.ConfigMap(`${name}-conf`, { metadata: { name: "conf" }, data: { text: "word ".repeat(60) } }, below);
    core.Namespace.get(`${name}-there`, "kube-system", below);
  }
}

const program = async () => {
  new Store("store");
  new Store("another");
  void pulumi.log.warn("too small");
  return { url: "https://x", key: pulumi.secret("open sesame"), nested: { list: ["a", "b"] } };
};

const planned = (): Promise<Plan> => record(program, { project: "p", stack: "s", config: {}, preview: false });

test("the tree: components in the program's order, what is in them by name, marks for what is special", async () => {
  assert.deepEqual(treeOf(await planned(), plain).slice(0, 6), [
    "├─ store                test:data:Store",
    "│  ├─ store-conf        kubernetes:core/v1:ConfigMap",
    "│  ├─ store-keys        kubernetes:core/v1:Secret",
    "│  ├─ store-password    random:index:RandomPassword",
    "│  ├─ store-system      kubernetes:core/v1:Namespace  protected",
    "│  └─ store-there       kubernetes:core/v1:Namespace  read",
  ]);
});

test("no line is wider than the page, with and without properties", async () => {
  const plan = await planned();
  for (const width of [40, 63, 100]) {
    for (const properties of [true, false]) {
      const style = { width, valueWidth: width, colours: false, properties };
      for (const line of [...introduction("s", ["a note ".repeat(30)], style), ...reportOf("s", plan, style)]) {
        assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
      }
    }
  }
});

test("colours only where they are wanted, and without them the text is the same", async () => {
  const plan = await planned();
  const coloured = reportOf("s", plan, { ...plain, colours: true }).join("\n");
  const without = reportOf("s", plan, plain).join("\n");
  assert.doesNotMatch(without, /\x1b/);
  assert.match(coloured, /\x1b\[33mprotected\x1b\[39m/);
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), without);
});

test("a secret is in no form of a preview", async () => {
  const plan = await planned();
  const forms = [
    reportOf("s", plan, { ...plain, properties: true }).join("\n"),
    render(plan),
    JSON.stringify(jsonOf("s", [], plan), null, 2),
  ];
  for (const text of forms) {
    assert.doesNotMatch(text, /open sesame|generated-password/);
    assert.match(text, /\[secret\]/);
  }
});

test("the report ends with outputs, warnings and counts", async () => {
  const text = reportOf("s", await planned(), plain).join("\n");
  assert.match(text, /^ {2}nested\.list {2}a, b$/m);
  assert.match(text, /^ {2}key {10}\[secret\]$/m);
  assert.match(text, /^warning: too small$/m);
  assert.match(text, /^8 resources in 2 components: kubernetes 6, random 2\.$/m);
  assert.match(text, /^2 protected from being deleted or replaced: another-system, store-system\.$/m);
});

test("the opening says what it is and what it is not", () => {
  const text = introduction("prod", ["something was replaced"], plain).join("\n");
  assert.match(text, /^Offline preview of stack prod/);
  assert.match(text, /No cloud, no cluster and no state was asked and no credentials were used/);
  assert.match(text, /^- something was replaced$/m);
});

test("JSON holds every resource with its options and the counts", async () => {
  const found = JSON.parse(JSON.stringify(jsonOf("s", ["note"], await planned())));
  assert.deepEqual(found.offline.replaced, ["note"]);
  assert.deepEqual(found.counts, counts(await planned()));
  assert.equal(found.resources.length, 10);
  assert.equal(found.resources.find((one: any) => one.name === "store-system").protect, true);
  assert.equal(found.reads.length, 2);
});

test("types are shown as the Pulumi CLI shows them", () => {
  assert.equal(shortType("gcp:container/cluster:Cluster"), "gcp:container:Cluster");
  assert.equal(shortType("kubernetes:core/v1:ConfigMap"), "kubernetes:core/v1:ConfigMap");
  assert.equal(shortType("pulumi:providers:gcp"), "pulumi:providers:gcp");
});

test("lines are cut between words, and a word that fits nowhere is cut itself", () => {
  assert.deepEqual(wrapLine("a line of some more words that is long", 25, 2), [
    "a line of some more words",
    "  that is long",
  ]);
  assert.deepEqual(wrapLine("x".repeat(45), 20, 0), ["x".repeat(20), "x".repeat(20), "x".repeat(5)]);
  assert.deepEqual(wrapLine("short", Number.POSITIVE_INFINITY), ["short"]);
});
