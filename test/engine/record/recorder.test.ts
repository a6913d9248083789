import assert from "node:assert/strict";
import { test } from "node:test";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { guardedUpdate } from "../../../components/clouds/shared/guards";
import type { Plan } from "../../../engine/record/plan";
import { type RecordOptions, record } from "../../../engine/record/recorder";

function run(program: () => Record<string, unknown>, options: Partial<RecordOptions> = {}): Promise<Plan> {
  return record(async () => program(), { project: "p", stack: "s", config: {}, ...options });
}

const configMap = (name: string, opts: pulumi.CustomResourceOptions = {}) =>
  new core.ConfigMap(name, { metadata: { name } }, opts);

test("what does not exist yet has no id in a preview, and one in an update", async () => {
  const program = () => ({ id: configMap("a").id });
  assert.equal((await run(program)).outputs.id, "[unknown]");
  assert.equal((await run(program, { preview: false })).outputs.id, "a-id");
});

test("a resource that is only looked up is a reading of which a preview knows nothing", async () => {
  const plan = await run(() => ({ uid: core.Namespace.get("system", "kube-system").metadata.uid }));
  assert.equal(plan.outputs.uid, "[unknown]");
  assert.deepEqual(plan.registrations, []);
  assert.deepEqual(
    plan.reads.map(({ type, name, id, parent }) => ({ type, name, id, parent })),
    [{ type: "kubernetes:core/v1:Namespace", name: "system", id: "kube-system", parent: "" }],
  );
});

test("guards of changes are recorded with the resource that they guard", async () => {
  const plan = await run(() => {
    configMap(
      "a",
      guardedUpdate("a", () => undefined),
    );
    return {};
  });
  assert.deepEqual(plan.named("kubernetes:core/v1:ConfigMap", "a").hooks, ["a-guard"]);
});

test("warnings belong to the plan", async () => {
  const plan = await run(() => {
    void pulumi.log.warn("mind the gap");
    return {};
  });
  assert.deepEqual(plan.warnings, ["mind the gap"]);
});

test("the engine's own refusals: one URN twice, a default provider that is switched off", async () => {
  // Pulumi rejects more promises than it hands out, which the recorder waits for and this runner would take for its own.
  const { status, stderr } = await inChild(`
    const core = require("@pulumi/kubernetes/core/v1");
    const { record } = require("./engine/record/recorder.ts");
    const make = () => new core.ConfigMap("a", { metadata: { name: "a" } });
    const options = { project: "p", stack: "s" };
    (async () => {
      await record(async () => (make(), make(), {}), { ...options, config: {} }).catch((e) => console.error(e.message));
      const config = { "pulumi:disable-default-providers": ["*"] };
      await record(async () => (make(), {}), { ...options, config }).catch((e) => console.error(e.message));
      process.exit(7);
    })();`);
  assert.equal(status, 7, stderr);
  assert.match(stderr, /two resources are urn:pulumi:s::p::kubernetes:core\/v1:ConfigMap::a/);
  assert.match(stderr, /ConfigMap::a has no provider, and pulumi:disable-default-providers names kubernetes/);
});

test("what fails inside an output fails the run, also where nobody waits for it", async () => {
  const { status, stderr } = await inChild(`
    const core = require("@pulumi/kubernetes/core/v1");
    const { record } = require("./engine/record/recorder.ts");
    const program = async () => {
      const map = new core.ConfigMap("a", { metadata: { name: "a" } });
      map.metadata.name.apply(() => { throw new Error("not this cluster"); });
      return {};
    };
    record(program, { project: "p", stack: "s", config: {} }).then(
      () => process.exit(1),
      (e) => { console.error(e.message); process.exit(7); },
    );`);
  assert.equal(status, 7, stderr);
  assert.match(stderr, /^not this cluster$/m);
});

async function inChild(script: string): Promise<{ status: number | null; stderr: string }> {
  const { spawnSync } = await import("node:child_process");
  const args = ["--require", "./components/loader.cjs", "-e", script];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { status, stderr };
}
