import { statSync } from "node:fs";
import { heartbeatFile as file } from "../heartbeat.js";

const oldestSeconds = 60;

/** The liveness probe of a worker: ends with 0 while the worker's heartbeat file is younger than a minute. */
export async function run() {
  const seconds = age(file);
  if (seconds < oldestSeconds) return;
  console.error(
    Number.isFinite(seconds)
      ? `The heartbeat ${file} is ${Math.round(seconds)} s old, allowed are ${oldestSeconds} s: the worker hangs.`
      : `There is no heartbeat ${file}: no worker has started here.`,
  );
  process.exitCode = 1;
}

/** Seconds since the file was written; Infinity when there is none. */
function age(/** @type {string} */ file) {
  try {
    return (Date.now() - statSync(file).mtimeMs) / 1000;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
