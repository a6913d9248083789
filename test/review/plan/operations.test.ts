import assert from "node:assert/strict";
import { test } from "node:test";
import { stackPreview } from "../../../review/plan";
import { mergedSteps } from "../../../review/plan/operations";
import type { Step } from "../../../review/plan/report";

const urn = "urn:pulumi:s::p::a:b:C::x";
const state = (more: object = {}) => ({ urn, type: "a:b:C", custom: true, inputs: { a: 1 }, ...more });
const merged = (...steps: (Partial<Step> & { op: string })[]) =>
  mergedSteps({ steps: steps.map((step) => ({ urn, ...step })), diagnostics: [] });
const only = (...steps: (Partial<Step> & { op: string })[]) => {
  const found = merged(...steps);
  assert.equal(found.length, 1);
  return found[0]!;
};

test("a replacement is one change, however many steps it has and in whichever order", () => {
  const old = { oldState: state({ id: "old" }) };
  const both = { ...old, newState: state({ inputs: { a: 2 } }), detailedDiff: { a: { kind: "update-replace" } } };
  const create = { op: "create-replacement", ...both };
  const replace = { op: "replace", ...both, replaceReasons: ["a"] };
  const remove = { op: "delete-replaced", ...old };
  for (const steps of [[create, replace, remove], [remove, replace, create], [replace]]) {
    const change = only(...steps);
    assert.equal(change.operation, "replace");
    assert.deepEqual(change.before?.id, "old");
    assert.deepEqual(change.after?.inputs, { a: 2 });
    assert.deepEqual(change.detailedDiff, both.detailedDiff);
  }
  assert.equal(only(create, replace, remove).deletedFirst, false);
  assert.equal(only(remove, replace, create).deletedFirst, true, "the old one goes first");
});

test("every operation of the engine has a name here", () => {
  const names: Record<string, string> = {
    ...{ same: "same", create: "create", update: "update", delete: "delete", replace: "replace" },
    ...{ read: "read", "read-replacement": "read", "read-discard": "read", discard: "read" },
    ...{ import: "import", "import-replacement": "import", "discard-replaced": "replace" },
    ...{ "remove-pending-replace": "replace", "later-invention": "update", toString: "update" },
  };
  for (const [op, operation] of Object.entries(names)) {
    assert.equal(only({ op, oldState: state(), newState: state({ stackTrace: [] }) }).operation, operation, op);
  }
});

test("what is kept when it is deleted is forgotten, not deleted", () => {
  assert.equal(only({ op: "delete", oldState: state({ retainOnDelete: true }) }).operation, "forget");
});

test("a component that is replaced along with what it dies with is no change of its own", () => {
  const [before, after] = [state({ custom: false, delete: true }), state({ custom: false })];
  const both = { oldState: before, newState: after, replaceReasons: ["deletedWith"] };
  const steps = ["delete-replaced", "replace", "create-replacement"].map((op) => ({ op, ...both }));
  assert.equal(only(...steps).operation, "same");
  assert.equal(only({ op: "replace", ...both, newState: state({ custom: false, protect: true }) }).operation, "update");
});

test("a component that is replaced along is none of those that a short report leaves out", () => {
  const holder = state({ custom: false });
  const along = { op: "replace", urn, oldState: holder, newState: holder, replaceReasons: ["deletedWith"] };
  const { changes, counts, partial } = stackPreview({ steps: [along], changeSummary: { replace: 1, same: 3 } });
  assert.deepEqual([changes, counts.replace, counts.same, partial], [[], 0, 4, true]);
});

test("protection that changes alone is a change", () => {
  const change = only({ op: "same", oldState: state({ protect: true }), newState: state() });
  assert.equal(change.operation, "update");
});

test("a refresh finds; the plan that follows it is told apart", () => {
  const root = { op: "refresh", urn: "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s" };
  const found = merged(
    root,
    { op: "update", oldState: state({ outputs: { a: 1 } }), newState: state({ outputs: { a: 2 } }) },
    { op: "update", oldState: state({ outputs: { a: 2 } }), newState: state({ stackTrace: [{}] }) },
  );
  assert.deepEqual(
    found.map(({ operation }) => operation),
    ["same", "refresh", "update"],
  );
  const gone = merged(root, { op: "delete", oldState: state() });
  assert.deepEqual(
    gone.map(({ operation, after }) => [operation, after]),
    [
      ["same", undefined],
      ["refresh", undefined],
    ],
  );
});
