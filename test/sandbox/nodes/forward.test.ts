import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { forward } from "../../../sandbox/nodes/forward";

async function listen(onConnection: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, onConnection).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** All that a socket receives. Not by iteration: that would destroy the socket, and with it what is yet to be sent. */
function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text)).on("error", reject);
  });
}

test("a client that has said all still gets its answer", async () => {
  const backend = await listen((socket) => {
    readAll(socket).then((text) => socket.end(`heard ${text.length}`));
  });
  const front = await forward(0, () => [{ host: "127.0.0.1", port: backend.port }]);
  const client = connect({ port: portOf(front), allowHalfOpen: true });
  client.end("x".repeat(300_000));
  assert.equal(await readAll(client), "heard 300000");
  front.close();
  backend.server.close();
});

test("the next target is tried when the first refuses", async () => {
  const gone = await listen(() => {});
  gone.server.close();
  const backend = await listen((socket) => socket.end("second"));
  const front = await forward(0, () => [
    { host: "127.0.0.1", port: gone.port },
    { host: "127.0.0.1", port: backend.port },
  ]);
  assert.equal(await readAll(connect(portOf(front))), "second");
  front.close();
  backend.server.close();
});

test("without a target a connection is closed", async () => {
  const front = await forward(0, () => []);
  const client = connect(portOf(front));
  client.on("error", () => {});
  await once(client, "close");
  front.close();
});

test("a reset of one side reaches the other as a reset", async () => {
  const backend = await listen((socket) => {
    socket.write("half an ans");
    socket.once("data", () => socket.resetAndDestroy());
  });
  const front = await forward(0, () => [{ host: "127.0.0.1", port: backend.port }]);
  const client = connect(portOf(front));
  client.once("data", () => client.write("go"));
  const [error] = (await once(client, "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNRESET");
  front.close();
  backend.server.close();
});

test("a backend loses its connection when the client goes away", async () => {
  let client: Socket | undefined;
  let ended = () => {};
  const gone = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const backend = await listen((socket) => {
    socket.on("error", () => {});
    socket.on("close", ended);
    client?.resetAndDestroy();
  });
  const front = await forward(0, () => [{ host: "127.0.0.1", port: backend.port }]);
  client = connect(portOf(front));
  await gone;
  front.close();
  backend.server.close();
});

test("two hundred connections at once each get their own answer", async () => {
  const backend = await listen((socket) => socket.pipe(socket));
  const front = await forward(0, () => [{ host: "127.0.0.1", port: backend.port }]);
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const client = connect({ port: portOf(front), allowHalfOpen: true });
      client.end(`number ${index}`);
      return readAll(client);
    }),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 200 }, (_, index) => `number ${index}`),
  );
  front.close();
  backend.server.close();
});
