import { statSync } from "node:fs";
import { heartbeatFile as file } from "../heartbeat.js";

const oldestSeconds = 60;

/** The liveness probe of a worker: ends with 0 while the worker's heartbeat file is younger than a minute. */
export async function run() {
  const problem = problemOf(file);
  if (!problem) return;
  console.error(problem);
  process.exitCode = 1;
}

/** Why the worker is not alive; undefined when it is. */
function problemOf(/** @type {string} */ file) {
  try {
    const seconds = (Date.now() - statSync(file).mtimeMs) / 1000;
    if (seconds < oldestSeconds) return undefined;
    return `The heartbeat ${file} is ${Math.round(seconds)} s old, allowed are ${oldestSeconds} s: the worker hangs.`;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOENT") return `There is no heartbeat ${file}: no worker has started here.`;
    return `The heartbeat ${file} cannot be looked at (${code}); make its folder readable for this user.`;
  }
}
