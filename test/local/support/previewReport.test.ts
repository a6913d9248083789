import assert from "node:assert/strict";
import { test } from "node:test";
import { previewErrors, previewReport, previewSummary } from "../../../local/support/previewReport";

const urn = (name: string) =>
  `urn:pulumi:prod::switchboard::switchboard:apps:Panel$kubernetes:apps/v1:Deployment::${name}`;

test("a summary tells deletions and replacements first, and a replacement once", () => {
  const steps = [
    { op: "same", urn: urn("a") },
    { op: "create", urn: urn("b") },
    { op: "create-replacement", urn: urn("c") },
    { op: "replace", urn: urn("c") },
    { op: "delete-replaced", urn: urn("c") },
    { op: "delete", urn: urn("d") },
  ];
  assert.deepEqual(previewSummary({ steps }), [
    "1 to delete, 1 to replace, 1 to create:",
    "  delete Deployment d",
    "  replace Deployment c",
    "  create Deployment b",
  ]);
  assert.deepEqual(previewSummary({ steps: [{ op: "same", urn: urn("a") }] }), ["nothing would change"]);
});

test("a long summary is cut, and says by how much", () => {
  const steps = Array.from({ length: 40 }, (_, index) => ({ op: "create", urn: urn(`x${index}`) }));
  const lines = previewSummary({ steps });
  assert.equal(lines.length, 32);
  assert.equal(lines.at(-1), "  and 10 more");
});

test("errors are those of the diagnostics, with their resource; else what the CLI said", () => {
  const diagnostics = [
    { severity: "info", message: "hello" },
    { severity: "error", message: "unable to replace resource: it is protected\n", urn: urn("panel") },
    { severity: "error", message: "preview failed" },
  ];
  assert.deepEqual(previewErrors({ diagnostics }, ""), [
    "Deployment panel: unable to replace resource: it is protected",
    "preview failed",
  ]);
  assert.deepEqual(previewErrors(previewReport("no JSON"), "error: no stack\n"), ["error: no stack"]);
});
