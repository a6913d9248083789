import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { secret } from "../../../engine/providers/values";
import { PluginClient } from "../../engine/support/pluginClient";
import { deployedPlugin } from "./deployedPlugin";
import { really, refuseWhere } from "./drifted";

const urn = "urn:pulumi:dev::p::kubernetes:apps/v1:Deployment::web";
const state = {
  id: "app/web",
  inputs: { spec: { replicas: 3, containers: [{ name: "a", image: "x" }] }, metadata: { labels: { a: "b" } } },
  outputs: { spec: { replicas: 3, containers: [{ name: "a", image: "x" }] }, status: { ready: 3 } },
};

test("what nobody mentions is as the state says", () => {
  assert.deepEqual(really({}, urn, state), state);
  assert.deepEqual(really({ other: { gone: true } }, urn, state), state);
});

test("properties are otherwise, by URN or by name, without a change of what was given", () => {
  const before = structuredClone(state);
  const properties = {
    "spec.replicas": 1,
    "spec.containers[0].image": "y",
    'metadata.annotations["a.b/c"]': "d",
    "metadata.labels.a": null,
  };
  for (const key of [urn, "web"]) {
    const found = really({ [key]: { properties } }, urn, state)!;
    assert.deepEqual(found.inputs, {
      spec: { replicas: 1, containers: [{ name: "a", image: "y" }] },
      metadata: { labels: {}, annotations: { "a.b/c": "d" } },
    });
    assert.deepEqual(found.outputs.status, { ready: 3 });
  }
  assert.deepEqual(state, before);
});

test("a secret stays one when something in it is otherwise", () => {
  const outputs = { data: secret({ a: "1", b: "2" }) };
  const found = really({ web: { properties: { "data.a": "3" } } }, urn, { id: "x", inputs: {}, outputs })!;
  assert.deepEqual(found.outputs.data, secret({ a: "3", b: "2" }));
});

test("what is gone is gone, and what is refused is refused with the cloud's words", async () => {
  assert.equal(really({ web: { gone: true } }, urn, state), undefined);
  assert.throws(() => refuseWhere({ web: { refused: "quotaExceeded" } }, urn), /quotaExceeded/);
  const provider = deployedPlugin("kubernetes", { web: { refused: "quotaExceeded" } });
  const request = {
    urn,
    type: "kubernetes:apps/v1:Deployment",
    name: "web",
    olds: undefined,
    news: {},
    seed: new Uint8Array(),
  };
  await assert.rejects(async () => provider.check(request), /quotaExceeded/);
});

describe("the plugin of a stack that is there", () => {
  let plugin: PluginClient;
  before(async () => {
    plugin = await PluginClient.start(() => deployedPlugin("kubernetes"));
  });
  after(() => plugin.stop());
  const namespace = "urn:pulumi:dev::p::kubernetes:core/v1:Namespace::app";

  test("an update keeps what the provider added when it was made", async () => {
    const old = { spec: { a: 1 }, status: { ready: true } };
    const { outputs } = await plugin.update(namespace, "app", old, { spec: { a: 2 } }, true);
    assert.deepEqual(outputs, { spec: { a: 2 }, status: { ready: true } });
  });

  test("a change is told at its path", async () => {
    const { changed, paths, replaces } = await plugin.diff(namespace, "app", { a: 1 }, {}, { a: 2 });
    assert.deepEqual({ changed, paths, replaces }, { changed: true, paths: ["a"], replaces: [] });
  });

  test("nothing is changed for real", async () => {
    await assert.rejects(plugin.update(namespace, "app", {}, {}), /cannot change anything/);
  });
});
