"use strict";
// The SDK's runner for policy packs loads this file, in whatever folder it was started; the pack reads its own
// package.json from the folder that it runs in. The rules are TypeScript, which the loader compiles.
process.chdir(__dirname);
require("../../components/loader.cjs");
require("./pack.ts").serve();
