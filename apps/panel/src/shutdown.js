/**
 * Runs `finish` on the first SIGTERM or SIGINT and then ends the process with 0; with 0, too, when it took longer than
 * the limit, because what was cut off is in the log and a non-zero code would look like a crash.
 *
 * @param {{ log: import("./logger.js").Logger, seconds: number, finish: (deadline: number) => Promise<void> }} parts
 *   `finish` gets the time (as of Date.now()) until which requests and jobs may run
 */
export function onShutdown({ log, seconds, finish }) {
  let began = false;
  const begin = async (/** @type {string} */ signal) => {
    if (began) return;
    began = true;
    const started = Date.now();
    log.info({ signal, seconds }, "shutting down");
    // Closing pools takes moments; a connection that hangs there must not use up the pod's grace period.
    setTimeout(
      () => {
        log.warn({ seconds }, "not everything was closed in time");
        process.exit(0);
      },
      (seconds + 2) * 1_000,
    ).unref();
    try {
      await finish(started + seconds * 1_000);
      log.info({ ms: Date.now() - started }, "bye");
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, "shutdown failed");
      process.exit(1);
    }
  };
  process.on("SIGTERM", begin);
  process.on("SIGINT", begin);
}
