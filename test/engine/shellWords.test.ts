import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shellWords } from "../../engine/shellWords";

test("words are split as a shell does", () => {
  assert.deepEqual(shellWords("--require ./components/loader.cjs"), ["--require", "./components/loader.cjs"]);
  assert.deepEqual(shellWords("  a\t'b c' \"d \\\" e\" f\\ g '' "), ["a", "b c", 'd " e', "f g", ""]);
  assert.deepEqual(shellWords(""), []);
});

test("a quote that is not closed is an error that shows the line", () => {
  assert.throws(() => shellWords("--title 'x"), /nodeargs: a quote ' is not closed in: --title 'x/);
});

test("what is quoted comes back as it was", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
      assert.deepEqual(shellWords(line), words);
    }),
  );
});
