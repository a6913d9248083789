import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { otherOwner, ownerName, StackOwnership } from "../../../components/network/stackOwnership";
import { record } from "../../../engine/record/recorder";
import { temporaryFolder } from "../../../lib/temporary";
import { smallConfig } from "../../support/config";
import { plan } from "../../support/plan";
import { layerKey, project } from "../../support/project";

const owner = { project: "switchboard", stack: "dev", stage: "test" };
const part = { "app.kubernetes.io/part-of": "switchboard" };

test("an object is the stack's own by the stack's name, and without one by program and stage", () => {
  const cases: [labels: Record<string, string>, told: string | undefined][] = [
    [{ ...part, "switchboard.dev/stack": "switchboard.dev", "switchboard.dev/stage": "other" }, undefined],
    [{ ...part, "switchboard.dev/stack": "switchboard.review-7" }, "belongs to stack switchboard.review-7"],
    [{ ...part, "switchboard.dev/stage": "test" }, undefined],
    [part, undefined],
    [{ ...part, "switchboard.dev/stage": "prod" }, "belongs to the stage prod"],
    [{ "switchboard.dev/stage": "test" }, "was not made by this program"],
    [{}, "was not made by this program"],
  ];
  for (const [labels, told] of cases) assert.equal(otherOwner(labels, owner), told, JSON.stringify(labels));
});

test("the name of a stack is a label's value, also of long ones that begin alike", () => {
  assert.equal(ownerName(owner), "switchboard.dev");
  const [one, two] = ["a", "b"].map((end) => ownerName({ project: "p".repeat(60), stack: `${"s".repeat(60)}${end}` }));
  for (const name of [one!, two!]) assert.match(name, /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])$/);
  assert.notEqual(one, two);
});

