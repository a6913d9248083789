#!/usr/bin/env node
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..", "..");

/** What keeps the command from starting at all, told before anything of it is loaded. */
function obstacle() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return `Node.js ${process.versions.node} is too old\n  what to do: install 20.19 or newer`;
  }
  if (!existsSync(join(root, "node_modules", "sucrase"))) {
    return `the libraries of ${root} are not installed\n  what to do: npm ci`;
  }
  return undefined;
}

const problem = obstacle();
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
} else {
  require("../../components/loader.cjs");
  require("../switchboard.ts").main(process.argv.slice(2));
}
