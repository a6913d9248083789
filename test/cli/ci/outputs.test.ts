import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { outputText } from "../../../cli/ci/outputs";

/** As the runner reads the file: `name<<end`, lines, `end`. */
function read(text: string): Record<string, string> {
  const lines = text.split("\n");
  const values: Record<string, string> = {};
  while (lines.length > 1) {
    const [name, end] = lines.shift()!.split("<<");
    const value: string[] = [];
    while (lines[0] !== end) value.push(lines.shift()!);
    lines.shift();
    values[name!] = value.join("\n");
  }
  return values;
}

test("every value comes back as it was, and none gives another one", () => {
  const value = fc.oneof(fc.string(), fc.constant("x\nrisk<<EOF\nnone\nEOF"), fc.constant("risk=none"));
  fc.assert(
    fc.property(value, value, (changed, risk) => {
      assert.deepEqual(read(outputText({ changed, risk })), { changed, risk });
    }),
  );
});

test("a name that is none is refused", () => {
  assert.throws(() => outputText({ "a\nb": 1 }), /is no name of an output/);
});
