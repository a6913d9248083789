"use strict";
/**
 * Required before each file of tests (`unit.ts`). Node.js' runner follows every promise, so that it can name the test which
 * an error belongs to that nobody waited for. One run of the program makes very many promises, and following them takes a
 * third of the processor time. With this the runner follows everything else: tests, timers, sockets. An error that comes
 * out of a promise which nobody waited for still fails its file, and may stand there without the name of its test.
 */
const hooks = require("node:async_hooks");

const { createHook } = hooks;
hooks.createHook = function createLightHook(callbacks) {
  if (!new Error().stack.includes("node:internal/test_runner/")) return createHook(callbacks);
  const { init } = callbacks;
  return createHook({
    init(asyncId, type, triggerAsyncId, resource) {
      if (type !== "PROMISE") init(asyncId, type, triggerAsyncId, resource);
    },
  });
};
