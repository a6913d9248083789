// Loaded before the program: gives one of its components a defect, as a careless commit would.
const Module = require("node:module");
const load = Module._load;

Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (!/\/apps\/chat$/.test(request) || typeof loaded?.Chat !== "function") return loaded;
  return {
    ...loaded,
    Chat: class extends loaded.Chat {
      constructor(name, args, opts) {
        super(name, { ...args, image: undefined.reference }, opts);
      }
    },
  };
};
