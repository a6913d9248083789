import { pino } from "pino";

/**
 * JSON lines on standard output that say which role, stage, version and pod wrote them.
 *
 * @param {import("./config.js").Config} config
 */
export function createLogger(config) {
  return pino({
    level: config.logLevel,
    base: { role: config.role, stage: config.stage, version: config.version, pod: config.pod },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: "message",
    formatters: { level: (label) => ({ level: label }) },
    // No code logs these on purpose; this holds when a library puts a request, a configuration or itself into an error.
    redact: {
      paths: ["password", "token", "cookie", "authorization", "headers", "body", "config", "client"].flatMap((key) => [
        key,
        `*.${key}`,
        `*.*.${key}`,
      ]),
      remove: true,
    },
  });
}
/** @typedef {ReturnType<typeof createLogger>} Logger */
