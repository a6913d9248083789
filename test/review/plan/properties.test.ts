import assert from "node:assert/strict";
import { test } from "node:test";
import { comparePaths, parsePath } from "../../../review/plan/paths";
import { propertyChanges } from "../../../review/plan/properties";

const changesOf = (
  before: object,
  after: object,
  detailedDiff: Record<string, { kind: string }> = {},
  replaceReasons: string[] = [],
) => propertyChanges({ raw: { before, after }, masked: { before, after }, detailedDiff, replaceReasons });
const paths = (...args: Parameters<typeof changesOf>) => changesOf(...args).map(({ path }) => path);

test("the provider says what counts, and what forces a replacement", () => {
  const found = changesOf(
    { cpu: "1000m", image: "a", ignored: 1 },
    { cpu: "1", image: "b", ignored: 2 },
    { image: { kind: "update-replace" } },
  );
  assert.deepEqual(found, [{ path: "image", kind: "change", forcesReplacement: true, before: "a", after: "b" }]);
});

test("without its word everything that differs is told", () => {
  const found = changesOf({ a: 1, b: 2 }, { b: 3, c: 4 }, {}, ["b"]);
  assert.deepEqual(found, [
    { path: "a", kind: "remove", forcesReplacement: false, before: 1 },
    { path: "b", kind: "change", forcesReplacement: true, before: 2, after: 3 },
    { path: "c", kind: "add", forcesReplacement: false, after: 4 },
  ]);
});

test("a reason is a property at the top or a whole path, with a dot in front or without", () => {
  const before = { data: { FEATURE_X: "1", "nginx.conf": "a", same: "s" }, metadata: { labels: { a: "1" } } };
  const after = { data: { FEATURE_X: "2", "nginx.conf": "b", same: "s" }, metadata: { labels: { a: "2" } } };
  const forced = (...reasons: string[]) =>
    changesOf(before, after, {}, reasons).flatMap(({ path, forcesReplacement }) => (forcesReplacement ? path : []));
  assert.deepEqual(forced("data"), ["data.FEATURE_X", 'data["nginx.conf"]']);
  assert.deepEqual(forced("data.FEATURE_X"), ["data.FEATURE_X"]);
  assert.deepEqual(forced('data["nginx.conf"]'), ['data["nginx.conf"]']);
  assert.deepEqual(forced(".data.FEATURE_X", "metadata.labels"), ["data.FEATURE_X", "metadata.labels.a"]);
  assert.deepEqual(forced("dat", "FEATURE_X", "data.same", "deletedWith", ""), []);

  const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: "web", image: name }] } } } });
  const [found] = changesOf(image("a"), image("b"), {}, ["spec.template.spec.containers[0].image"]);
  assert.equal(found?.path, "spec.template.spec.containers[web].image");
  assert.equal(found?.forcesReplacement, true);
  const [told] = changesOf(image("a"), image("b"), { "spec.template": { kind: "update-replace" } }, ["spec.template"]);
  assert.equal(told?.forcesReplacement, true);
});

test("a variable put first is one addition, though the provider counts every position after it", () => {
  const env = (...names: string[]) => ({ spec: { env: names.map((name) => ({ name, value: `v-${name}` })) } });
  const moved = Object.fromEntries(
    [0, 1].flatMap((i) => [`spec.env[${i}].name`, `spec.env[${i}].value`].map((path) => [path, { kind: "update" }])),
  );
  const told = { ...moved, "spec.env[2]": { kind: "add" } };
  const found = changesOf(env("B", "C"), env("A", "B", "C"), told);
  assert.deepEqual(found, [
    { path: "spec.env[A]", kind: "add", forcesReplacement: false, after: { name: "A", value: "v-A" } },
  ]);
  assert.deepEqual(paths(env("B", "C"), env("C", "B"), moved), [], "an order that means nothing");
});

test("a secret that changed is told though both sides look the same", () => {
  const both = { stringData: "[secret]" };
  assert.deepEqual(changesOf(both, both, { stringData: { kind: "update-replace" } }), [
    { path: "stringData", kind: "change", forcesReplacement: true, before: "[secret]", after: "[secret]" },
  ]);
});

test("what is masked ends the path, once", () => {
  const found = propertyChanges({
    raw: { before: { key: { a: 1, b: 1 } }, after: { key: { a: 2, b: 2 } } },
    masked: { before: { key: "[secret]" }, after: { key: "[secret]" } },
    ...{ detailedDiff: {}, replaceReasons: [] },
  });
  assert.deepEqual(
    found.map(({ path, before, after }) => [path, before, after]),
    [["key", "[secret]", "[secret]"]],
  );
});

test("an output that the provider names and no input has is told", () => {
  const found = changesOf({ a: 1 }, { a: 1 }, { 'tagsAll["x.y"]': { kind: "delete" } });
  assert.deepEqual(
    found.map(({ path, kind }) => [path, kind]),
    [['tagsAll["x.y"]', "remove"]],
  );
});

test("paths are read and ordered as people do", () => {
  assert.deepEqual(parsePath('spec.a[10]["b.c/d"].e'), ["spec", "a", 10, "b.c/d", "e"]);
  assert.deepEqual(parsePath('a["quo\\"te"]'), ["a", 'quo"te']);
  assert.deepEqual(["a[10]", "a[2]", "B", "a"].sort(comparePaths), ["a", "a[2]", "a[10]", "B"]);
});
