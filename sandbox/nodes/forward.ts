import { connect, createServer, type Server, type Socket } from "node:net";

/** Where a connection may go. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** How long a target may take to answer before the next one is tried, in milliseconds. */
const patience = 3_000;

/**
 * Passes TCP connections from a port of this machine's loopback on to the first target that takes them. Each direction
 * ends on its own, so a client that has said all it has to say still gets its answer. A connection with no target is
 * closed at once.
 *
 * @param port 0 takes any free port
 * @param targets asked anew for each connection
 */
export function forward(port: number, targets: () => readonly Target[], host = "127.0.0.1"): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (client) => {
    // Until the pipe is there, a client that goes away must not be an unhandled error.
    client.on("error", () => {});
    firstOf(targets()).then(
      (backend) => join(client, backend),
      () => client.destroy(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, backlog: 4096 }, () => resolve(server));
  });
}

async function firstOf(targets: readonly Target[]): Promise<Socket> {
  for (const target of targets) {
    const socket = await open(target);
    if (socket) return socket;
  }
  throw new Error("no target takes connections");
}

function open(target: Target): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ ...target, allowHalfOpen: true, noDelay: true, keepAlive: true });
    const give = (result: Socket | undefined) => {
      socket.removeAllListeners("error").removeAllListeners("timeout").setTimeout(0);
      if (!result) socket.on("error", () => {}).destroy();
      resolve(result);
    };
    socket.setTimeout(patience);
    socket.once("connect", () => give(socket));
    socket.once("error", () => give(undefined));
    socket.once("timeout", () => give(undefined));
  });
}

function join(one: Socket, two: Socket): void {
  if (one.destroyed) two.destroy();
  for (const [from, to] of [
    [one, two],
    [two, one],
  ] as const) {
    // A reset is passed on as a reset: the other side must not take a broken answer for a whole one.
    from.on("error", () => to.resetAndDestroy());
    from.on("close", () => {
      if (!from.readableEnded) to.destroy();
    });
    // `pipe` waits for the slower side and passes the end of the stream on.
    from.pipe(to);
  }
}
