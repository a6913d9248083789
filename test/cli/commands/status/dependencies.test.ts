import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kubectl } from "../../../../cli/cluster/kubectl";
import { dependenciesIn, readDependencies } from "../../../../cli/commands/status/dependencies";
import { panelHealth } from "../../../../components/apps/presets/panelHealth";

test("the panel's own word about its servers, whether they are up or not", () => {
  const text = '{"status":"not ready","postgres":{"up":false,"reason":"timeout"},"redis":{"up":true,"ms":1}}\n';
  assert.deepEqual(dependenciesIn(text)?.postgres, { up: false, reason: "timeout" });
  assert.equal(dependenciesIn(text)?.redis?.up, true);
  for (const nothing of ["", "{}", "not found", '{"error":"Not Found"}'])
    assert.equal(dependenciesIn(nothing), undefined);
});

test("is asked for in a pod of the panel, and is nothing where nobody may", async () => {
  const asked: string[] = [];
  const answering = (answer: () => Promise<string>) => {
    const text = (args: readonly string[]) => {
      asked.push(...args);
      return answer();
    };
    return { text } as unknown as Kubectl;
  };
  const well = await readDependencies(
    answering(async () => '{"postgres":{"up":true}}'),
    panelHealth.servers!,
  );
  assert.deepEqual(well, { postgres: { up: true } });
  assert.deepEqual(asked.slice(0, 3), ["exec", "deployment/panel", "--container=web"]);
  assert.equal(
    await readDependencies(
      answering(() => Promise.reject(new Error("forbidden"))),
      panelHealth.servers!,
    ),
    undefined,
  );
});
