"use strict";
// npm runs this before each suite (`pretest` and its like in package.json): a new checkout on a new machine is enough.
const { haveLibraries, installLibraries } = require("../cli/bin/libraries.cjs");

const failure = haveLibraries() ? undefined : installLibraries();
if (failure) {
  process.stderr.write(`${failure}\n`);
  process.exitCode = 1;
} else {
  require("../components/loader.cjs");
  require("./support/hostPackages.ts")
    .installHostPackages()
    .catch((error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    });
}
