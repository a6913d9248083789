import assert from "node:assert/strict";
import { test } from "node:test";
import { type StackPreview, stackPreview } from "../../../review/plan";
import { type kindsOfProvider, pairNames, pairOf } from "../../support/previews/pairs";

const preview = (name: string, kind: (typeof kindsOfProvider)[number]): StackPreview => {
  const { report, stderr, exitCode } = pairOf(name, kind);
  return stackPreview(JSON.stringify(report), { stderr, exitCode });
};

/** What a person is told of each change. */
const told = ({ changes }: StackPreview) =>
  changes.map(({ operation, name, risk, reasons, forcedBy, properties }) => ({
    ...{ operation, name, risk, reasons, forcedBy },
    properties: properties.map(
      ({ path, kind, forcesReplacement }) => `${kind} ${path}${forcesReplacement ? " !" : ""}`,
    ),
  }));

test("both kinds of provider are recorded for every change", () => {
  assert.ok(pairNames().length >= 7);
});

for (const name of pairNames()) {
  test(`${name} is read alike, whichever provider says it`, () => {
    const [official, local] = [preview(name, "official"), preview(name, "local")];
    assert.deepEqual(told(official), told(local));
    assert.deepEqual([official.succeeded, official.risk, official.counts], [true, local.risk, local.counts]);
    assert.equal(official.changes.length > 0, name !== "nothing");
  });
}
