const mebi = 2 ** 20;

/** What NGINX needs beside connections: its processes (8 MB), and the zones of limits (6 MB) and sessions (4 MB). */
const ownBytes = 20 * mebi;

/**
 * Bytes for each connection, to a client or to an upstream; an open WebSocket is two. An idle one was measured at 43 kB
 * in NGINX 1.22 (TLS, pools, one buffer of 4 kB), and the kernel adds some.
 */
const connectionBytes = 24 * 2 ** 10;

/** Connections that one process is given at most; beyond this it has more to do than one core can. */
const mostOfOne = 8192;

/** How NGINX shares out its connections. */
export interface WorkerConnections {
  readonly processes: number;
  /** Of each process. */
  readonly connections: number;
}

/**
 * So many connections that all of them together fit the memory of the pod: NGINX then refuses one more, where the kernel
 * would end the process with all that it has. They are one process' as long as it can carry them, because processes do
 * not take even shares, and one that is full refuses what another had room for.
 *
 * @param memoryBytes the limit of the container
 */
export function workerConnections(memoryBytes: number): WorkerConnections {
  const fitting = Math.max(128, Math.floor((memoryBytes - ownBytes) / connectionBytes));
  const processes = Math.min(4, Math.ceil(fitting / mostOfOne));
  return { processes, connections: Math.min(mostOfOne, Math.floor(fitting / processes)) };
}

/** WebSockets that a pod with this memory carries, when nothing else goes on. */
export function socketsOf(memoryBytes: number): number {
  const { processes, connections } = workerConnections(memoryBytes);
  return Math.floor((processes * connections) / 2);
}
