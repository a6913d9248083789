"use strict";
/**
 * Loaded before every TypeScript entry point (`node --require ./components/loader.cjs`; Pulumi.yaml does it by
 * `nodeargs`), so that `pulumi up` needs no build step after `npm ci`. It does seven things:
 *
 * 1. Compiles `.ts` files by removing their types, and keeps the result in `node_modules/.cache`
 *    (`SWITCHBOARD_COMPILE_CACHE` names another folder), under a digest of the source. Lines stay where they are. Types
 *    are checked by `npm run check`: Pulumi's own compiler would check them again at every run, for about four more CPU
 *    seconds, and would miss an error caused by a change in another file.
 * 2. Leaves out what `@pulumi/pulumi` loads only to serialize functions: npm's tree walker and the TypeScript compiler,
 *    more than half of its start time, and a debugger session, which makes everything else slower. This program
 *    serializes none; should it ever, the stand-in throws and names the switch that turns this off.
 * 3. Loads parts that this program may never come to (the automation API, component providers, YAML manifests, the order
 *    of versions, zod's languages) when they are first used.
 * 4. Leaves out source maps: with the lines kept there is nothing to map, and Pulumi, which asks where each resource was
 *    made, would read the maps of every library that is on the stack (a fifth of the program's time).
 * 5. Leaves out tracing where nobody asked for it, and the SDK's debug messages: four calls to the engine for every
 *    resource, some of them with the inputs of a secret in clear.
 * 6. Leaves out the stack that the SDK writes down for every promise, which only `PULUMI_DEBUG_PROMISE_LEAKS` shows.
 * 7. Switches the optimizing compiler on, which Pulumi.yaml has off, once a program turns out to be a large one: with a
 *    thousand workloads it saves a fifth of the time and more (Node.js 20 and 22; 24 keeps a compiler of its own on),
 *    while a usual run is over before it would pay (`npm run bench -- --programs`).
 */
const Module = require("node:module");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join, sep } = require("node:path");

/** Milliseconds after which a run is a long one: twice what a usual one takes. */
const long = 2_000;
if (process.execArgv.includes("--no-opt")) {
  setTimeout(() => require("node:v8").setFlagsFromString("--opt"), long).unref();
}

const cache = process.env.SWITCHBOARD_COMPILE_CACHE || join(__dirname, "..", "node_modules", ".cache", "switchboard");
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

const sdk = `${sep}@pulumi${sep}pulumi${sep}`;
/** The SDK's own files, not what is installed below it. */
const ofSdk = /[\\/]@pulumi[\\/]pulumi[\\/](?!node_modules[\\/])/;
const zod = `${sep}zod${sep}v4${sep}`;

/** What loads only to serialize functions, wherever in the SDK it is asked for. */
const closures = /(^|\/)closure\/(serializeClosure|codePaths)$/;
/** Modules that are loaded when they are first used: who asks, for what. */
const later = [
  { from: sdk, request: "./automation" },
  { from: sdk, request: "./provider" },
  { from: `${sdk}runtime${sep}`, request: "js-yaml" },
  { from: `${sdk}runtime${sep}`, request: "semver" },
  { from: `${sdk}cmd${sep}run${sep}`, request: "semver" },
  { from: `${zod}core${sep}`, request: "../locales/index.cjs" },
  { from: `${zod}classic${sep}`, request: "../locales/index.cjs" },
];
const tracingWanted =
  Boolean(process.env.TRACEPARENT) || process.argv.some((argument) => argument.startsWith("--tracing"));
const noTracing = { start() {}, stop() {}, newSpan: () => ({ end() {}, setAttribute() {}, addEvent() {} }) };

/** The part of OpenTelemetry that every call to the engine goes through, which without a tracer does nothing. */
const noTelemetry = { __esModule: true, context: { active() {} }, propagation: { inject() {} } };

if (process.env.SWITCHBOARD_FULL_RUNTIME !== "1") {
  const load = Module._load;
  Module._load = function loadOrStandIn(request, parent, isMain) {
    const from = parent?.filename ? dirname(parent.filename) + sep : "";
    const here = () => load.call(this, request, parent, isMain);
    if (later.some((module) => module.request === request && from.endsWith(module.from))) return onFirstUse(here);
    if (!ofSdk.test(from)) return here();
    return standIn(request, from) ?? trimmed(request, here());
  };
}

/** What is given to the SDK in place of a module, if anything. */
function standIn(request, from) {
  if (closures.test(request)) return leftOut(request);
  if (request === "@opentelemetry/api" && !tracingWanted) return noTelemetry;
  if (!from.endsWith(`${sdk}cmd${sep}run${sep}`)) return undefined;
  if (request === "../../runtime/closure/v8Hooks") return { isInitializedAsync: async () => {} };
  if (request === "source-map-support/register") return {};
  if (request === "./tracing" && !tracingWanted) return noTracing;
  return undefined;
}

/** The SDK's module without the work whose result nobody sees. */
function trimmed(request, loaded) {
  if (/^\.{1,2}(\/\.\.)*\/log$/.test(request)) loaded.debug = async () => {};
  if (request === "./debuggable" && !loaded.debugPromiseLeaks && !loaded.withoutStack) withoutStack(loaded);
  if (request === "../proto/resource_pb") {
    // The text of a debug message is made before the message is dropped, from every value in the answer.
    loaded.RegisterResourceResponse.prototype.toString = () => "RegisterResourceResponse";
  }
  return loaded;
}

/** `debuggablePromise` still finds promises that never end, and keeps no stack of where each was made. */
function withoutStack(debuggable) {
  const { debuggablePromise } = debuggable;
  debuggable.withoutStack = true;
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/** A module that is loaded when something of it is first asked for. */
function onFirstUse(loadIt) {
  let loaded;
  const module = () => {
    loaded ??= loadIt();
    return loaded;
  };
  return new Proxy(
    {},
    {
      // Asked by whoever imports the whole module; all modules of the list say yes.
      get: (_target, property) => (property === "__esModule" ? true : module()[property]),
      has: (_target, property) => property in module(),
      ownKeys: () => Reflect.ownKeys(module()),
      getOwnPropertyDescriptor(_target, property) {
        const descriptor = Reflect.getOwnPropertyDescriptor(module(), property);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}

/** A module of which everything is a function that says why it is not there. */
function leftOut(request) {
  return new Proxy(
    {},
    {
      get: (_target, property) => (property === "__esModule" ? true : refuse),
    },
  );
  function refuse() {
    throw new Error(
      `${request} is left out because this program serializes no functions (components/loader.cjs); ` +
        "set SWITCHBOARD_FULL_RUNTIME=1 to load it",
    );
  }
}
