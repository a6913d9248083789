import assert from "node:assert/strict";
import { test } from "node:test";
import { configChanges } from "../../../cli/ci/configChanges";

test("each value that differs is told once, by its path", () => {
  const before = { "a:x": { storage: "1Gi", gone: 1, list: [1, 2], same: true }, "a:y": 1 };
  const after = { "a:x": { storage: "2Gi", list: [1, 3], same: true, "odd key": 1 }, "a:y": 1 };
  assert.deepEqual(configChanges(before, after), [
    { key: "a:x.gone", kind: "remove", secret: false, before: 1 },
    { key: "a:x.list", kind: "change", secret: false, before: [1, 2], after: [1, 3] },
    { key: "a:x.storage", kind: "change", secret: false, before: "1Gi", after: "2Gi" },
    { key: 'a:x["odd key"]', kind: "add", secret: false, after: 1 },
  ]);
});

test("what is encrypted on either side is told by its key alone", () => {
  const secure = { secure: "v1:abc" };
  const before = { p: secure, q: "clear", r: { deep: secure }, list: [secure] };
  const after = { p: { secure: "v1:def" }, q: { secure: "v1:xyz" }, list: ["x"], s: { new: secure } };
  const changes = configChanges(before, after);
  assert.deepEqual(
    changes.map(({ key, kind, secret }) => [key, kind, secret]),
    [
      ["list", "change", true],
      ["p", "change", true],
      ["q", "change", true],
      ["r.deep", "remove", true],
      ["s.new", "add", true],
    ],
  );
  assert.doesNotMatch(JSON.stringify(changes), /abc|def|xyz|clear/);
});

test("the same settings differ in nothing, a new stack in everything", () => {
  assert.deepEqual(configChanges({ a: { b: 1 } }, { a: { b: 1 } }), []);
  assert.deepEqual(configChanges(undefined, { a: { b: 1, c: {} } }), [
    { key: "a.b", kind: "add", secret: false, after: 1 },
    { key: "a.c", kind: "add", secret: false, after: {} },
  ]);
});
