import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { chatHost, chatRoute, panelHost, panelRoute, sampleArgs } from "./confSample";
import { FrontDoor } from "./frontDoor";

/** Other ways of writing a path that mean the same to NGINX, or might to somebody behind it. */
const waysOf = (host: string, path: string): string[] => {
  const coded = path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return [
    ...[path, `${path}?a=1`, `${path}#b`, coded, `/${path}`, `//${path}`, `/x/..${path}`, `/.${path}`],
    ...[`/%2e${path}`, `/x/%2e%2e${path}`, `/%2F${path.slice(1)}`, `https://${host}${path}`],
  ];
};

describe("two hosts", () => {
  const door = new FrontDoor();
  before(() => door.open(sampleArgs()));
  after(() => door.close());
  beforeEach(() => {
    door.panel.paths();
    door.chat.paths();
  });

  test("of the chat the WebSocket is public and nothing else, however it is written", async () => {
    const { status, socket } = await door.upgrade(chatHost, "/socket?room=1");
    assert.equal(status, 101);
    socket.destroy();
    assert.deepEqual(door.chat.paths(), ["/socket?room=1"]);
    for (const path of ["/", "/cluster", "/status.json", "/livez", "/readyz", "/startupz", "/favicon.svg"]) {
      for (const written of waysOf(chatHost, path))
        assert.equal((await door.ask(chatHost, written)).status, 404, written);
    }
    for (const path of [
      "/socket/",
      "/socket/../cluster",
      "/socket%2fcluster",
      "/socket;/cluster",
      "/SOCKET",
      "/socket.",
    ])
      assert.equal((await door.ask(chatHost, path)).status, 404, path);
    assert.deepEqual(door.chat.paths(), [], "nothing of it has reached the chat");
  });

  test("the chat sees its path as it knows it, however the client wrote it", async () => {
    for (const path of ["/socket", "//socket", "/%73ocket", "/x/../socket"]) {
      (await door.upgrade(chatHost, path)).socket.destroy();
      assert.deepEqual(door.chat.paths(), ["/socket"], path);
    }
  });

  test("the panel's probes are not found from outside, however they are written; its pages are", async () => {
    for (const path of ["/livez", "/readyz", "/startupz"]) {
      for (const written of waysOf(panelHost, path))
        assert.equal((await door.ask(panelHost, written)).status, 404, written);
      for (const method of ["HEAD", "POST", "OPTIONS", "get"])
        assert.equal((await door.ask(panelHost, path, { method })).status, method === "get" ? 400 : 404, method);
    }
    assert.deepEqual(door.panel.paths(), []);
    for (const path of ["/", "/login", "/readyz2", "/rooms?a=%2F"]) {
      assert.equal((await door.ask(panelHost, path)).status, 200, path);
      assert.deepEqual(door.panel.paths(), [path]);
    }
  });

  test("a cookie of the panel's host is not for the chat", async () => {
    (await door.upgrade(chatHost, "/socket", { Cookie: "__Host-session=secret" })).socket.destroy();
    assert.equal(door.chat.arrived[0]?.headers.cookie, undefined);
    await door.ask(panelHost, "/", { headers: { Cookie: "__Host-session=secret" } });
    assert.equal(door.panel.arrived[0]?.headers.cookie, "__Host-session=secret");
  });

  test("a host that is not ours is misdirected, though the handshake named one that is", async () => {
    for (const host of ["other.example.com", "127.0.0.1", "panel.example.com.evil.example", "x", ""]) {
      const { status, body } = await door.ask(panelHost, "/", { headers: { Host: host } });
      assert.equal(status, host === "" ? 400 : 421, `${host} ${body}`);
    }
    assert.deepEqual(door.panel.paths(), []);
    for (const host of ["PANEL.example.com", "panel.example.com:8443", "panel.example.com."])
      assert.equal((await door.ask(panelHost, "/", { headers: { Host: host } })).status, 200, host);
    // Both hosts have one certificate, and browsers join connections of such hosts (RFC 9113, 9.1.1).
    assert.equal((await door.ask(panelHost, "/cluster", { headers: { Host: chatHost } })).status, 404);
  });
});

