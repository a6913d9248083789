import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { removeAbandoned } from "../../lib/abandoned";
import { temporaryFolder } from "../../lib/temporary";

test("files and folders of processes that are gone are removed, and nothing else", () => {
  const folder = temporaryFolder("abandoned");
  try {
    const gone = spawnSync("true").pid;
    const kept = [`.tool.${process.pid}`, ".tool.text", `.tools.${gone}`, `tool.${gone}`, ".tool."];
    for (const name of [...kept, `.tool.${gone}`]) writeFileSync(join(folder, name), "");
    mkdirSync(join(folder, `.tool.3.248.0.${gone}/bin`), { recursive: true });
    removeAbandoned(folder, ".tool.");
    assert.deepEqual(readdirSync(folder).sort(), kept.sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
