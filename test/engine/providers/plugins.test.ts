import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { KubernetesProvider } from "../../../engine/providers/kubernetes";
import { randomProvider } from "../../../engine/providers/random";
import { tlsProvider } from "../../../engine/providers/tls";
import { isSecret, type Properties, reveal, secret, unknown } from "../../../engine/providers/values";
import { FakeApi, refusal } from "../support/fakeApi";
import { initFailure, PluginClient } from "../support/pluginClient";

const urnOf = (type: string, name: string) => `urn:pulumi:dev::p::${type}::${name}`;

describe("random and tls over gRPC", () => {
  test("a password: checked, made, unchanged, replaced", async () => {
    const plugin = await PluginClient.start(randomProvider);
    try {
      const urn = urnOf("random:index/randomPassword:RandomPassword", "db");
      const configured = await plugin.configure({});
      assert.ok(configured.getAcceptsecrets() && configured.getSupportspreview());
      assert.match(plugin.lines.join(), /^info: random: local stand-in of version .*\+local, not the official plugin$/);
      assert.deepEqual((await plugin.check(urn, { length: 0, special: false })).failures, [
        "length: 0 is not a whole number from 1",
      ]);
      const { inputs } = await plugin.check(urn, { length: 16, special: false });
      const { id, outputs } = await plugin.create(urn, inputs);
      assert.ok(isSecret(outputs.result));
      assert.equal((await plugin.diff(urn, id, inputs, outputs, inputs)).changed, false);
      const longer = await plugin.diff(urn, id, inputs, outputs, { length: 17, special: false });
      assert.deepEqual(longer, { changed: true, replaces: ["length"], paths: ["length"], deleteBeforeReplace: false });
    } finally {
      plugin.stop();
    }
  });

  test("a key that is not known yet passes the preview", async () => {
    const plugin = await PluginClient.start(tlsProvider);
    try {
      const urn = urnOf("tls:index/selfSignedCert:SelfSignedCert", "ca");
      const news = { privateKeyPem: secret(unknown), allowedUses: [], validityPeriodHours: 1 };
      const { inputs, failures } = await plugin.check(urn, news);
      assert.deepEqual(failures, []);
      assert.equal((await plugin.create(urn, inputs, true)).outputs.certPem, unknown);
    } finally {
      plugin.stop();
    }
  });
});

