import assert from "node:assert/strict";
import { test } from "node:test";
import { gateOf, verdictOf } from "../../../cli/ci/gate";
import type { StackReport } from "../../../review/comment/model";
import type { Risk, StackPreview } from "../../../review/plan/model";

const none = { create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, read: 0, refresh: 0, same: 0 };

function report(risk: Risk, more: Partial<StackPreview> = {}, findings: StackReport["findings"] = []): StackReport {
  const change = {
    operation: "delete",
    urn: "u",
    type: "t",
    name: "n",
    components: [],
    properties: [],
    forcedBy: [],
  } as const;
  const preview: StackPreview = {
    ...{
      project: "switchboard",
      stack: "prod",
      origin: "engine",
      succeeded: true,
      diagnostics: [],
      before: [],
      after: [],
    },
    ...{ risk, counts: none, changes: [{ ...change, risk, reasons: [`why it is ${risk}`] }] },
    ...more,
  };
  return { preview, findings };
}

test("danger shuts the gate, with the reason, and the label opens it", () => {
  const reports = [report("danger", { stack: "prod" }), report("caution", { stack: "dev" })];
  assert.deepEqual(gateOf(reports, "danger"), ["prod: danger: why it is danger"]);
  assert.deepEqual(gateOf(reports, "danger", { open: true }), []);
  assert.deepEqual(gateOf(reports, "danger", { open: false, said: "void" }).length, 1);
  assert.equal(gateOf(reports, "caution").length, 2);
});

test("a preview that failed shuts the gate, label or not", () => {
  const failed = report("none", { succeeded: false });
  assert.deepEqual(gateOf([failed], "danger", { open: true }), ["prod: the preview failed"]);
});

test("an offline preview knows no danger: everything is new to it", () => {
  const offline = report("danger", { origin: "offline" });
  assert.deepEqual(gateOf([offline], "danger"), []);
  assert.equal(verdictOf([offline]).risk, "none");
});

test("nothing to do shuts no gate, whatever level is asked for", () => {
  assert.deepEqual(gateOf([report("none")], "none"), []);
});

test("the verdict adds all stacks up", () => {
  const finding = { rule: "r", level: "mandatory", urn: "u", message: "m", todo: "t" } as const;
  const verdict = verdictOf([
    report("safe", { counts: { ...none, create: 2, same: 5 } }, [finding, { ...finding, level: "advisory" }]),
    report("caution", { counts: { ...none, create: 1, replace: 3 } }),
  ]);
  assert.deepEqual(verdict, {
    ...{ changed: true, risk: "caution", succeeded: true, violations: 1 },
    counts: { create: 3, update: 0, replace: 3, delete: 0 },
  });
  assert.equal(verdictOf([report("none", { counts: { ...none, same: 9, read: 2 } })]).changed, false);
});
