import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { goIsNewEnough, goToolStamp, goVersion } from "../../../local/support/goTool";
import { temporaryFolder } from "../../../local/support/temporary";

test("a Go version is read from what go.mod and go env say", () => {
  assert.deepEqual(goVersion("go1.26.8\n"), [1, 26, 8]);
  assert.deepEqual(goVersion("1.26"), [1, 26, 0]);
  assert.deepEqual(goVersion("go1.27rc1"), [1, 27, 0]);
  assert.equal(goVersion("devel +abc"), undefined);
});

test("versions are compared as numbers, not as text", () => {
  assert.equal(goIsNewEnough("go1.26.0", "1.26"), true);
  assert.equal(goIsNewEnough("go1.9", "1.26"), false);
  assert.equal(goIsNewEnough("go1.26.7", "1.26.8"), false);
  assert.equal(goIsNewEnough("go2.0", "1.26.8"), true);
  assert.equal(goIsNewEnough("", "1.26"), false);
});

test("the stamp changes with the modules, the package and the linker flags", () => {
  const module = temporaryFolder("goTool");
  writeFileSync(join(module, "go.mod"), "module x\n");
  writeFileSync(join(module, "go.sum"), "");
  const tool = { module, package: "example.com/x", ldflags: "-s" };
  const stamp = goToolStamp(tool);
  assert.equal(goToolStamp({ ...tool }), stamp);
  assert.notEqual(goToolStamp({ ...tool, ldflags: "-w" }), stamp);
  assert.notEqual(goToolStamp({ ...tool, package: "example.com/y" }), stamp);
  writeFileSync(join(module, "go.sum"), "example.com/z v1.0.0 h1:x\n");
  assert.notEqual(goToolStamp(tool), stamp);
});
