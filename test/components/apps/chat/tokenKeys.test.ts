import assert from "node:assert/strict";
import { test } from "node:test";
import { smallConfig } from "../../../support/config";
import { plan, secretKey } from "../../../support/plan";

/** The key that the panel signs with, and those that the chat accepts, in a generation. */
async function keysOf(generation: number): Promise<{ signs: string; accepted: string[] }> {
  const from = await plan(smallConfig({ panel: { chatTokenGeneration: generation } }), { preview: false });
  const secret = from.named("kubernetes:core/v1:Secret", "panel-signing-secret").inputs.stringData[secretKey];
  const { data } = from.named("kubernetes:core/v1:ConfigMap", "panel-chat-token-public").inputs;
  const named = (text: string) =>
    [...text.matchAll(/-----BEGIN \w+ KEY-----\n(.*)\n-----END/g)].map(([, name]) => name!);
  return { signs: named(secret.value)[0]!, accepted: named(data["keys.pem"]) };
}

test("while a generation is rolled out no pod of the chat refuses a token of any pod of the panel", async () => {
  for (const before of [1, 2, 7]) {
    const [old, next] = [await keysOf(before), await keysOf(before + 1)];
    assert.notEqual(old.signs, next.signs);
    for (const { accepted } of [old, next]) {
      assert.ok(accepted.includes(old.signs), `${old.signs} by ${accepted}`);
      assert.ok(accepted.includes(next.signs), `${next.signs} by ${accepted}`);
      assert.ok(accepted.length <= 3);
    }
  }
});

test("a key that leaked is refused after the second raise", async () => {
  const { signs } = await keysOf(4);
  assert.ok(!(await keysOf(6)).accepted.includes(signs));
});

test("the keys are Ed25519, and only the one that signs is in the cluster", async () => {
  const from = await plan(smallConfig({ panel: { chatTokenGeneration: 3 } }), { preview: false });
  const keys = from.of("tls:index/privateKey:PrivateKey").filter(({ name }) => name.startsWith("panel-chat-token"));
  assert.deepEqual(
    keys.map(({ name, inputs }) => [name, inputs.algorithm]),
    [2, 3, 4].map((number) => [`panel-chat-token-key-${number}`, "ED25519"]),
  );
  const values = from.of("kubernetes:core/v1:Secret").flatMap(({ inputs }) => JSON.stringify(inputs.stringData));
  const held = values.flatMap((text) => [...text.matchAll(/panel-chat-token-key-\d/g)].map(([name]) => name));
  assert.deepEqual([...new Set(held)], ["panel-chat-token-key-3"]);
});
