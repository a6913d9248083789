import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { previewNeeds, standInFolder } from "../../../engine/plugins";
import { previewOnlyProvider } from "../../../engine/providers/previewOnly";
import { unknown } from "../../../engine/providers/values";
import { temporaryFolder } from "../../../lib/temporary";
import { PluginClient } from "../support/pluginClient";

const urnOf = (type: string, name: string) => `urn:pulumi:dev::p::${type}::${name}`;
const password = urnOf("random:index/randomPassword:RandomPassword", "db");
const namespace = urnOf("kubernetes:core/v1:Namespace", "app");

describe("the preview-only plugin", () => {
  let plugin: PluginClient;
  before(async () => {
    plugin = await PluginClient.start(() => previewOnlyProvider("kubernetes"));
  });
  after(() => plugin.stop());

  test("says what it is when it is first used, whatever it is configured with", async () => {
    const configured = await plugin.configure({ kubeconfig: unknown });
    assert.ok(configured.getAcceptsecrets() && configured.getSupportspreview());
    assert.deepEqual(plugin.lines, [
      "info: kubernetes: preview-only stand-in, which asks nobody and can change nothing; not the official plugin",
    ]);
  });

  test("a preview gives back what is known; the rest and the id are for the real one", async () => {
    const inputs = { metadata: { labels: { a: "b" } } };
    assert.deepEqual(await plugin.check(password, { length: 40 }), { inputs: { length: 40 }, failures: [] });
    assert.deepEqual(await plugin.create(namespace, inputs, true), { id: "", outputs: inputs });
    assert.deepEqual((await plugin.create(password, { length: unknown }, true)).outputs, { length: unknown });
  });

  test("a resource that the program looks up is there, and nothing is known of it", async () => {
    assert.deepEqual(await plugin.read(namespace, "kube-system"), { id: "kube-system", inputs: {}, outputs: {} });
    const looked = await plugin.read(namespace, "x", { metadata: { name: "x" } }, { metadata: { name: "x" } });
    assert.deepEqual(looked.outputs, { metadata: { name: "x" } }, "what the program knows of it stays");
  });

  test("everything real is refused, with what to do instead", async () => {
    const state = { metadata: { name: "app" } };
    await assert.rejects(
      plugin.create(namespace, {}),
      /FAILED_PRECONDITION: .*::app: this kubernetes plugin only previews and cannot make anything; run npm run up with the official plugin/,
    );
    for (const preview of [true, false])
      await assert.rejects(plugin.update(namespace, "app", state, state, preview), /cannot change anything/);
    await assert.rejects(plugin.diff(namespace, "app", state, state, {}), /cannot compare with what exists/);
    await assert.rejects(plugin.delete(namespace, "app", state, state), /cannot delete anything/);
    await assert.rejects(plugin.read(namespace, "app", state, { ...state, status: {} }), /cannot look at what exists/);
    await assert.rejects(
      plugin.invoke("gcp:compute/getZones:getZones"),
      /getZones: .* what a stack needs to know is a setting/,
    );
  });

  test("a type that nobody has thought of is an error, so that no preview is guessed", async () => {
    await assert.rejects(
      plugin.create(urnOf("gcp:no/such:Thing", "x"), {}, true),
      /no answer is known for resource type gcp:no\/such:Thing/,
    );
  });

  test("an object of Kubernetes gets the name that it has, else always the same one of its own", async () => {
    const name = async (olds?: object) => {
      const { inputs } = await plugin.check(namespace, { metadata: { labels: { a: "b" } } }, olds as never);
      return (inputs as { metadata: { name: string } }).metadata.name;
    };
    const first = await name();
    assert.match(first, /^app-[0-9a-f]{8}$/);
    assert.equal(await name(), first);
    const old = { metadata: { name: "app-0a1b2c3d", annotations: { "pulumi.com/autonamed": "true" } } };
    assert.equal(await name(old), "app-0a1b2c3d");
  });
});

test("each plugin of an offline preview can be started: it prints a port", async () => {
  const folder = standInFolder(previewNeeds, temporaryFolder("previewOnly"));
  for (const name of ["gcp", "aws"]) {
    const child = spawn(join(folder, `pulumi-resource-${name}`), ["127.0.0.1:1"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    child.kill("SIGINT");
    assert.match(port.toString(), /^\d+\n$/);
    await once(child, "exit");
  }
});