describe("one host and a path for the chat", () => {
  const door = new FrontDoor();
  const shared = (path: string, publicHttpsPort = 443) =>
    sampleArgs({ publicHttpsPort, routes: [panelRoute, { ...chatRoute, hostname: panelHost, path }] });
  before(() => door.open(shared("/live", 8443)));
  after(() => door.close());
  beforeEach(() => {
    door.panel.paths();
    door.chat.paths();
  });

  test("a WebSocket below the path reaches the chat without it", async () => {
    const { socket, status } = await door.upgrade(panelHost, "/live/socket?a=1");
    assert.equal(status, 101);
    socket.write("hello");
    const [echo] = await new Promise<[Buffer]>((resolve) => socket.once("data", (data: Buffer) => resolve([data])));
    assert.equal(String(echo), "hello");
    socket.destroy();
    assert.deepEqual(door.chat.paths(), ["/socket?a=1"]);
    assert.deepEqual(door.panel.paths(), []);
  });

  test("the path has a boundary, and its end is told with the public port", async () => {
    const { status, headers } = await door.ask(panelHost, "/live?a=1");
    assert.deepEqual([status, headers.location], [308, `https://${panelHost}:8443/live/?a=1`]);
    for (const path of ["/lively", "/live2/socket", "/livesocket", "/socket", "/chat", "/chat/token", "/LIVE/socket"]) {
      assert.equal((await door.ask(panelHost, path)).status, 200, path);
      assert.deepEqual(door.panel.paths(), [path]);
    }
    assert.deepEqual(door.chat.paths(), []);
  });

  test("nothing else below the path is found, and no way of writing it leads to the other app", async () => {
    for (const path of [
      ...["/live/", "/live/cluster", "/live/readyz", "/live/socket/", "/live/socket/x", "/live//cluster"],
      ...["/live/%63luster", "/live/./cluster", "/live/socket/../cluster", "/x/../live/cluster", "//live/cluster"],
      ...["/live%2Fcluster", "/%6cive/cluster", "/live/%2e/cluster", "/live/socket%2f..%2fcluster", "/live/..%2flive/"],
      ...["/live/../readyz", "/live/%2e%2e/readyz", "/live%2f..%2freadyz"],
    ])
      assert.equal((await door.ask(panelHost, path)).status, 404, path);
    assert.deepEqual([...door.chat.paths(), ...door.panel.paths()], []);
    for (const path of ["/live//socket", "/live/%73ocket", "/live/./socket", "/live/%2e/socket", "//live/socket"]) {
      (await door.upgrade(panelHost, path)).socket.destroy();
      assert.deepEqual(door.chat.paths(), ["/socket"], path);
    }
    // Out of the path again is the panel's, which is given what the client wrote and knows no such page.
    await door.ask(panelHost, "/live/../rooms");
    assert.deepEqual(door.panel.paths(), ["/live/../rooms"]);
    for (const path of ["/../socket", "/live/../../socket", "/%2e%2e/etc"])
      assert.equal((await door.ask(panelHost, path)).status, 400, path);
  });

  test("a path of several parts, and one with every letter that a path may have", async () => {
    for (const path of ["/a/b/c", "/~user.name_x-1/v2.0"]) {
      const other = new FrontDoor();
      try {
        await other.open(shared(path));
        (await other.upgrade(panelHost, `${path}/socket`)).socket.destroy();
        assert.deepEqual(other.chat.paths(), ["/socket"]);
        assert.equal((await other.ask(panelHost, path)).headers.location, `https://${panelHost}${path}/`);
      } finally {
        await other.close();
      }
    }
  });
});
