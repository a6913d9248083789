import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { terminalStyle } from "../../lib/terminal";

test("colours and a width only on a terminal, and no colours where a person wants none", () => {
  const terminal = { isTTY: true, columns: 90 };
  assert.deepEqual(terminalStyle(terminal, {}), { width: 90, valueWidth: 90, colours: true });
  assert.equal(terminalStyle(terminal, { NO_COLOR: "1" }).colours, false);
  assert.equal(terminalStyle(terminal, { TERM: "dumb" }).colours, false);
  assert.deepEqual(terminalStyle({}, {}), { width: 120, valueWidth: Number.POSITIVE_INFINITY, colours: false });
  assert.equal(terminalStyle({ isTTY: true, columns: 300 }, {}).width, 140, "longer lines are hard to read");
  assert.equal(terminalStyle({ isTTY: true, columns: 10 }, {}).width, 40);
});

test("a temporary folder is gone with its process, also when that was interrupted", () => {
  for (const end of ["", "process.exit(3)", 'throw new Error("defect")']) {
    const script = `
      const { temporaryFolder } = require("./lib/temporary.ts");
      const folder = temporaryFolder("test");
      require("node:fs").writeFileSync(folder + "/file", "");
      process.stdout.write(folder);
      ${end}`;
    const args = ["--require", "./components/loader.cjs", "-e", script];
    const folder = spawnSync(process.execPath, args, { encoding: "utf8" }).stdout;
    assert.match(folder, /switchboard-test-/);
    assert.equal(existsSync(folder), false, end);
  }
});
