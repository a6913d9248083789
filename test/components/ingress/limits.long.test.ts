import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { after, before, describe, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { socketsOf, workerConnections } from "../../../components/ingress/capacity";
import { bodyBytes } from "../../../components/schema/values/network";
import { chatHost, panelHost, sampleArgs, sampleLimits } from "./confSample";
import { FrontDoor } from "./frontDoor";

/** Opens sockets of this one address, some at a time. */
async function openSockets(door: FrontDoor, count: number): Promise<{ sockets: TLSSocket[]; refused: number }> {
  const sockets: TLSSocket[] = [];
  let refused = 0;
  while (sockets.length + refused < count) {
    const few = Math.min(50, count - sockets.length - refused);
    const opened = await Promise.all(Array.from({ length: few }, () => door.upgrade(chatHost, "/socket")));
    for (const { socket, status } of opened) {
      if (status === 101) sockets.push(socket);
      else {
        refused++;
        socket.destroy();
      }
    }
  }
  return { sockets, refused };
}

/** The status of one request over HTTP/2. */
function statusOf(session: ClientHttp2Session, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":path": path, ":authority": panelHost });
    stream.on("response", (headers) => resolve(Number(headers[":status"])));
    stream.on("error", reject).resume().end();
  });
}

function http2(door: FrontDoor): ClientHttp2Session {
  return connect(`https://127.0.0.1:${door.nginx.ports.https}`, { servername: panelHost, rejectUnauthorized: false });
}

