import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { KubernetesProvider } from "../../../../engine/providers/kubernetes";
import { FakeApi } from "../../support/fakeApi";
import { initFailure, PluginClient } from "../../support/pluginClient";

const urnOf = (kind: string) => `urn:pulumi:dev::p::kubernetes:apps/v1:${kind}::web`;
const inputs = {
  metadata: { name: "web", namespace: "app", annotations: { "pulumi.com/timeoutSeconds": "1" } },
  spec: { replicas: 1, selector: { matchLabels: { app: "web" } } },
};

let api: FakeApi;
let plugin: PluginClient;
beforeEach(async () => {
  api = new FakeApi();
  const kubeconfig = await api.start();
  plugin = await PluginClient.start((log) => new KubernetesProvider(log));
  await plugin.configure({ kubeconfig });
});
afterEach(() => {
  delete process.env.SWITCHBOARD_DONE_AT_ONCE;
  plugin.stop();
  api.stop();
});

for (const kind of ["Deployment", "StatefulSet"]) {
  test(`a ${kind} whose pods do not come is waited for, and called done at once where a test wants that`, async () => {
    const made = async () => plugin.create(urnOf(kind), (await plugin.check(urnOf(kind), inputs)).inputs);
    await assert.rejects(made(), (error: Parameters<typeof initFailure>[0]) => {
      assert.match(initFailure(error).reasons.join(), /not ready within 1 s: its controller has not seen it yet/);
      return true;
    });
    process.env.SWITCHBOARD_DONE_AT_ONCE = "true";
    for (const path of api.objects.keys()) if (path.includes("/apis/apps/")) api.objects.delete(path);
    assert.equal((await made()).id, "app/web");
  });
}
