import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { hierarchies } from "../../../sandbox/nodes/cgroups";

const base = mkdtempSync(join(tmpdir(), "cgroups-"));
after(() => rmSync(base, { recursive: true }));

function folder(name: string, hierarchyNames: string[]): string {
  const root = join(base, name);
  for (const hierarchy of hierarchyNames) {
    mkdirSync(join(root, hierarchy), { recursive: true });
    writeFileSync(join(root, hierarchy, "cgroup.procs"), "");
  }
  return root;
}

test("version 1 beside version 2 tracks in version 2, which has no controllers", () => {
  const root = folder("hybrid", ["cpu", "cpuset", "memory", "pids", "systemd", "unified"]);
  const found = hierarchies(root);
  assert.equal(found?.version, 1);
  assert.equal(found?.tracking, join(root, "unified"));
  assert.deepEqual(found?.controllers, ["cpu", "cpuset", "memory", "pids"]);
  assert.ok(!found?.folders.includes(join(root, "unified")));
});

test("version 1 alone tracks in pids", () => {
  const root = folder("legacy", ["cpu", "memory", "pids"]);
  assert.equal(hierarchies(root)?.tracking, join(root, "pids"));
});

test("version 2 has all controllers in one place", () => {
  const root = folder("unified", ["."]);
  writeFileSync(join(root, "cgroup.controllers"), "cpuset cpu io memory pids\n");
  assert.deepEqual(hierarchies(root), {
    version: 2,
    controllers: ["cpuset", "cpu", "io", "memory", "pids"],
    folders: [root],
    tracking: root,
  });
});

test("nothing mounted is nothing found", () => {
  assert.equal(hierarchies(join(base, "missing")), undefined);
  assert.equal(hierarchies(folder("empty", [])), undefined);
});
