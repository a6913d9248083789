import assert from "node:assert/strict";
import { test } from "node:test";
import { previewErrors, previewReport } from "../../../engine/stack/previewReport";

const urn = (name: string) =>
  `urn:pulumi:prod::switchboard::switchboard:apps:Panel$kubernetes:apps/v1:Deployment::${name}`;

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
