import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isOrphan, isPulumi } from "../../../engine/stack/pulumiProcess";

const proc = mkdtempSync(join(tmpdir(), "proc-"));
after(() => rmSync(proc, { recursive: true }));

function processIs(pid: number, name: string, state: string, parent: number): void {
  mkdirSync(join(proc, String(pid)));
  const text = `Name:\t${name}\nUmask:\t0022\nState:\t${state} (sleeping)\nPid:\t${pid}\nPPid:\t${parent}\n`;
  writeFileSync(join(proc, String(pid), "status"), text);
}

processIs(10, "pulumi", "S", 4000);
processIs(11, "pulumi", "S", 1);
processIs(12, "pulumi", "Z", 1);
processIs(13, "node", "S", 1);

test("a Pulumi with a living parent is somebody's", () => {
  assert.ok(isPulumi(10, proc));
  assert.ok(!isOrphan(10, proc));
});

test("a Pulumi that process 1 has taken over was left by a killed run", () => {
  assert.ok(isPulumi(11, proc));
  assert.ok(isOrphan(11, proc));
});

test("one that has ended, another program and no process at all hold no lock", () => {
  for (const pid of [12, 13, 14]) {
    assert.ok(!isPulumi(pid, proc), String(pid));
    assert.ok(!isOrphan(pid, proc), String(pid));
  }
});
