"use strict";
const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..", "..");

/** Whether this checkout has its libraries: the one that loads everything else stands for all. */
function haveLibraries() {
  return existsSync(join(root, "node_modules", "sucrase"));
}

/**
 * Installs what `package-lock.json` names, with the npm that called this or the one on PATH. npm's words go to standard
 * error: standard output is the command's own.
 * @returns {string | undefined} why it could not
 */
function installLibraries() {
  process.stderr.write("installing the libraries of package-lock.json (npm ci)\n");
  const npm = process.env.npm_execpath;
  const [program, first] = npm ? [process.execPath, [npm]] : ["npm", []];
  const { error, status } = spawnSync(program, [...first, "ci"], { cwd: root, stdio: ["ignore", 2, 2] });
  return status === 0 ? undefined : `npm ci failed${error ? `: ${error.message}` : ""}`;
}

module.exports = { haveLibraries, installLibraries, root };
