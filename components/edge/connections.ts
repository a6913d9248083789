const mebi = 2 ** 20;

/** What NGINX needs beside connections: its processes (8 MB), and the zones of limits (6 MB) and sessions (4 MB). */
const ownBytes = 20 * mebi;

/**
 * Bytes for each connection, to a client or to an upstream; an open WebSocket is two. An idle one was measured at 43 kB
 * in NGINX 1.22 (TLS, pools, one buffer of 4 kB), and the kernel adds some.
 */
const connectionBytes = 24 * 2 ** 10;

/** NGINX' processes in a pod. */
export const workerProcesses = 2;

/** Beyond this a process has more to do than one core can. */
const mostOfOne = 8192;

/**
 * Connections of each process, so that all of them together fit the memory of the pod: NGINX then refuses a connection,
 * where the kernel would end the process with all that it has.
 *
 * @param memoryBytes the limit of the container
 */
export function workerConnections(memoryBytes: number): number {
  const fitting = Math.floor((memoryBytes - ownBytes) / connectionBytes / workerProcesses);
  return Math.min(mostOfOne, Math.max(128, fitting));
}

/** WebSockets that a pod with this memory carries, when nothing else goes on. */
export function socketsOf(memoryBytes: number): number {
  return Math.floor((workerConnections(memoryBytes) * workerProcesses) / 2);
}
