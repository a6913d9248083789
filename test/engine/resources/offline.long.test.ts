import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fromPlan } from "../../../engine/resources/fromPlan";
import { offlineResources } from "../../../engine/resources/offline";
import { plan, repository, stackConfig } from "../../support/plan";

test("the resources of a stack are those that the program registers", async () => {
  const expected = fromPlan(await plan(stackConfig("prod"), { stack: "prod" }));
  assert.deepEqual(await offlineResources("prod"), expected);
});

test("programs that are asked for at once run one after the other, and leave the environment as it was", async () => {
  const { KUBECONFIG: before } = process.env;
  const folder = process.cwd();
  process.env.KUBECONFIG = "/the/person's/own";
  const [dev, prod, again] = await Promise.all([
    offlineResources("dev"),
    offlineResources("prod-eks"),
    offlineResources("dev"),
  ]);
  assert.deepEqual(dev, again);
  assert.ok(dev.every(({ urn }) => urn.startsWith("urn:pulumi:dev::")));
  assert.ok(prod.every(({ urn }) => urn.startsWith("urn:pulumi:prod-eks::")));
  assert.deepEqual([process.env.KUBECONFIG, process.cwd()], ["/the/person's/own", folder]);
  delete process.env.KUBECONFIG;
  await offlineResources("dev");
  assert.equal(process.env.KUBECONFIG, undefined);
  if (before !== undefined) process.env.KUBECONFIG = before;
});

test("another text of the file is run instead, and its mistakes are told with its name", async () => {
  const text = readFileSync(join(repository, "Pulumi.prod.yaml"), "utf8");
  const nodes = (resources: Awaited<ReturnType<typeof offlineResources>>) =>
    resources
      .filter(({ type }) => type === "gcp:container/nodePool:NodePool")
      .map(({ inputs }) => inputs.nodeConfig.machineType);
  assert.deepEqual(nodes(await offlineResources("prod", { text: text.replace("e2-standard-4", "e2-standard-8") })), [
    "e2-standard-8",
    "e2-standard-2",
  ]);
  await assert.rejects(offlineResources("prod", { text: "{", name: "the file at v1" }), /the file at v1 is no YAML/);
});

/** Runs wrong settings and then a stack that is right, in a process of its own, with something failing in between. */
function afterFailure(late: string) {
  const program = `
    const { RunError } = require("@pulumi/pulumi");
    const { offlineResources } = require("./engine/resources/offline");
    const text = require("node:fs").readFileSync("Pulumi.prod.yaml", "utf8").replace("region: europe-west1", "region: Belgium");
    offlineResources("prod", { text, name: "the file at v1" })
      .catch((error) => console.log(error.name, error.message))
      .then(() => { ${late} })
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(() => offlineResources("dev"))
      .then((resources) => console.log(resources.length > 50));
  `;
  const loader = join(repository, "components/loader.cjs");
  return spawnSync(process.execPath, ["--require", loader, "--eval", program], { cwd: repository, encoding: "utf8" });
}

test("settings that are wrong are told with the name of the file, and the next program runs all the same", () => {
  const { stdout, stderr, status } = afterFailure('Promise.reject(new RunError("what else the program was doing"))');
  assert.deepEqual([stderr, status], ["", 0]);
  assert.match(stdout, /^UserError the file at v1: 1 setting is wrong[\s\S]*"Belgium" is not a region[\s\S]*\ntrue\n$/);
});

test("a defect after a failed program is not swallowed", () => {
  const { stderr, status } = afterFailure('Promise.reject(new Error("a defect"))');
  assert.match(stderr, /Error: a defect/);
  assert.notEqual(status, 0);
});

test("a stack that is none is refused", async () => {
  await assert.rejects(offlineResources("nowhere"), /there is no stack nowhere/);
});
