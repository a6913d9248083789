import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { changes, memberPath, pathParts } from "../../../engine/providers/changes";
import {
  equal,
  fromStruct,
  hasSecret,
  hasUnknown,
  isSecret,
  type Properties,
  reveal,
  secret,
  secretLike,
  toStruct,
  unknown,
} from "../../../engine/providers/values";

/** Without a key `__proto__`, which the map of google-protobuf (and so Pulumi's own SDK) does not carry. */
const json = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))
  .filter((value) => !JSON.stringify(value).includes('"__proto__"')) as unknown as fc.Arbitrary<Properties>;

test("properties travel through the protocol's Struct and back unchanged", () => {
  fc.assert(
    fc.property(json, (properties) => {
      const plain = JSON.parse(JSON.stringify(properties)) as Properties;
      assert.ok(equal(fromStruct(toStruct(plain)), plain));
    }),
  );
});

test("secrets are revealed at every depth, and marked again where they were", () => {
  const inputs = { a: secret({ b: "x" }), c: [secret("y"), "z"], d: { e: "plain" } };
  assert.deepEqual(reveal(inputs), { a: { b: "x" }, c: ["y", "z"], d: { e: "plain" } });
  assert.ok(equal(secretLike(reveal(inputs), inputs), inputs));
  assert.equal(hasSecret(inputs), true);
  assert.equal(hasSecret(reveal(inputs)), false);
  assert.ok(isSecret(secretLike(["y", "z", "new"], inputs.c)), "a list of another length is secret as a whole");
});

test("what is not known is found within secrets and lists", () => {
  assert.equal(hasUnknown({ a: [secret({ b: unknown })] }), true);
  assert.equal(hasUnknown({ a: "known" }), false);
});

test("changes name the smallest paths", () => {
  assert.deepEqual(
    [...changes({ a: { b: [1], "x.y/z": 1 }, gone: 1 }, { a: { b: [2, 3], "x.y/z": 2 }, added: secret("s") })],
    [
      ["a.b[0]", "update"],
      ["a.b[1]", "add"],
      ['a["x.y/z"]', "update"],
      ["gone", "delete"],
      ["added", "add"],
    ],
  );
});

test("a secret is compared by its value; what is not known yet is a change", () => {
  assert.equal(changes({ a: secret("x") }, { a: "x" }).size, 0);
  assert.deepEqual([...changes({ a: secret({ b: "x" }) }, { a: secret({ b: "y" }) })], [["a", "update"]]);
  assert.deepEqual([...changes({ a: "x" }, { a: unknown })], [["a", "update"]]);
});

test("no change is found between equal inputs, and some between others", () => {
  fc.assert(fc.property(json, (value) => assert.equal(changes(value, structuredClone(value)).size, 0)));
  fc.assert(fc.property(json, json, (a, b) => assert.equal(changes(a, b).size === 0, equal(a, b))));
});

test("a path's parts are the keys that made it", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (keys) => {
      assert.deepEqual(pathParts(keys.reduce(memberPath, "")), keys);
    }),
  );
  assert.deepEqual(pathParts("spec.containers[0].image"), ["spec", "containers", "0", "image"]);
});