describe("kubernetes over gRPC, against an API server in memory", () => {
  const configMap = urnOf("kubernetes:core/v1:ConfigMap", "conf");
  const fixed: Properties = { metadata: { name: "conf", namespace: "app" }, data: { a: "1" } };
  let api: FakeApi;
  let plugin: PluginClient;

  const restart = async (kubeconfig: string) => {
    plugin?.stop();
    plugin = await PluginClient.start((log) => new KubernetesProvider(log));
    await plugin.configure({ kubeconfig });
  };
  let kubeconfig = "";

  beforeEach(async () => {
    process.env.SWITCHBOARD_STATE_ID = "state";
    api = new FakeApi();
    kubeconfig = await api.start();
    await restart(kubeconfig);
  });
  afterEach(() => {
    delete process.env.SWITCHBOARD_STATE_ID;
    plugin.stop();
    api.stop();
  });

  const made = async (urn: string, news: Properties) => {
    const { inputs } = await plugin.check(urn, news);
    return { inputs, ...(await plugin.create(urn, inputs)) };
  };

  test("an object is made, read, unchanged, and deleted until it is gone", async () => {
    const { id, inputs, outputs } = await made(configMap, fixed);
    assert.equal(id, "app/conf");
    assert.equal((await plugin.diff(configMap, id, inputs, outputs, inputs)).changed, false);
    assert.deepEqual((await plugin.read(configMap, id, inputs, outputs)).inputs, inputs);
    api.lingering = 2;
    await plugin.delete(configMap, id, inputs, outputs);
    assert.equal(api.objects.has("/api/v1/namespaces/app/configmaps/conf"), false);
    assert.ok(plugin.lines.includes("status: waiting until it is gone (finalizers: foregroundDeletion)"));
    assert.equal((await plugin.read(configMap, id, inputs, outputs)).id, "", "what is gone has no id");
  });

  test("an object that somebody else made is not taken over, in preview and in update", async () => {
    api.put(
      { kind: "ConfigMap", metadata: { name: "conf", namespace: "app" }, data: { theirs: "1" } },
      "/api/v1/namespaces/app/configmaps/conf",
    );
    const { inputs } = await plugin.check(configMap, fixed);
    for (const preview of [true, false]) {
      await assert.rejects(plugin.create(configMap, inputs, preview), (error: grpc.ServiceError) => {
        assert.equal(error.code, grpc.status.FAILED_PRECONDITION);
        assert.match(error.details, /ConfigMap app\/conf: it exists already, and another owner created it; delete it/);
        return true;
      });
    }
    assert.deepEqual(api.objects.get("/api/v1/namespaces/app/configmaps/conf")?.data, { theirs: "1" });
  });

  test("an object that a killed run made is gone on with, by the same resource of the same state only", async () => {
    await made(configMap, fixed);
    await restart(kubeconfig);
    assert.equal((await made(configMap, fixed)).id, "app/conf");
    await restart(kubeconfig);
    await assert.rejects(made(urnOf("kubernetes:core/v1:ConfigMap", "other"), fixed), /exists already/);
    process.env.SWITCHBOARD_STATE_ID = "another state";
    await assert.rejects(made(configMap, fixed), /exists already/);
  });

  test("switched to be as the official provider since 4.29, it makes nothing that exists, and its preview does not say so", async () => {
    const { inputs } = await made(configMap, fixed);
    await restart(kubeconfig);
    process.env.SWITCHBOARD_REFUSE_EXISTING = "true";
    try {
      await plugin.create(configMap, inputs, true);
      await assert.rejects(plugin.create(configMap, inputs), /ConfigMap app\/conf: it exists already/);
    } finally {
      delete process.env.SWITCHBOARD_REFUSE_EXISTING;
    }
  });

  test("an object of the official provider's state is changed under the name that it has there", async () => {
    const { id, outputs } = await made(configMap, fixed);
    assert.equal(outputs.__fieldManager, "pulumi-kubernetes");
    assert.equal(outputs.__initialApiVersion, "v1");
    assert.deepEqual(reveal(outputs.__inputs!), (await plugin.check(configMap, fixed)).inputs);
    const official = { ...outputs, __fieldManager: "pulumi-kubernetes-1a2b3c4d" };
    const { inputs } = await plugin.check(configMap, { ...fixed, data: { a: "2" } });
    const changed = await plugin.update(configMap, id, official, inputs);
    assert.equal(api.managers.at(-1), "pulumi-kubernetes-1a2b3c4d");
    assert.equal(changed.outputs.__fieldManager, "pulumi-kubernetes-1a2b3c4d");
    const read = await plugin.read(configMap, id, inputs, changed.outputs);
    assert.equal(read.outputs.__fieldManager, "pulumi-kubernetes-1a2b3c4d");
    assert.deepEqual(reveal(read.outputs.__inputs!), read.inputs);
  });

  test("a replacement does not take over the object that the state still has", async () => {
    const { inputs } = await made(configMap, fixed);
    await restart(kubeconfig);
    await plugin.check(configMap, fixed, inputs);
    await assert.rejects(plugin.create(configMap, inputs), /ConfigMap app\/conf: .* deleteBeforeReplace/);
  });

  test("an object with the same name but another uid is not deleted", async () => {
    const { id, inputs, outputs } = await made(configMap, fixed);
    const path = "/api/v1/namespaces/app/configmaps/conf";
    api.objects.delete(path);
    api.put({ kind: "ConfigMap", metadata: { name: "conf", namespace: "app" } }, path);
    await plugin.delete(configMap, id, inputs, outputs);
    assert.equal(api.objects.get(path)?.metadata?.deletionTimestamp, undefined);
  });

  test("a preview asks the API server and changes nothing; in a namespace that is still to come it guesses", async () => {
    api.warning = "would violate PodSecurity";
    const { inputs } = await plugin.check(configMap, fixed);
    const { outputs } = await plugin.create(configMap, inputs, true);
    assert.equal((outputs.metadata as Properties).uid, unknown);
    assert.ok(api.calls.includes("PATCH /api/v1/namespaces/app/configmaps/conf dryRun"));
    assert.equal(api.objects.size, 1);
    assert.ok(plugin.lines.includes("warning: would violate PodSecurity"));
    const elsewhere = await plugin.check(configMap, { ...fixed, metadata: { name: "conf", namespace: "later" } });
    assert.deepEqual((await plugin.create(configMap, elsewhere.inputs, true)).outputs.data, { a: "1" });
  });

  test("a preview with a value that is not known yet passes it through", async () => {
    const { inputs } = await plugin.check(configMap, { ...fixed, data: { a: unknown } });
    assert.deepEqual((await plugin.create(configMap, inputs, true)).outputs.data, { a: unknown });
    assert.equal(
      api.calls.some((call) => call.includes("configmaps")),
      false,
    );
  });

  test("without a cluster a preview guesses with a warning, and an update fails in words", async () => {
    api.stop();
    const { inputs } = await plugin.check(configMap, fixed);
    assert.deepEqual((await plugin.create(configMap, inputs, true)).outputs.data, { a: "1" });
    assert.match(
      plugin.lines.join("\n"),
      /warning: not checked against the cluster: the API server .* cannot be reached/,
    );
    await assert.rejects(
      plugin.create(configMap, inputs),
      /FAILED_PRECONDITION: the API server .* \(context fake\) cannot be reached/,
    );
  });

  test("a failed Job is recorded with its reasons and the end of its log", async () => {
    const urn = urnOf("kubernetes:batch/v1:Job", "migrate");
    api.onApply = (object) => ({
      ...object,
      spec: { ...object.spec, selector: { matchLabels: { job: "migrate" } } },
      status: { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "limit" }] },
    });
    const container = { name: "c", state: { terminated: { exitCode: 1, reason: "Error" } } };
    api.put(
      {
        metadata: { name: "migrate-x", namespace: "app" },
        status: { phase: "Failed", containerStatuses: [container] },
      },
      "/api/v1/namespaces/app/pods/migrate-x",
    );
    const { inputs } = await plugin.check(urn, { metadata: { name: "migrate", namespace: "app" }, spec: {} });
    await assert.rejects(plugin.create(urn, inputs), (error: grpc.ServiceError) => {
      const { id, reasons, outputs } = initFailure(error);
      assert.equal(id, "app/migrate");
      assert.deepEqual(reasons, [
        "the Job failed: BackoffLimitExceeded: limit",
        "pod migrate-x: container c ended with exit code 1",
        "last lines of pod migrate-x, container c:\nline 1\nERROR: no such column",
      ]);
      assert.equal((outputs.metadata as Properties).name, "migrate");
      return true;
    });
  });

  test("Ctrl-C ends the waiting, and the object stays recorded", async () => {
    const urn = urnOf("kubernetes:core/v1:Service", "web");
    const { inputs } = await plugin.check(urn, {
      metadata: { name: "web", namespace: "app" },
      spec: { selector: { app: "web" } },
    });
    const waiting = plugin.create(urn, inputs);
    setTimeout(() => void plugin.cancel(), 100);
    await assert.rejects(waiting, (error: grpc.ServiceError) => {
      assert.deepEqual(initFailure(error).reasons, [
        "interrupted while it was waited for: no pod that it selects is ready",
      ]);
      return true;
    });
  });

  test("a Secret's values are secret in the state, and masked in what the API server says about them", async () => {
    const urn = urnOf("kubernetes:core/v1:Secret", "creds");
    const news = { metadata: { name: "creds", namespace: "app" }, stringData: secret({ password: "correct horse" }) };
    const { outputs } = await made(urn, news);
    assert.ok(isSecret(outputs.data) && isSecret((outputs.__inputs as Properties).data));
    assert.equal(outputs.stringData, undefined, "the cluster has data alone, and so has the official provider's state");
    api.onApply = () => {
      throw refusal(422, "Invalid", 'data: Invalid value: "correct horse"');
    };
    const other = await plugin.check(urn, { ...news, metadata: { name: "creds2", namespace: "app" } });
    await assert.rejects(plugin.create(urn, other.inputs), (error: grpc.ServiceError) => {
      assert.equal(error.details, 'Secret creds: data: Invalid value: "[secret]"');
      return true;
    });
    assert.equal(plugin.lines.join().includes("correct horse"), false);
  });

  test("an object is read by its id alone", async () => {
    const { id, outputs } = await plugin.read(urnOf("kubernetes:core/v1:Namespace", "app"), "app");
    assert.equal(id, "app");
    assert.deepEqual(reveal(outputs.status!), { phase: "Active" });
    assert.equal((await plugin.read(urnOf("kubernetes:core/v1:Namespace", "x"), "missing")).id, "");
  });
});
