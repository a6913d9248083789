"use strict";
/**
 * Loaded before every TypeScript entry point (`node --require ./components/loader.cjs`; Pulumi.yaml does it by
 * `nodeargs`), so that `pulumi up` needs no build step after `npm ci`. It does two things:
 *
 * 1. Compiles `.ts` files on the fly by removing their types. Types are checked by `npm run check`: Pulumi's own
 *    compiler would check them again at every run, for about four more CPU seconds, and would miss an error caused
 *    by a change in another file.
 * 2. Leaves out what `@pulumi/pulumi` loads only to serialize functions (npm's tree walker and the TypeScript
 *    compiler, more than half of its start time). This program serializes none; should it ever, the stand-in throws
 *    and names the switch that turns this off.
 */
const Module = require("node:module");
const { readFileSync } = require("node:fs");
const { dirname, sep } = require("node:path");
const { transform } = require("sucrase");

Module._extensions[".ts"] = function compileTypeScript(module, filename) {
  const { code } = transform(readFileSync(filename, "utf8"), {
    transforms: ["typescript", "imports"],
    disableESTransforms: true,
    preserveDynamicImport: false,
    filePath: filename,
  });
  module._compile(code, filename);
};

const onlyForClosures = new Set(["@npmcli/arborist", "../../typescript-shim", "typescript"]);
const closureCode = `${sep}@pulumi${sep}pulumi${sep}runtime${sep}closure${sep}`;

if (process.env.SWITCHBOARD_FULL_RUNTIME !== "1") {
  const load = Module._load;
  Module._load = function loadOrStandIn(request, parent, isMain) {
    const from = parent?.filename ? dirname(parent.filename) + sep : "";
    if (!onlyForClosures.has(request) || !from.includes(closureCode)) return load.call(this, request, parent, isMain);
    return new Proxy(
      {},
      {
        get(_target, property) {
          if (property === "__esModule" || typeof property === "symbol") return undefined;
          throw new Error(
            `${request} is left out because this program serializes no functions (components/loader.cjs); ` +
              "set SWITCHBOARD_FULL_RUNTIME=1 to load it",
          );
        },
      },
    );
  };
}
