import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { tar } from "../../../sandbox/images/tar";

/** A name of one to four short parts, some of which need the 155 bytes before the last slash. */
const names = fc
  .array(fc.stringMatching(/^[a-z0-9]{1,60}$/), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"))
  .filter((name) => name.length <= 220);

test("GNU tar lists and reads back whatever was written", () => {
  fc.assert(
    fc.property(names, fc.uint8Array({ maxLength: 2000 }), (name, bytes) => {
      const archive = tar([{ name, content: Buffer.from(bytes) }]);
      assert.equal(archive.length % 512, 0);
      assert.equal(execFileSync("tar", ["-tf", "-"], { input: archive, encoding: "utf8" }), `${name}\n`);
      assert.deepEqual(execFileSync("tar", ["-xOf", "-"], { input: archive }), Buffer.from(bytes));
    }),
    { numRuns: 25 },
  );
});

test("names that the format cannot hold are refused", () => {
  assert.throws(() => tar([{ name: "/absolute" }]), /must be a relative path/);
  assert.throws(() => tar([{ name: "a/../b" }]), /must be a relative path/);
  assert.throws(() => tar([{ name: "x".repeat(101) }]), /too long \(101 bytes/);
  assert.throws(() => tar([{ name: "folder/", content: Buffer.from("x") }]), /is a folder/);
});
