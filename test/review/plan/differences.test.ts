import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { differences } from "../../../review/plan/differences";
import { valueAt } from "../../../review/plan/paths";

const shown = (a: unknown, b: unknown) => differences(a, b).map((entry) => entry.shown);

test("the smallest places that differ, as people write them", () => {
  assert.deepEqual(shown({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }), ["a.c"]);
  assert.deepEqual(shown({ m: { "x.y/z": 1 } }, { m: { "x.y/z": 2 } }), ['m["x.y/z"]']);
  assert.deepEqual(shown({}, { a: { b: 1 } }), ["a"]);
});

test("elements with names are compared by name, wherever they stand", () => {
  const env = (...names: string[]) => ({ env: names.map((name) => ({ name, value: name })) });
  assert.deepEqual(shown(env("A", "B", "C"), env("C", "A", "B")), []);
  assert.deepEqual(shown(env("A", "C"), env("A", "B", "C")), ["env[B]"]);
  assert.deepEqual(shown(env("A", "B", "C"), env("A", "C")), ["env[B]"]);
  assert.deepEqual(shown({ env: [{ name: "A", value: 1 }] }, { env: [{ name: "A", value: 2 }] }), ["env[A].value"]);
  const [added] = differences(env("A", "C"), env("A", "B", "C"));
  assert.equal(added!.oldPath, undefined, "it was not there, whatever stands at its position");
});

test("rules without names are compared as a set; what is left is paired", () => {
  const rule = (port: number) => ({ ports: [{ port }], from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] });
  assert.deepEqual(shown({ ingress: [rule(1), rule(2)] }, { ingress: [rule(2), rule(1)] }), []);
  assert.deepEqual(shown({ ingress: [rule(1), rule(2)] }, { ingress: [rule(2)] }), ["ingress[0]"]);
  assert.deepEqual(shown({ ingress: [rule(1), rule(2)] }, { ingress: [rule(3), rule(1), rule(2)] }), ["ingress[0]"]);
});

test("words of a command have an order, members of a set have none", () => {
  assert.deepEqual(shown({ command: ["a", "b"] }, { command: ["b", "a"] }), ["command[0]", "command[1]"]);
  assert.deepEqual(shown({ command: ["a", "c"] }, { command: ["a", "b", "c"] }), ["command[1]"]);
  assert.deepEqual(shown({ securityGroupIds: ["a", "b"] }, { securityGroupIds: ["b", "a"] }), []);
  assert.deepEqual(shown({ securityGroupIds: ["a", "b"] }, { securityGroupIds: ["b", "c", "a"] }), [
    "securityGroupIds[1]",
  ]);
});

test("documents that say the same are the same", () => {
  assert.deepEqual(shown({ policy: '{"a":1,"b":[2]}' }, { policy: '{\n  "b": [2],\n  "a": 1\n}' }), []);
  assert.deepEqual(shown({ policy: '{"a":1}' }, { policy: '{"a":2}' }), ["policy"]);
  assert.deepEqual(shown({ a: null }, {}), []);
});

const value = fc.jsonValue({ maxDepth: 4 });

test("two values differ at some place exactly if they are not the same", () => {
  fc.assert(
    fc.property(value, (a) => {
      assert.deepEqual(differences(a, structuredClone(a)), []);
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), fc.dictionary(fc.string(), fc.integer()), (a, b) => {
      const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
        (key) => a[key] !== b[key] || key in a !== key in b,
      );
      assert.equal(differences(a, b).length, keys.length);
    }),
  );
});

test("every place can be looked up in the side that has it", () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      for (const { oldPath, newPath } of differences(a, b)) {
        const before = oldPath && valueAt(a, oldPath);
        const after = newPath && valueAt(b, newPath);
        assert.ok(before !== undefined || after !== undefined);
        if (oldPath && newPath) assert.notDeepEqual(before ?? null, after ?? null);
      }
    }),
  );
});
