import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomKinds, randomProvider, uuid7 } from "../../../engine/providers/random";
import { randomText, textRulesProblem } from "../../../engine/providers/random/text";
import { isSecret, type Properties, reveal, secret, unknown } from "../../../engine/providers/values";

const least = fc.nat({ max: 6 });
const rules = fc.record({
  length: fc.integer({ min: 1, max: 60 }),
  lower: fc.boolean(),
  upper: fc.boolean(),
  numeric: fc.boolean(),
  special: fc.boolean(),
  minLower: least,
  minUpper: least,
  minNumeric: least,
  minSpecial: least,
});
const classes = { minLower: /[a-z]/g, minUpper: /[A-Z]/g, minNumeric: /[0-9]/g, minSpecial: /[^a-zA-Z0-9]/g } as const;

test("a random text has its length and at least what the rules require, of allowed characters only", () => {
  fc.assert(
    fc.property(rules, (wanted) => {
      if (textRulesProblem(wanted)) return;
      const text = randomText(wanted);
      assert.equal(text.length, wanted.length);
      for (const [key, set] of Object.entries(classes) as [keyof typeof classes, RegExp][]) {
        const found = text.match(set)?.length ?? 0;
        assert.ok(found >= wanted[key]);
        const allowed = wanted[key.slice(3).toLowerCase() as "lower"];
        if (!allowed) assert.equal(found, wanted[key]);
      }
    }),
  );
});

test("every position of a random text is equally likely to hold a required character", () => {
  const wanted = {
    length: 4,
    lower: true,
    upper: false,
    numeric: false,
    special: false,
    minLower: 0,
    minUpper: 0,
    minNumeric: 1,
    minSpecial: 0,
  };
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++) counts[randomText(wanted).search(/\d/)]!++;
  // Six standard deviations of a binomial with n=4000, p=1/4.
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 6 * Math.sqrt(750), `counts ${counts}`);
});

test("rules that cannot be met are named", () => {
  const good = {
    length: 8,
    lower: true,
    upper: true,
    numeric: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
  };
  assert.equal(textRulesProblem(good), undefined);
  assert.deepEqual(textRulesProblem({ ...good, length: 0 })?.property, "length");
  assert.match(textRulesProblem({ ...good, minLower: 9 })!.reason, /8 is less than the 9 characters/);
  assert.match(
    textRulesProblem({ ...good, lower: false, upper: false, numeric: false, special: false })!.reason,
    /no character is left/,
  );
});

const password = { urn: "urn:pulumi:s::p::t::n", type: "random:index/randomPassword:RandomPassword", name: "n" };

test("a password is secret and not known before it is made", async () => {
  const provider = randomProvider();
  const inputs = { length: 20, special: false };
  const preview = await provider.create({ ...password, inputs, preview: true, timeout: 0 });
  assert.deepEqual(preview.outputs.result, secret(unknown));
  const { id, outputs } = await provider.create({ ...password, inputs, preview: false, timeout: 0 });
  assert.equal(id, "none");
  assert.ok(isSecret(outputs.result));
  assert.match(String(reveal(outputs.result)), /^[a-zA-Z0-9]{20}$/);
  const state = await provider.read({ ...password, id, inputs, outputs });
  assert.deepEqual(state?.outputs, outputs, "a refresh keeps it");
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

test("digits are left out by numeric and by its old name number", async () => {
  for (const key of ["numeric", "number"]) {
    const made = await randomKinds[password.type]!.make({
      ...randomKinds[password.type]!.defaults,
      length: 50,
      [key]: false,
    });
    assert.doesNotMatch(String(made.outputs.result), /\d/);
  }
});

test("the other kinds are in their forms and ranges", async () => {
  const make = async (kind: string, inputs: Properties) => {
    const type = `random:index/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`;
    return (await randomKinds[type]!.make({ ...randomKinds[type]!.defaults, ...inputs })).outputs;
  };
  const id = await make("RandomId", { byteLength: 4, prefix: "x-" });
  assert.match(String(id.hex), /^x-[0-9a-f]{8}$/);
  assert.equal(`x-${Number.parseInt(String(id.hex).slice(2), 16)}`, id.dec);
  const bytes = await make("RandomBytes", { length: 16 });
  assert.equal(Buffer.from(String(bytes.base64), "base64").toString("hex"), bytes.hex);
  for (let i = 0; i < 50; i++)
    assert.ok([3, 4, 5].includes((await make("RandomInteger", { min: 3, max: 5 })).result as number));
  assert.deepEqual([...((await make("RandomShuffle", { inputs: ["a", "b", "c"] })).results as string[])].sort(), [
    "a",
    "b",
    "c",
  ]);
  assert.match(String((await make("RandomUuid", {})).result), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
  assert.match(uuid7(0x0123456789ab), /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("what the plugin does not make, and a seed, are refused in words", async () => {
  const provider = randomProvider();
  const pet = {
    ...password,
    type: "random:index/randomPet:RandomPet",
    olds: undefined,
    news: {},
    seed: new Uint8Array(),
  };
  await assert.rejects(
    provider.check(pet),
    /RandomPet: the local random plugin does not make it; it makes RandomPassword/,
  );
  const integer = { ...pet, type: "random:index/randomInteger:RandomInteger", news: { min: 1, max: 2, seed: "s" } };
  assert.match((await provider.check(integer)).failures![0]!.reason, /takes no seed/);
});
