import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parse as parseYaml } from "yaml";
import { settingRows } from "../../components/settings/describe";
import { parseSettings } from "../../components/settings/parse";
import { parseBytes } from "../../components/settings/values/resources";
import { context, root } from "./stack";

const repository = resolve(__dirname, "../..");
const stacks = readdirSync(repository).flatMap((file) => file.match(/^Pulumi\.(.+)\.yaml$/)?.[1] ?? []);

/** A stack's layers as its file has them; its context is looked up in a kubeconfig that has it. */
function stackFile(stack: string) {
  const { config } = parseYaml(readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => (key.startsWith("switchboard:") ? [[key.slice(12), value]] : [])),
  );
}

function settingsOf(stack: string) {
  const raw = stackFile(stack) as Record<string, Record<string, unknown>>;
  const known = { ...raw, cluster: { ...raw.cluster, context: "here", kubeconfig: join(root, "kubeconfig") } };
  return parseSettings(known, { ...context, stack, root: repository });
}

/** Pods while nothing is rolled out. */
function memoryRequested({ postgres, redis, panel, workers, chat, edge }: ReturnType<typeof settingsOf>): number {
  const one = { replicas: 1 };
  const parts = [{ ...postgres, ...one }, { ...redis, ...one }, panel, workers, chat, edge];
  return parts.reduce((sum, part) => sum + part.replicas * parseBytes(part.resources.requests.memory), 0);
}

for (const stack of stacks) {
  test(`${stack}: every setting is right, without a warning`, () => {
    assert.deepEqual(settingsOf(stack).warnings, []);
  });

  test(`${stack}: layers and keys are in the order of the reference`, () => {
    const rows = settingRows();
    const raw = stackFile(stack);
    assert.deepEqual(Object.keys(raw), Object.keys(rows));
    for (const [layer, list] of Object.entries(rows)) {
      const written = Object.keys(raw[layer] as object);
      const order = [...new Set(list.map(({ key }) => key.split(".")[0]!))].filter((key) => written.includes(key));
      assert.deepEqual(written, order, layer);
    }
  });
}

test("dev: the whole stack asks for at most 1 GiB of memory", () => {
  const settings = settingsOf("dev");
  assert.equal(
    settings.panel.replicas + settings.workers.replicas + settings.chat.replicas + settings.edge.replicas,
    7,
  );
  const requested = memoryRequested(settings);
  assert(requested <= 2 ** 30, `${requested / 2 ** 20} MiB`);
});
