import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse as parseYaml } from "yaml";
import { layersOf } from "../../../components/schema/stackFile";
import { parseBytes } from "../../../components/schema/values/resources";
import { settingRows } from "../../../components/settings/describe";
import { parseSettings } from "../../../components/settings/parse";
import type { WithOwnApps } from "../../support/ownApps";
import { repository } from "../../support/plan";
import { project } from "../../support/project";
import { context, root } from "./stack";

const stacks = readdirSync(repository).flatMap((file) => file.match(/^Pulumi\.(.+)\.yaml$/)?.[1] ?? []);

/** A stack's layers as its file has them; its context is looked up in a kubeconfig that has it. */
function stackFile(stack: string) {
  const { config } = parseYaml(readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  return layersOf(config, project);
}

function settingsOf(stack: string) {
  const raw = stackFile(stack) as Record<string, Record<string, unknown>>;
  const here = { context: "here", kubeconfig: join(root, "kubeconfig") };
  const known = raw.cluster?.kind === "existing" ? { ...raw, cluster: { ...raw.cluster, ...here } } : raw;
  return parseSettings(known, { ...context, stack, root: repository }) as WithOwnApps;
}

/** Bytes that the pods in the cluster ask for while nothing is rolled out. */
function memoryRequested({ postgres, redis, panel, workers, chat, edge }: ReturnType<typeof settingsOf>): number {
  const servers = [postgres, redis].flatMap((part) => (part.kind === "inCluster" ? [{ ...part, replicas: 1 }] : []));
  const parts = [...servers, panel, workers, chat, edge];
  return parts.reduce((sum, part) => sum + part.replicas * parseBytes(part.resources.requests.memory), 0);
}

for (const stack of stacks) {
  test(`${stack}: every setting is right, without a warning`, () => {
    assert.deepEqual(settingsOf(stack).warnings, []);
  });

  test(`${stack}: layers and keys are in the order of the reference`, () => {
    // None of them declares apps beside the panel and the chat.
    const { apps: _none, ...rows } = settingRows();
    const raw = stackFile(stack);
    assert.deepEqual(Object.keys(raw), Object.keys(rows));
    for (const [layer, list] of Object.entries(rows)) {
      const { kind, ...keys } = raw[layer] as Record<string, unknown>;
      const written = [...(kind ? ["kind"] : []), ...Object.keys(keys)];
      const ofKind = list.filter((row) => row.kind === undefined || row.kind === kind);
      const order = [...new Set(ofKind.map(({ key }) => key.split(".")[0]!))].filter((key) => written.includes(key));
      assert.deepEqual(Object.keys(raw[layer] as object), written, `${layer}: kind is first`);
      assert.deepEqual(written, order, layer);
    }
  });
}

test("every stack has the same layers, and the keys that they share in the same order", () => {
  const [first, ...others] = stacks.map(stackFile);
  for (const other of others) {
    assert.deepEqual(Object.keys(other), Object.keys(first!));
    for (const layer of Object.keys(other)) {
      const [ours, theirs] = [Object.keys(other[layer] as object), Object.keys(first![layer] as object)];
      assert.deepEqual(
        ours.filter((key) => theirs.includes(key)),
        theirs.filter((key) => ours.includes(key)),
        layer,
      );
    }
  }
});

test("a stack on a cloud is protected, and lifts the protection of nothing", () => {
  for (const stack of stacks) {
    const { cluster, operations } = settingsOf(stack);
    assert.equal(operations.protect, cluster.kind !== "existing", stack);
    assert.deepEqual(operations.unprotected, [], stack);
  }
});

test("dev: the whole stack asks for at most 1 GiB of memory", () => {
  const settings = settingsOf("dev");
  assert.equal(
    settings.panel.replicas + settings.workers.replicas + settings.chat.replicas + settings.edge.replicas,
    7,
  );
  const requested = memoryRequested(settings);
  assert(requested <= 2 ** 30, `${requested / 2 ** 20} MiB`);
});

/** Tags that are moved: without all numbers of a version. Postgres has two, a major and a minor one. */
const wholeVersion = { postgres: /:\d+\.\d+(-[a-z]+)?$/, redis: /:\d+\.\d+\.\d+(-[a-z]+)?$/, edge: /:\d+\.\d+\.\d+$/ };

test("every stack and the review stacks run the servers that production runs, in versions that are not moved", () => {
  const review = parseYaml(readFileSync(join(repository, ".ci/review.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const layersByFile = Object.fromEntries([
    ...stacks.map((stack) => [`Pulumi.${stack}.yaml`, stackFile(stack)]),
    [".ci/review.yaml", layersOf(review.config, project)],
  ]) as Record<string, Record<string, { image?: unknown }>>;
  const production = layersByFile["Pulumi.prod.yaml"]!;
  for (const [file, layers] of Object.entries(layersByFile)) {
    for (const [layer, whole] of Object.entries(wholeVersion)) {
      const image = layers[layer]?.image;
      if (image === undefined) continue;
      const [tagged = ""] = String(image).split("@");
      assert.match(tagged, whole, `${file} ${layer}`);
      const there = production[layer]?.image;
      if (there) assert.equal(tagged, String(there).split("@")[0], `${file} ${layer}`);
    }
  }
});
