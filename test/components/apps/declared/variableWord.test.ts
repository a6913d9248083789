import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { variableWord } from "../../../../components/apps/declared/variableWord";

test("a variable's name is a part of names of objects, and two stay different", () => {
  assert.equal(variableWord("SESSION_SECRET"), "session-secret");
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,80}$/);
  fc.assert(
    fc.property(name, name, (one, two) => {
      for (const word of [one, two].map(variableWord)) {
        assert.match(word, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
        assert.ok(word.length <= 40, word);
      }
      if (one !== two) assert.notEqual(variableWord(one), variableWord(two));
    }),
  );
  assert.notEqual(variableWord("A_B"), variableWord("a_b"));
  assert.notEqual(variableWord("A__B"), variableWord("A_B"));
});
