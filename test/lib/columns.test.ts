import assert from "node:assert/strict";
import { test } from "node:test";
import { inColumns } from "../../lib/columns";

test("cells stand below each other, and no line ends with spaces", () => {
  assert.deepEqual(
    inColumns([
      ["what", "now", ""],
      ["a", "longer", "last"],
      ["b", "", ""],
    ]),
    ["what  now", "a     longer  last", "b"],
  );
  assert.deepEqual(inColumns([]), []);
});
