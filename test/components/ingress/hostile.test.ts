import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, describe, test } from "node:test";
import { chatHost, chatRoute, panelHost, panelRoute, sampleArgs } from "./confSample";
import { FrontDoor, webSocket } from "./frontDoor";

const door = new FrontDoor();
before(() =>
  door.open(
    sampleArgs({ routes: [panelRoute, chatRoute, { ...chatRoute, hostname: panelHost, path: "/live" }] }),
    // As a person would wait, but not as long.
    (conf) => conf.replace(/client_(header|body)_timeout \d+s/g, "client_$1_timeout 1s"),
  ),
);
after(() => door.close());
beforeEach(() => {
  door.panel.arrived.length = 0;
  door.chat.arrived.length = 0;
});

/** How many answers there are in what came back, by their status. */
const statusesIn = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
const hidden = `GET /readyz HTTP/1.1\r\nHost: ${panelHost}\r\n\r\n`;

describe("a request inside a request is never one of its own", () => {
  const cases: Record<string, string> = {
    "a length and chunks": `Content-Length: ${hidden.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    "chunks in other words": `Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`,
    "chunks twice": `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
    "a list of codings": `Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n${hidden}`,
    "a space before the colon": `Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`,
    "a folded header": `X: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`,
    "two lengths": `Content-Length: 5\r\nContent-Length: 0\r\n\r\n0\r\n\r\n${hidden}`,
    "a length with a sign": `Content-Length: +5\r\n\r\n0\r\n\r\n${hidden}`,
    "a length that is no number": `Content-Length: 0x5\r\n\r\n0\r\n\r\n${hidden}`,
    "a chunk with a bad size": `Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n${hidden}`,
    "a bare CR": `Content-Length: 5\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    "a NUL": `X: \0\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`,
  };
  for (const [what, rest] of Object.entries(cases)) {
    test(what, async () => {
      const text = await door.exchange(panelHost, `POST /users HTTP/1.1\r\nHost: ${panelHost}\r\n${rest}`);
      assert.ok(
        statusesIn(text).every((status) => [200, 400, 404, 501].includes(status)),
        text,
      );
      // Whatever NGINX made of it, the panel was asked for what NGINX saw and for nothing that NGINX closes.
      for (const { path, headers } of door.panel.arrived) {
        assert.equal(path, "/users");
        assert.ok(!(headers["transfer-encoding"] && headers["content-length"]), JSON.stringify(headers));
      }
    });
  }

  test("the next request of the connection is judged by itself", async () => {
    const text = await door.exchange(
      panelHost,
      `POST /users HTTP/1.1\r\nHost: ${panelHost}\r\nContent-Length: 3\r\n\r\na=1${hidden}GET /x HTTP/1.1\r\nHost: ${panelHost}\r\nConnection: close\r\n\r\n`,
    );
    assert.deepEqual(statusesIn(text), [200, 404, 200]);
    assert.deepEqual(door.panel.paths(), ["/users", "/x"]);
  });
});

describe("headers that only NGINX may set", () => {
  test("are not taken from a client", async () => {
    await door.ask(panelHost, "/", {
      headers: {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Request-Id": "mine",
        X_Forwarded_For: "203.0.113.9",
      },
    });
    const { headers } = door.panel.arrived[0]!;
    assert.equal(headers["x-forwarded-for"], "127.0.0.1");
    assert.equal(headers["x-forwarded-proto"], "https");
    assert.equal(headers["x-forwarded-host"], panelHost);
    assert.match(String(headers["x-request-id"]), /^[0-9a-f]{32}$/);
    assert.equal(headers.x_forwarded_for, undefined);
  });

  test("an upgrade is for WebSockets, and for the chat alone", async () => {
    const onPanel = await door.upgrade(panelHost, "/chat");
    assert.equal(onPanel.status, 200, "the panel answers as if nobody had asked");
    onPanel.socket.destroy();
    const { upgrade, connection } = door.panel.arrived[0]!.headers;
    assert.deepEqual([upgrade, connection], [undefined, undefined]);
    for (const upgrade of ["h2c", "h2c, websocket", "websocket2", "TLS/1.0"]) {
      const { socket, status } = await door.upgrade(chatHost, "/socket", {
        Upgrade: upgrade,
        "HTTP2-Settings": "AAMAAABkAAQCAAAAAAIAAAAA",
      });
      assert.equal(status, 200, upgrade);
      assert.equal(door.chat.arrived.at(-1)?.headers.upgrade, undefined, upgrade);
      socket.destroy();
    }
    const { socket, status } = await door.upgrade(chatHost, "/socket", { Upgrade: "WebSocket" });
    assert.equal(status, 101);
    socket.destroy();
  });

  test("a refused handshake leaves no way to what is behind it", async () => {
    door.chat.refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    const lines = Object.entries({ ...webSocket, Host: panelHost }).map(([name, value]) => `${name}: ${value}\r\n`);
    // A proxy that had gone over to passing bytes on would give the second request to the chat.
    const text = await door.exchange(
      panelHost,
      `GET /live/socket HTTP/1.1\r\n${lines.join("")}\r\nGET /cluster HTTP/1.1\r\nHost: ${panelHost}\r\nConnection: close\r\n\r\n`,
    );
    door.chat.refusal = undefined;
    assert.equal(statusesIn(text)[0], 401);
    assert.deepEqual(door.chat.paths(), ["/socket"]);
  });
});

describe("a client that is slow", () => {
  test("with its headers is given up", async () => {
    const socket = await door.connection(panelHost);
    socket.write(`GET / HTTP/1.1\r\nHost: ${panelHost}\r\n`);
    socket.on("error", () => {}).resume();
    await once(socket, "close");
    assert.deepEqual(door.panel.paths(), []);
  });

  test("with its body is given up, and the panel never sees it", async () => {
    const socket = await door.connection(panelHost);
    socket.write(`POST /users HTTP/1.1\r\nHost: ${panelHost}\r\nContent-Length: 1000\r\n\r\na=`);
    socket.on("error", () => {}).resume();
    await once(socket, "close");
    assert.deepEqual(door.panel.paths(), []);
    assert.match(door.nginx.accessLog, /"method":"POST","path":"\/users","status":408/);
  });
});

describe("what is no request", () => {
  for (const [what, line] of Object.entries({
    "no host": "GET / HTTP/1.1\r\n\r\n",
    "two hosts": `GET / HTTP/1.1\r\nHost: ${panelHost}\r\nHost: other.example.com\r\n\r\n`,
    "a method that opens tunnels": `CONNECT ${panelHost}:443 HTTP/1.1\r\nHost: ${panelHost}\r\n\r\n`,
    "a method that echoes": `TRACE / HTTP/1.1\r\nHost: ${panelHost}\r\n\r\n`,
    "a path that leaves the root": `GET /../../etc/passwd HTTP/1.1\r\nHost: ${panelHost}\r\n\r\n`,
    "a path with a NUL": `GET /%00readyz HTTP/1.1\r\nHost: ${panelHost}\r\n\r\n`,
    "a path with a line in it": `GET /x HTTP/1.1 \r\nX: y HTTP/1.1\r\nHost: ${panelHost}\r\nHost: ${panelHost}\r\n\r\n`,
  })) {
    test(`${what} is refused`, async () => {
      assert.match(await door.exchange(panelHost, line), /^HTTP\/1\.1 (400|405)/);
      assert.deepEqual(door.panel.paths(), []);
    });
  }
});
