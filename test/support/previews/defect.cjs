// Loaded before the program: gives one of its components a defect, as a careless commit would.
const Module = require("node:module");
const load = Module._load;

Module._load = function (request, parent, ...rest) {
  const loaded = load.call(this, request, parent, ...rest);
  // By its file: who asks for it calls it by another path.
  if (typeof loaded?.Chat !== "function") return loaded;
  if (!/\/apps\/chat\/index\.ts$/.test(Module._resolveFilename(request, parent))) return loaded;
  return {
    ...loaded,
    Chat: class extends loaded.Chat {
      constructor(name, args, opts) {
        super(name, { ...args, image: undefined.reference }, opts);
      }
    },
  };
};
