import repl from "node:repl";
import { inspect } from "node:util";
import { readConfig } from "../config.js";
import { openDatabase } from "../db.js";
import { createLogger } from "../logger.js";
import * as activity from "../models/activity.js";
import * as events from "../models/events.js";
import * as rooms from "../models/rooms.js";
import * as users from "../models/users.js";
import { openQueue, queueNumbers } from "../queue.js";
import { openRedis } from "../redis.js";

/**
 * A Node prompt with the panel in scope: `db`, `redis`, `queue`, `models`, `numbers()`. With `-e "expression"` it prints
 * one value (text as it is, anything else as JSON) and ends; an expression that throws ends it with 1.
 *
 * @param {string[]} args
 */
export async function run(args) {
  const config = readConfig("console");
  const log = createLogger({ ...config, logLevel: "silent" });
  const db = openDatabase(config, log);
  const redis = openRedis(config, log, { use: "console" });
  const queue = openQueue(redis);
  const scope = { db, redis, queue, models: { activity, events, rooms, users }, numbers: () => queueNumbers(redis) };
  const close = async () => {
    await Promise.allSettled([queue.close(), db.close()]);
    redis.disconnect();
  };

  if (args[0] === "-e") {
    try {
      const value = await evaluate(args[1] ?? "", scope);
      if (value !== undefined) console.log(typeof value === "string" ? value : JSON.stringify(value, null, 2));
    } catch (error) {
      console.error(inspect(error));
      process.exitCode = 1;
    } finally {
      await close();
    }
    return;
  }
  if (args.length > 0)
    throw new Error(`Unknown arguments ${JSON.stringify(args)}; use console, or console -e EXPRESSION.`);
  console.log(
    `Switchboard panel ${config.version}, stage ${config.stage}. In scope: ${Object.keys(scope).join(", ")}.`,
  );
  console.log("For example: await models.users.listUsers(db)");
  const prompt = repl.start({ prompt: `${config.stage}> `, terminal: process.stdin.isTTY });
  Object.assign(prompt.context, scope);
  prompt.on("exit", close);
}

/** @param {string} expression @param {Record<string, unknown>} scope */
async function evaluate(expression, scope) {
  if (!expression.trim()) throw new Error("console -e needs an expression, for example: models.users.countUsers(db)");
  const AsyncFunction = /** @type {FunctionConstructor} */ (Object.getPrototypeOf(async () => {}).constructor);
  return AsyncFunction(...Object.keys(scope), `return (${expression}\n);`)(...Object.values(scope));
}
