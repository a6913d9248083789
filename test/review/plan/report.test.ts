import assert from "node:assert/strict";
import { test } from "node:test";
import { reportIn, withoutColours } from "../../../review/plan/report";

const report = {
  steps: [{ op: "create", urn: "urn:pulumi:s::p::a:b:C::x" }],
  changeSummary: { create: 1 },
  duration: 5,
};
const text = JSON.stringify(report, null, 4);

test("a report is found in whatever stands around it", () => {
  const printed = [
    text,
    `\n\n${text}\n`,
    `Previewing update (prod):\n\n@ previewing update....\n${text}`,
    `> switchboard@0.1.0 preview\n{ "progress": 1 \n${text}\ndone\n`,
    `\u001b[1mPreviewing\u001b[0m\n\u001b]0;title\u0007${text}\u001b[0m`,
    JSON.stringify(report),
  ];
  for (const entry of printed) assert.equal(reportIn(entry)?.steps.length, 1, entry.slice(0, 40));
  assert.equal(reportIn(report)?.duration, 5);
});

test("what is no report is none", () => {
  for (const entry of ["", "error: no stack selected", "{", "[]", "null", "{}", '{"version":3}', "42"]) {
    assert.equal(reportIn(entry), undefined, entry);
  }
});

test("odd entries hide no others, and unknown fields are let through", () => {
  const found = reportIn({
    steps: [
      null,
      7,
      { op: "create" },
      { op: "update", urn: "u", newState: "?", detailedDiff: 3, later: true },
      report.steps[0]!,
    ],
    diagnostics: [{ message: "a" }, "b", { severity: 1, message: "c" }],
    duration: "long",
  })!;
  assert.deepEqual(
    found.steps.map(({ op }) => op),
    ["update", "create"],
  );
  assert.deepEqual(
    found.diagnostics.map(({ severity, message }) => `${severity} ${message}`),
    ["info a", "info c"],
  );
  assert.equal(found.duration, undefined);
});

test("colours go, texts stay", () => {
  assert.equal(
    withoutColours("\u001b[38;5;2mgreen\u001b[0m <{%reset%}>plain<{%fg 12%}> \u009b1mbold"),
    "green plain bold",
  );
  assert.equal(withoutColours("\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u0007"), "link");
  assert.equal(withoutColours("a [31m b"), "a [31m b");
});
