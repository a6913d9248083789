"use strict";
/**
 * Loaded before every TypeScript entry point (`node --require ./components/loader.cjs`; Pulumi.yaml does it by
 * `nodeargs`), so that `pulumi up` needs no build step after `npm ci`. It does four things:
 *
 * 1. Compiles `.ts` files by removing their types, and keeps the result in `node_modules/.cache`, under a digest of the
 *    source. Lines stay where they are. Types are checked by `npm run check`: Pulumi's own compiler would check them
 *    again at every run, for about four more CPU seconds, and would miss an error caused by a change in another file.
 * 2. Leaves out what `@pulumi/pulumi` loads only to serialize functions (npm's tree walker and the TypeScript
 *    compiler, more than half of its start time). This program serializes none; should it ever, the stand-in throws
 *    and names the switch that turns this off.
 * 3. Leaves out source maps: with the lines kept there is nothing to map, and Pulumi, which asks where each resource was
 *    made, would read the maps of every library that is on the stack (a fifth of the program's time).
 * 4. Leaves out tracing where nobody asked for it, and the SDK's debug messages: four calls to the engine for every
 *    resource, some of them with the inputs of a secret in clear.
 */
const Module = require("node:module");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join, sep } = require("node:path");

const cache = join(__dirname, "..", "node_modules", ".cache", "switchboard");
/** Changes with the compiler and with this file, so that neither ever meets an older one's results. */
const version = createHash("sha1")
  .update(readFileSync(__filename))
  .update(readFileSync(require.resolve("sucrase/package.json")))
  .digest("hex");

Module._extensions[".ts"] = function compileTypeScript(module, filename) {
  const source = readFileSync(filename, "utf8");
  const kept = join(cache, `${createHash("sha1").update(version).update(source).digest("hex")}.js`);
  module._compile(readIfThere(kept) ?? compile(source, filename, kept), filename);
};

function compile(source, filename, kept) {
  const { transform } = require("sucrase");
  const { code } = transform(source, {
    transforms: ["typescript", "imports"],
    disableESTransforms: true,
    filePath: filename,
  });
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch {
    // A read-only checkout compiles every time.
  }
  return code;
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const closureCode = `${sep}@pulumi${sep}pulumi${sep}runtime${sep}closure${sep}`;
const runnerCode = `${sep}@pulumi${sep}pulumi${sep}cmd${sep}run${sep}`;
const sdkCode = `${sep}@pulumi${sep}pulumi${sep}`;
const sdkLog = /^\.{1,2}(\/\.\.)*\/log$/;
const tracingWanted = process.argv.some((argument) => argument.startsWith("--tracing"));
const noTracing = { start() {}, stop() {}, newSpan: () => ({ end() {}, setAttribute() {}, addEvent() {} }) };
const onlyForClosures = new Set(["@npmcli/arborist", "../../typescript-shim", "typescript"]);

if (process.env.SWITCHBOARD_FULL_RUNTIME !== "1") {
  const load = Module._load;
  Module._load = function loadOrStandIn(request, parent, isMain) {
    const from = parent?.filename ? dirname(parent.filename) + sep : "";
    if (request === "source-map-support/register" && from.includes(runnerCode)) return {};
    if (request === "./tracing" && from.includes(runnerCode) && !tracingWanted) return noTracing;
    if (onlyForClosures.has(request) && from.includes(closureCode)) return leftOut(request);
    const loaded = load.call(this, request, parent, isMain);
    if (sdkLog.test(request) && from.includes(sdkCode)) loaded.debug = async () => {};
    return loaded;
  };
}

function leftOut(request) {
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
}
