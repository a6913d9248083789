import type { PodArgs } from "./podTemplate";

/**
 * Probes of an app that serves HTTP on its port `http`. They ask different things: whether it has started (two minutes
 * at most), whether it may get traffic, and, patiently and last, whether it must be started again. A liveness probe that
 * asks a database would restart every pod at once when the database is away.
 */
export function httpProbes(): NonNullable<PodArgs["probes"]> {
  const get = (path: string) => ({ httpGet: { path, port: "http" } });
  return {
    startup: { ...get("/startupz"), periodSeconds: 1, failureThreshold: 120, timeoutSeconds: 3 },
    readiness: { ...get("/readyz"), periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 5 },
    liveness: { ...get("/livez"), periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
  };
}