describe("the look before something with a fixed name is made", () => {
  let folder: string;
  const path = process.env.PATH;
  beforeEach(() => {
    folder = temporaryFolder("test");
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  /** What kubectl answers: its words of releases 1.32 to 1.36. */
  function kubectlSays({ stdout = "", stderr = "", code = 0 }: { stdout?: string; stderr?: string; code?: number }) {
    writeFileSync(join(folder, "stdout"), stdout);
    writeFileSync(join(folder, "stderr"), stderr);
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/arguments\ncat "\${1#--kubeconfig=}" > ${folder}/given\ncat ${folder}/stdout\ncat ${folder}/stderr >&2\nexit ${code}\n`;
    writeFileSync(join(folder, "kubectl"), script);
    chmodSync(join(folder, "kubectl"), 0o700);
    process.env.PATH = [folder, path].join(delimiter);
  }

  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
  const kubeconfig = '{"clusters":[{"name":"lab","cluster":{"server":"https://192.0.2.1:6443"}}]}';

  /** Makes the object as the engine would: the hook, then what it warned of. */
  async function make(inputs: object, { preview = true, config = kubeconfig, isOwn = false } = {}) {
    let told = "";
    const { warnings } = await record(
      async () => {
        const ownership = new StackOwnership(owner, pulumi.output(config), { name: "lab", isOwn });
        const options = ownership.guard("space", "Choose another name with cluster.namespace");
        new core.Namespace("space", {}, options);
        const hook = options.hooks!.beforeCreate![0] as pulumi.ResourceHook;
        assert.equal(hook.opts?.onDryRun, true);
        await new Promise(setImmediate);
        told = await Promise.resolve(hook.callback({ urn: "", id: "", name: "", type: "", newInputs: inputs } as never))
          .then(() => "")
          .catch((error: Error) => error.message);
        return {};
      },
      { project: "switchboard", stack: "dev", config: {}, preview },
    );
    return { told, warnings };
  }

  test("nothing there: it is made; the kubeconfig was in a file that has gone", async () => {
    kubectlSays({});
    assert.deepEqual(await make(namespace), { told: "", warnings: [] });
    const args = readFileSync(join(folder, "arguments"), "utf8").trim().split("\n");
    assert.deepEqual(args.slice(2), ["get", "Namespace", "shop", "--ignore-not-found", "--output=json"]);
    assert.equal(readFileSync(join(folder, "given"), "utf8"), kubeconfig);
    assert.ok(!existsSync(args[0]!.replace("--kubeconfig=", "")));
  });

  test("what an earlier run of the stack made, and what is just going, is no reason to stop", async () => {
    kubectlSays({ stdout: JSON.stringify({ metadata: { labels: { "switchboard.dev/stack": "switchboard.dev" } } }) });
    assert.deepEqual(await make(namespace, { preview: false }), { told: "", warnings: [] });
    kubectlSays({ stdout: JSON.stringify({ metadata: { deletionTimestamp: "2026-11-01T00:00:00Z" } }) });
    assert.deepEqual(await make(namespace), { told: "", warnings: [] });
  });

  for (const preview of [true, false]) {
    test(`somebody else's is refused by name in ${preview ? "a preview" : "an update"}`, async () => {
      kubectlSays({ stdout: JSON.stringify({ metadata: { name: "shop" } }) });
      const { told } = await make(namespace, { preview });
      assert.match(
        told,
        /^Namespace shop is in the cluster lab already and was not made by this program\. Stack switch/,
      );
      assert.match(told, /Choose another name with cluster\.namespace; or delete it\./);
      assert.match(told, /kubectl label namespace shop --overwrite switchboard\.dev\/stack=switchboard\.dev$/);
    });
  }

  test("a custom kind is asked for with its group, and one that is not defined yet has no objects", async () => {
    kubectlSays({ stderr: `error: the server doesn't have a resource type "ClusterIssuer"\n`, code: 1 });
    const issuer = { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name: "shop-acme" } };
    assert.deepEqual(await make(issuer, { preview: false }), { told: "", warnings: [] });
    assert.match(readFileSync(join(folder, "arguments"), "utf8"), /^ClusterIssuer\.v1\.cert-manager\.io$/m);
  });

  test("a cluster that cannot be asked: the preview warns, the update makes nothing", async () => {
    kubectlSays({ stderr: "E1129 memcache.go\nUnable to connect to the server: dial tcp: i/o timeout\n", code: 1 });
    const { told, warnings } = await make(namespace);
    assert.equal(told, "");
    assert.match(warnings.join(), /Namespace shop .* could not be checked: Unable to connect .*; the up will look/);
    const update = await make(namespace, { preview: false });
    assert.match(update.told, /could not be checked: Unable to connect.*; nothing was made$/);
    const own = await make(namespace, { preview: false, isOwn: true });
    assert.equal(own.told, "");
    assert.match(own.warnings.join(), /could not be checked: Unable to connect/);
  });

  test("without kubectl the reason says what to install", async () => {
    process.env.PATH = folder;
    assert.match((await make(namespace, { preview: false })).told, /kubectl is not installed \(https/);
  });

  test("a kubeconfig that leads nowhere and a name that is not known yet are not asked about", async () => {
    process.env.PATH = folder;
    const nowhere = "clusters:\n  - name: lab\n    cluster:\n      server: https://offline.invalid\n";
    assert.deepEqual(await make(namespace, { config: nowhere }), { told: "", warnings: [] });
    const asJson = '{"clusters":[{"cluster":{"server":"https://offline.invalid"}}]}';
    assert.deepEqual(await make(namespace, { config: asJson }), { told: "", warnings: [] });
    assert.deepEqual(await make({ kind: "Namespace", metadata: {} }), { told: "", warnings: [] });
  });
});

test("what stands outside the namespace names its stack and looks first, whatever the cluster is", async () => {
  const edge = {
    ...(smallConfig()[layerKey("edge")] as object),
    panel: { host: "panel.switchboard.dev" },
    chat: { host: "chat.switchboard.dev" },
    certificate: { kind: "acme", email: "a@switchboard.dev" },
  };
  const { registrations } = await plan(smallConfig({ edge }));
  const wide = registrations.filter(
    ({ type, inputs }) => type.startsWith("kubernetes:") && inputs.metadata && !inputs.metadata.namespace,
  );
  assert.deepEqual(wide.map(({ name }) => name).sort(), ["cert-manager-namespace", "namespace-namespace"]);
  for (const { name, inputs, hooks } of wide) {
    assert.equal(inputs.metadata.labels["switchboard.dev/stack"], `${project}.dev`);
    assert.deepEqual(hooks, [`${name}-owner`]);
  }
});
