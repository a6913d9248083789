/** What a real API server, with the published definition of the operator's kind, says of our objects. It needs no running system. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { KindGuard } from "../../components/kubernetes/customKinds";
import { officialVersion } from "../../engine/official";
import { KubernetesProvider } from "../../engine/providers/kubernetes";
import { record } from "../../engine/record/recorder";
import { binaries } from "../../lib/paths";
import { PluginClient } from "../engine/support/pluginClient";
import { type ApiServer, startApiServer } from "../support/apiServer";
import { operatorVersion, publishedDefinition, schemaFile, trimmed } from "../support/clusterSchema";
import { operatedClusters } from "../support/operatedPostgres";
import { builtOfficialProvider, startOfficial } from "./official/built";

const kind = { group: "postgresql.cnpg.io", version: "v1", kind: "Cluster", plural: "clusters" };
const words = { key: "postgres.kind", bringer: "the operator", instead: "use another kind" };

const providers: Record<string, () => Promise<{ plugin: PluginClient; process?: ChildProcess }>> = {
  "our provider": async () => ({ plugin: await PluginClient.start((log) => new KubernetesProvider(log)) }),
  "the official provider": startOfficial,
};

describe("on a real API server", () => {
  let api: ApiServer;
  let clusters: any[];
  const { file, spec } = publishedDefinition();
  const path = process.env.PATH;
  before(async () => {
    clusters = await operatedClusters();
    api = await startApiServer();
    process.env.PATH = `${binaries}:${path}`;
    for (const name of new Set(clusters.map(({ metadata }) => metadata.namespace)))
      api.kubectl(["create", "namespace", name]);
  });
  after(async () => {
    process.env.PATH = path;
    await api?.stop();
  });

  /** What the guard says before the object is made. */
  async function guarded(): Promise<string> {
    let message = "";
    await record(
      async () => {
        const { hooks } = new KindGuard(pulumi.output(api.kubeconfig)).guard("postgres-cluster", kind, words);
        const hook = hooks!.beforeCreate![0] as pulumi.ResourceHook;
        await new Promise(setImmediate);
        message = await Promise.resolve(hook.callback({ urn: "", id: "", name: "", type: "" } as never))
          .then(() => "")
          .catch((error: Error) => error.message);
        return {};
      },
      { project: "switchboard", stack: "dev", config: {}, preview: true },
    );
    return message;
  }

  /** Asks until there is an answer; the provider in this process goes on meanwhile. */
  async function answered(args: readonly string[]): Promise<void> {
    for (;;) {
      try {
        return void api.kubectl(args);
      } catch {
        await sleep(200);
      }
    }
  }

  /** @returns what the API server refused, if it did */
  function create(object: object): string {
    try {
      api.kubectl(["create", "--validate=strict", "--filename=-"], object);
      return "";
    } catch (error) {
      return String((error as { stderr?: unknown }).stderr);
    }
  }

  test("without the operator's kind it is told before anything is tried; with it nothing is", async () => {
    assert.match(await guarded(), /^postgres\.kind: the cluster has no Cluster of postgresql\.cnpg\.io\. Install/);
    api.kubectl(["apply", "--server-side", `--filename=${file}`]);
    await answered(["get", "clusters.postgresql.cnpg.io", "--all-namespaces"]);
    assert.equal(await guarded(), "");
  });

  test("every object is one of the published kind, field by field", () => {
    for (const [index, { metadata, ...cluster }] of clusters.entries()) {
      const object = { ...cluster, metadata: { ...metadata, name: `${metadata.name}-${index}` } };
      assert.equal(create(object), "", JSON.stringify(object));
      const names = [`--namespace=${metadata.namespace}`, object.metadata.name, "--output=json"];
      const stored = JSON.parse(api.kubectl(["get", "clusters.postgresql.cnpg.io", ...names]));
      // Nothing of it was dropped, nor made anything else.
      assert.deepEqual(lacking(object.spec, stored.spec), []);
    }
  });

  test("a wrong field, a wrong value and a missing one are refused", () => {
    const [{ metadata, spec: right, ...rest }] = clusters;
    const wrong: [spec: object, refused: RegExp][] = [
      [{ ...right, instancesCount: 3 }, /unknown field "spec\.instancesCount"/],
      [{ ...right, storage: { ...right.storage, class: "fast" } }, /unknown field "spec\.storage\.class"/],
      [{ ...right, instances: "3" }, /spec\.instances.*must be of type integer/],
      [{ ...right, primaryUpdateMethod: "now" }, /spec\.primaryUpdateMethod: Unsupported value: "now"/],
      [
        {
          ...right,
          postgresql: { ...right.postgresql, synchronous: { method: "any", number: 1, dataDurability: "x" } },
        },
        /dataDurability: Unsupported value: "x"/,
      ],
      [
        { ...right, bootstrap: { initdb: { ...right.bootstrap.initdb, secret: {} } } },
        /initdb\.secret\.name: Required/,
      ],
    ];
    for (const [spec, refused] of wrong)
      assert.match(create({ ...rest, metadata: { ...metadata, name: "wrong" }, spec }), refused);
  });

  for (const [title, start] of Object.entries(providers)) {
    test(`${title} waits until the operator says that the servers are ready`, async (context) => {
      if (title === "the official provider" && !builtOfficialProvider())
        return context.skip(`${officialVersion} is not built here (npm run e2e:official builds it)`);
      const { plugin, process: child } = await start();
      context.after(() => {
        plugin.stop();
        child?.kill();
      });
      await plugin.configure({ kubeconfig: api.kubeconfig, enableServerSideApply: true });
      const [{ metadata, ...rest }] = clusters;
      const name = title.startsWith("our") ? "waits-ours" : "waits-theirs";
      const urn = `urn:pulumi:dev::p::kubernetes:postgresql.cnpg.io/v1:Cluster::${name}`;
      const { inputs } = await plugin.check(urn, { ...rest, metadata: { ...metadata, name } });
      const creating = plugin.create(urn, inputs);
      const place = ["clusters.postgresql.cnpg.io", name, `--namespace=${metadata.namespace}`];
      await answered(["get", ...place]);
      for (const [status, message] of [
        ["False", "Cluster Is Not Ready"],
        ["True", "Cluster is Ready"],
      ]) {
        const since = { lastTransitionTime: "2026-11-30T00:00:00Z", reason: "x" };
        const conditions = [{ type: "Ready", status, message, ...since }];
        const patch = JSON.stringify({ status: { conditions } });
        api.kubectl(["patch", ...place, "--subresource=status", "--type=merge", `--patch=${patch}`]);
      }
      // What it tells is the object as it was when the wait was over.
      const { outputs } = await creating;
      assert.equal((outputs as any).status.conditions[0].message, "Cluster is Ready");
    });
  }

  test(`the schema that the unit tests read is that of ${operatorVersion}`, () => {
    const specs = clusters.map((cluster) => cluster.spec);
    const licence =
      "Apache-2.0, Copyright the CloudNativePG contributors (https://github.com/cloudnative-pg/cloudnative-pg)";
    const wanted = { version: operatorVersion, licence, spec: trimmed(spec, specs) };
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(schemaFile, `${JSON.stringify(wanted, null, 2)}\n`);
    assert.deepEqual(JSON.parse(readFileSync(schemaFile, "utf8")), JSON.parse(JSON.stringify(wanted)));
  });
});

/** The paths of what an API server has not kept as it was given. */
function lacking(given: any, stored: any, path = "spec"): string[] {
  if (typeof given !== "object" || given === null) return given === stored ? [] : [path];
  return Object.keys(given).flatMap((key) => lacking(given[key], stored?.[key], `${path}.${key}`));
}
