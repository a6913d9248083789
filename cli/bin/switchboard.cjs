#!/usr/bin/env node
"use strict";
const { haveLibraries, installLibraries, root } = require("./libraries.cjs");

/** What keeps the command from starting at all, told before anything of it is loaded. */
function obstacle() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return `Node.js ${process.versions.node} is too old\n  what to do: install 20.19 or newer`;
  }
  if (haveLibraries()) return undefined;
  // The first command of a new checkout does everything; no other one changes the checkout.
  if (process.argv[2] !== "up") return `the libraries of ${root} are not installed\n  what to do: npm ci`;
  const failure = installLibraries();
  return failure && `${failure}\n  what to do: mend what npm says above, then run it again`;
}

const problem = obstacle();
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
} else {
  require("../../components/loader.cjs");
  require("../switchboard.ts").main(process.argv.slice(2));
}
