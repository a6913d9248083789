import assert from "node:assert/strict";
import { test } from "node:test";
import { randomKinds, randomProvider } from "../../../engine/providers/random";
import { isSecret, type Properties, reveal, secret, unknown } from "../../../engine/providers/values";

const password = { urn: "urn:pulumi:s::p::t::n", type: "random:index/randomPassword:RandomPassword", name: "n" };
const id = { ...password, type: "random:index/randomId:RandomId" };
const leftOut =
  "the local random plugin does not do this; the official one does, which is used where the Pulumi CLI is installed";

test("a password is secret and not known before it is made", async () => {
  const provider = randomProvider();
  const inputs = { length: 20, special: false };
  const preview = await provider.create({ ...password, inputs, preview: true, timeout: 0 });
  assert.deepEqual(preview.outputs.result, secret(unknown));
  const { id, outputs } = await provider.create({ ...password, inputs, preview: false, timeout: 0 });
  assert.equal(id, "none");
  assert.ok(isSecret(outputs.result));
  assert.match(String(reveal(outputs.result)), /^[a-zA-Z0-9]{20}$/);
  assert.deepEqual([outputs.minLower, outputs.numeric, outputs.number], [0, true, true], "the official plugin's state");
  const state = await provider.read({ ...password, id, inputs, outputs });
  assert.deepEqual(state?.outputs, outputs, "a refresh keeps it");
});

test("every letter and digit is equally likely in a password", async () => {
  const { outputs } = await randomKinds[password.type]!.make({ length: 62_000 });
  const counts = new Map<string, number>();
  for (const character of String(outputs.result)) counts.set(character, (counts.get(character) ?? 0) + 1);
  assert.equal(counts.size, 62);
  // Seven standard deviations of a binomial with n=62000, p=1/62.
  for (const [character, count] of counts)
    assert.ok(Math.abs(count - 1000) < 7 * Math.sqrt(984), `${count} ${character}`);
});

test("length and keepers make a new one; a default that is now written out does not", async () => {
  const diff = (newInputs: Properties) =>
    randomProvider().diff({ ...password, id: "none", oldInputs: { length: 20 }, oldOutputs: {}, newInputs });
  const replaced = async (news: Properties) =>
    [...(await diff(news)).properties.values()].some(({ replace }) => replace);
  assert.equal(await replaced({ length: 21 }), true);
  assert.equal(await replaced({ length: 20, keepers: { version: "2" } }), true);
  assert.equal(await replaced({ length: 20, special: true }), false);
  assert.equal((await diff({ length: 20 })).properties.size, 0);
});

test("an id is the same number in each of its forms", async () => {
  const { id: made, outputs } = await randomKinds[id.type]!.make({ byteLength: 4 });
  assert.match(String(outputs.hex), /^[0-9a-f]{8}$/);
  const bytes = Buffer.from(String(outputs.hex), "hex");
  assert.deepEqual(outputs, {
    ...{ hex: bytes.toString("hex"), dec: String(bytes.readUInt32BE()) },
    ...{ b64Std: bytes.toString("base64"), b64Url: bytes.toString("base64url") },
  });
  assert.equal(made, outputs.b64Url);
});

test("what nobody makes is refused, with who does it; its default may be said", async () => {
  const provider = randomProvider();
  const failures = async (type: string, news: Properties) => {
    const request = { ...password, type, olds: undefined, news, seed: new Uint8Array() };
    return ((await provider.check(request)).failures ?? []).map(({ property, reason }) => `${property}: ${reason}`);
  };
  assert.deepEqual(await failures(password.type, { length: 8, special: false, keepers: { a: "1" }, upper: true }), []);
  assert.deepEqual(await failures(password.type, { length: 0, minUpper: 1, overrideSpecial: "_" }), [
    `minUpper: ${leftOut}`,
    `overrideSpecial: ${leftOut}`,
    "length: 0 is not a whole number from 1",
    `special: it is not false; ${leftOut}`,
  ]);
  assert.deepEqual(await failures(id.type, { byteLength: 1.5, prefix: "x-" }), [
    `prefix: ${leftOut}`,
    "byteLength: 1.5 is not a whole number from 1",
  ]);
  await assert.rejects(
    () => failures("random:index/randomPet:RandomPet", {}),
    new RegExp(`RandomPet: ${leftOut}; this one makes RandomPassword, RandomId`),
  );
});
