const mebi = 2 ** 20;

/** What NGINX needs beside connections: its processes (8 MB), and the zones of limits (6 MB) and sessions (4 MB). */
const ownBytes = 20 * mebi;

/**
 * Bytes of a connection beside the lines of its request: TLS, and a record of it that is not whole. Measured at 38 KiB
 * in NGINX 1.22 with OpenSSL 3.0 (`test/components/ingress/limits.test.ts`), the same for lines of 8k and of 16k.
 */
const bareBytes = 40 * 2 ** 10;

/** Lines of a head that NGINX keeps at once: the first number of `large_client_header_buffers`. */
export const headerLines = 2;

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
 * Anybody can begin a head on each of them and never end it, so each counts with all that such a head pins.
 *
 * @param memoryBytes the limit of the container
 * @param headerBytes of the longest line of a request's head
 */
export function workerConnections(memoryBytes: number, headerBytes: number): WorkerConnections {
  const connectionBytes = headerLines * headerBytes + bareBytes;
  const fitting = Math.max(128, Math.floor((memoryBytes - ownBytes) / connectionBytes));
  const processes = Math.min(4, Math.ceil(fitting / mostOfOne));
  return { processes, connections: Math.min(mostOfOne, Math.floor(fitting / processes)) };
}

/** WebSockets that a pod with this memory carries, when nothing else goes on; each is two connections. */
export function socketsOf(memoryBytes: number, headerBytes: number): number {
  const { processes, connections } = workerConnections(memoryBytes, headerBytes);
  return Math.floor((processes * connections) / 2);
}