describe("what one address may have open, with the settings' defaults", () => {
  const door = new FrontDoor();
  before(() => door.open(sampleArgs()));
  after(() => door.close());

  test("an office of 500 sockets still gets its pages", async () => {
    const idle = door.nginx.memory;
    const { sockets, refused } = await openSockets(door, 500);
    try {
      assert.equal(refused, 0);
      assert.equal((await door.ask(panelHost, "/login")).status, 200);
      assert.equal((await door.ask(panelHost, "/login", { method: "POST", body: "a=1" })).status, 200);
      // What bounds the connections is right: an open socket is two of them.
      const each = (door.nginx.memory - idle) / 500;
      assert.ok(each < 2 * 24 * 1024, `${Math.round(each)} bytes for each socket`);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  test("a browser with 128 requests at once over HTTP/2 gets all of them", async () => {
    const held: ServerResponse[] = [];
    const all = new Promise<void>((resolve) => {
      door.panel.answer = (_, response) => {
        if (held.push(response) === 128) resolve();
      };
    });
    const session = http2(door);
    await once(session, "connect");
    const statuses = Array.from({ length: 128 }, (_, index) => statusOf(session, `/page/${index}`));
    // One that is refused ends the wait for all.
    const refused = statuses.map((status) => status.then((code) => (code === 200 ? all : undefined)));
    await Promise.race([all, ...refused]);
    for (const response of held) response.end("ok");
    session.close();
    assert.deepEqual([...new Set(await Promise.all(statuses))], [200]);
  });
});

describe("limits that are reached", () => {
  const door = new FrontDoor();
  const limits = sampleLimits({ login: "5r/m", loginBurst: 3, requestsPerAddress: 2, socketsPerAddress: 3 });
  before(() => door.open(sampleArgs({ limits })));
  after(() => door.close());

  test("sockets beyond the limit are refused with a time, and requests are counted apart from them", async () => {
    const { sockets, refused } = await openSockets(door, 8);
    assert.deepEqual([sockets.length, refused], [3, 5]);
    const { status, headers, socket } = await door.upgrade(chatHost, "/socket");
    assert.deepEqual([status, headers["retry-after"]], [429, "5"]);
    socket.destroy();
    assert.equal((await door.ask(panelHost, "/")).status, 200);
    for (const socket of sockets) socket.destroy();
  });

  test("requests beyond the limit are refused with a time and a page that does not load itself again", async () => {
    const held: ServerResponse[] = [];
    const two = new Promise<void>((resolve) => {
      door.panel.answer = (_, response) => {
        if (held.push(response) === 2) resolve();
      };
    });
    const waiting = [door.ask(panelHost, "/a"), door.ask(panelHost, "/b")];
    // One that is refused ends the wait for both.
    await Promise.race([two, ...waiting]);
    const { status, headers, body } = await door.ask(panelHost, "/c");
    assert.deepEqual([status, headers["retry-after"]], [429, "5"]);
    assert.match(body, /Too many requests/);
    assert.doesNotMatch(body, /http-equiv/);
    for (const response of held) response.end("ok");
    assert.deepEqual(
      (await Promise.all(waiting)).map(({ status }) => status),
      [200, 200],
    );
    door.panel.answer = (_, response) => response.end("ok");
  });

  test("attempts to log in are refused with the time until the next one, however the path is written", async () => {
    const login = (path: string, method = "POST") => door.ask(panelHost, path, { method, body: "a=1" });
    const statuses: number[] = [];
    for (const path of ["/login", "//login", "/%6cogin", "/login/code", "/./login", "/login?next=1"])
      statuses.push((await login(path)).status);
    assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429]);
    assert.equal((await login("/login")).headers["retry-after"], "12");
    assert.equal((await door.ask(panelHost, "/login")).status, 200, "the page itself is not limited");
    assert.equal((await login("/login/")).status, 429, "a second step is an attempt too");
    assert.equal((await door.ask(panelHost, "/login/code")).status, 200);
    for (const path of ["/rooms", "/logins"]) assert.equal((await login(path)).status, 200, path);
  });
});

test("a pod that is full refuses connections and keeps those that it has", async () => {
  const door = new FrontDoor();
  try {
    const memoryBytes = 22 * 2 ** 20;
    const limits = sampleLimits({ socketsPerAddress: 10_000 });
    await door.open(sampleArgs({ memoryBytes, limits }));
    const sockets: TLSSocket[] = [];
    const full = async () => {
      for (;;) {
        const { socket, status } = await door.upgrade(chatHost, "/socket");
        sockets.push(socket);
        if (status !== 101) return;
      }
    };
    await assert.rejects(full, /ECONNRESET|disconnected/);
    const most = socketsOf(memoryBytes, bodyBytes(limits.requestHeaders));
    // The last ones have a client's connection and none to the upstream.
    assert.ok(sockets.length > most / 2 && sockets.length <= most, `${sockets.length} of ${most}`);
    const [first] = sockets as [TLSSocket];
    first.write("still here");
    assert.equal(String((await once(first, "data"))[0]), "still here");
    for (const socket of sockets) socket.destroy();
  } finally {
    await door.close();
  }
});

for (const requestHeaders of ["8k", "16k", "64k"]) {
  test(`heads of lines of ${requestHeaders} that never end do not fill a pod's memory`, async () => {
    const door = new FrontDoor();
    try {
      const memoryBytes = 48 * 2 ** 20;
      await door.open(sampleArgs({ memoryBytes, limits: sampleLimits({ requestHeaders }) }));
      const { connections } = workerConnections(memoryBytes, bodyBytes(requestHeaders));
      const sockets: TLSSocket[] = [];
      // A few are NGINX's own: what it listens with.
      while (sockets.length < connections - 20) sockets.push(await door.connection(panelHost));
      const line = `X-Long: ${"a".repeat(bodyBytes(requestHeaders) - 200)}\r\n`;
      const head = `GET / HTTP/1.1\r\nHost: ${panelHost}\r\n${line.repeat(4).slice(0, -10)}`;
      for (const socket of sockets) {
        socket.on("error", () => {});
        await new Promise((sent) => socket.write(head, sent));
      }
      // Every head is read when NGINX has nothing more to do: its memory stays as it is.
      let most = 0;
      for (let same = 0, last = -1; same < 5; ) {
        const { memory } = door.nginx;
        same = memory === last ? same + 1 : 0;
        last = memory;
        most = Math.max(most, memory);
        await new Promise((next) => setTimeout(next, 200));
      }
      assert.ok(most < memoryBytes, `${(most / 2 ** 20).toFixed(1)} MiB of ${memoryBytes / 2 ** 20}`);
      for (const socket of sockets) socket.destroy();
    } finally {
      await door.close();
    }
  });
}

describe("sizes", () => {
  const door = new FrontDoor();
  before(() => door.open(sampleArgs({ hsts: { maxAgeSeconds: 60, includeSubDomains: false, preload: false } })));
  after(() => door.close());

  test("a body of more than the panel takes never reaches it, in one piece or in parts", async () => {
    const of = (size: number) => ({ method: "POST", body: "x".repeat(size) });
    assert.equal((await door.ask(panelHost, "/users", of(64 * 1024))).status, 200);
    assert.deepEqual(
      door.panel.arrived.splice(0).map(({ bytes }) => bytes),
      [64 * 1024],
    );
    assert.equal((await door.ask(panelHost, "/users", of(64 * 1024 + 1))).status, 413);
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    const head = `POST /users HTTP/1.1\r\nHost: ${panelHost}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    assert.match(await door.exchange(panelHost, `${head}${chunk.repeat(5)}0\r\n\r\n`), /^HTTP\/1\.1 413/);
    assert.equal((await door.ask(chatHost, "/socket", of(1025))).status, 413);
    assert.deepEqual([...door.panel.paths(), ...door.chat.paths()], []);
  });

  test("a large answer to a client that does not read is not stored, and comes whole when it reads", async () => {
    const size = 32 * 2 ** 20;
    let sent = false;
    door.panel.answer = (request, response) => {
      if (request.url === "/large") response.on("finish", () => (sent = true)).end(Buffer.alloc(size, "x"));
      else response.end("ok");
    };
    const socket = await door.connection(panelHost);
    socket.pause().write(`GET /large HTTP/1.1\r\nHost: ${panelHost}\r\nConnection: close\r\n\r\n`);
    for (let others = 0; others < 100; others++) assert.equal((await door.ask(panelHost, "/")).status, 200);
    assert.equal(sent, false, "the app still has most of it");
    let bytes = 0;
    for await (const chunk of socket) bytes += (chunk as Buffer).length;
    assert.ok(bytes > size && sent, `${bytes} bytes`);
    door.panel.arrived.length = 0;
  });

  test("a cookie of 9 kB and an answer with 12 kB of headers pass", async () => {
    door.panel.answer = (_, response) =>
      response
        .setHeader(
          "set-cookie",
          ["a", "b", "c"].map((name) => `${name}=${"x".repeat(4000)}`),
        )
        .end("ok");
    const { status, body } = await door.ask(panelHost, "/", { headers: { Cookie: `a=${"x".repeat(9000)}` } });
    assert.deepEqual([status, body], [200, "ok"]);
    assert.equal(door.panel.arrived.at(-1)?.headers.cookie?.length, 9002);
    assert.equal((await door.ask(panelHost, "/", { headers: { Cookie: `a=${"x".repeat(17_000)}` } })).status, 400);
  });

  test("an answer that NGINX cannot take is an error, and its page does not load itself again", async () => {
    door.panel.answer = (_, response) => response.setHeader("x-large", "x".repeat(30_000)).end("ok");
    const { status, headers, body } = await door.ask(panelHost, "/");
    assert.deepEqual([status, headers["retry-after"]], [502, undefined]);
    assert.match(body, /Something went wrong/);
    assert.doesNotMatch(body, /http-equiv/);
    assert.equal(headers["strict-transport-security"], "max-age=60");
  });

  test("an app that breaks off or is away is waited for: the page loads itself again", async () => {
    door.panel.answer = (request) => request.socket.destroy();
    const broken = await door.ask(panelHost, "/");
    door.panel.stop();
    const away = await door.ask(panelHost, "/");
    for (const { status, headers, body } of [broken, away]) {
      assert.deepEqual([status, headers["retry-after"]], [503, "5"]);
      assert.match(body, /http-equiv="refresh" content="5"/);
      assert.equal(headers["strict-transport-security"], "max-age=60");
    }
  });
});
