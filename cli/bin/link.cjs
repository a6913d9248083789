"use strict";
const { mkdirSync, rmSync, symlinkSync } = require("node:fs");
const { join } = require("node:path");

// `npx switchboard` asks npm's own cache for the command, and an npx that was killed there once leaves a folder without
// it for good ("sh: 1: switchboard: not found"). A link in the checkout is found whatever that cache holds.
const folder = join(__dirname, "..", "..", "node_modules", ".bin");
mkdirSync(folder, { recursive: true });
rmSync(join(folder, "switchboard"), { force: true });
symlinkSync(join("..", "..", "cli", "bin", "switchboard.cjs"), join(folder, "switchboard"));
