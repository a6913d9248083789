import repl from "node:repl";
import { text as readAll } from "node:stream/consumers";
import { inspect } from "node:util";
import { readConfig } from "../config.js";
import { openDatabase } from "../db.js";
import { createLogger } from "../logger.js";
import * as activity from "../models/activity.js";
import * as events from "../models/events.js";
import * as rooms from "../models/rooms.js";
import * as secondFactor from "../models/secondFactor.js";
import * as sessions from "../models/sessions.js";
import * as users from "../models/users.js";
import { openQueue, queueNumbers } from "../queue.js";
import { openRedis } from "../redis.js";

/**
 * A Node prompt with the panel in scope: `db`, `redis`, `queue`, `models`, `numbers()`. With `-e "expression"` it prints
 * one value (text as it is, anything else as JSON) and ends; an expression that throws ends it with 1. With `-` it runs
 * a script from stdin, the body of an async function, and prints what that returns: unlike an argument, what comes by
 * stdin is in no list of processes and in no log of the cluster.
 *
 * @param {string[]} args
 */
export async function run(args) {
  const config = readConfig("console");
  const log = createLogger({ ...config, logLevel: "silent" });
  const db = openDatabase(config, log);
  const redis = openRedis(config, log, { use: "console" });
  const queue = openQueue(redis, log);
  const models = { activity, events, rooms, secondFactor, sessions, users };
  const scope = { db, redis, queue, models, numbers: () => queueNumbers(redis, log) };
  const close = async () => {
    await Promise.allSettled([queue.close(), db.close()]);
    redis.disconnect();
  };

  if (args[0] === "-e" || args[0] === "-") {
    try {
      const value = await evaluate(args[0] === "-" ? await readAll(process.stdin) : expression(args[1] ?? ""), scope);
      if (value !== undefined) console.log(typeof value === "string" ? value : JSON.stringify(value, null, 2));
    } catch (error) {
      console.error(inspect(error));
      process.exitCode = 1;
    } finally {
      await close();
    }
    return;
  }
  if (args.length > 0) {
    const known = "console, console -e EXPRESSION, or console - with a script on stdin";
    throw new Error(`Unknown arguments ${JSON.stringify(args)}; use ${known}.`);
  }
  console.log(
    `Switchboard panel ${config.version}, stage ${config.stage}. In scope: ${Object.keys(scope).join(", ")}.`,
  );
  console.log("For example: await models.users.listUsers(db)");
  const prompt = repl.start({ prompt: `${config.stage}> `, terminal: process.stdin.isTTY });
  Object.assign(prompt.context, scope);
  prompt.on("exit", close);
}

/** @param {string} text */
function expression(text) {
  if (!text.trim()) throw new Error("console -e needs an expression, for example: models.users.countUsers(db)");
  return `return (${text}\n);`;
}

/** @param {string} script @param {Record<string, unknown>} scope */
async function evaluate(script, scope) {
  const AsyncFunction = /** @type {FunctionConstructor} */ (Object.getPrototypeOf(async () => {}).constructor);
  return AsyncFunction(...Object.keys(scope), script)(...Object.values(scope));
}
