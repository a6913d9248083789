/*
 * One image, several roles. Each command is loaded when it is asked for: the liveness probe of a worker starts this
 * file every few seconds and must cost next to nothing.
 */
const commands = /** @type {Record<string, () => Promise<{ run: (args: string[]) => Promise<void> }>>} */ ({
  web: () => import("./commands/web.js"),
  worker: () => import("./commands/worker.js"),
  migrate: () => import("./commands/migrate.js"),
  cleanup: () => import("./commands/cleanup.js"),
  console: () => import("./commands/console.js"),
  alive: () => import("./commands/alive.js"),
});

const [name = "", ...args] = process.argv.slice(2);
const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!load) {
  console.error(`Unknown command "${name}"; one of ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}
try {
  await (await load()).run(args);
} catch (error) {
  const { name: kind, message, stack } = /** @type {Error} */ (error);
  // A wrong setting is explained by its message; its stack leads nowhere.
  console.error(kind === "ConfigError" ? message : (stack ?? message));
  process.exit(1);
}

export {}; // A module, for its top-level await.
