// A cluster of two real nodes, real sockets, a real Postgres. Started by test/run.sh.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Client, publicPem, refusal, token } from "./support/client.mjs";
import { checkLogs, cookie, eventually, pair, randomUUID, range, roomName, started } from "./support/nodes.mjs";

const [one, two] = ["127.0.0.1", "127.0.0.2"];
const { first, second } = await pair(one, two);

describe("a cluster of two nodes", () => {
  test("answers probes, gives back the request id, and says who is in the cluster", async () => {
    for (const path of ["/livez", "/readyz", "/startupz", "/"]) assert.equal((await first.get(path)).status, 200, path);
    assert.equal((await first.get("/nowhere")).status, 404);
    const { headers } = await first.get("/cluster", { "x-request-id": "rid-42" });
    assert.equal(headers.get("x-request-id"), "rid-42");
    const cluster = await second.json("/cluster");
    assert.deepEqual(cluster, { node: `chat@${two}`, nodes: [`chat@${one}`, `chat@${two}`], connections: 0 });
  });

  test("a message sent on one node arrives on the other, and both know who is there", async () => {
    const room = roomName();
    const ada = await Client.join(first, room, null, { claims: { sub: "1", name: "Ada" } });
    const bob = await Client.join(second, room, null, { claims: { sub: "2", name: "Bob" } });
    for (const client of [ada, bob])
      await client.next((frame) => frame.type === "presence" && frame.users.map((u) => u.name).join() === "Ada,Bob");

    const ack = await ada.say(room, "hello from the first node");
    assert.equal(ack.seq, 1);
    const message = await bob.next((frame) => frame.type === "message");
    const { id, at } = ack;
    delete message.received;
    assert.deepEqual(message, {
      type: "message",
      room,
      id,
      seq: 1,
      user: { id: "1", name: "Ada" },
      body: "hello from the first node",
      at,
      node: `chat@${one}`,
    });

    // From node to node, not by way of the store: that one is asked every two seconds, which is too seldom for so many.
    const [began, rounds] = [Date.now(), 20];
    for (let n = 0; n < rounds; n++) {
      const { seq } = await ada.say(room, `number ${n}`);
      await bob.next((frame) => frame.type === "message" && frame.seq === seq);
    }
    const looks = Math.floor((Date.now() - began) / 2_000) + 1;
    assert.ok(looks < rounds, `${rounds} messages, and time enough to ask the store ${looks} times`);

    await ada.close();
    await bob.next((frame) => frame.type === "presence" && frame.users.map((u) => u.name).join() === "Bob");
    await bob.close();
  });

  test("the same id gives the same ack on any node and is shown once", async () => {
    const room = roomName();
    const ada = await Client.join(first, room);
    const again = await Client.join(second, room);
    const id = randomUUID();
    const ack = await ada.say(room, "once", id);
    const resent = await again.say(room, "once", id);
    assert.deepEqual([resent.seq, resent.at], [ack.seq, ack.at]);
    await again.say(room, "another");
    // The ack may come before the message, also to its writer.
    for (const client of [ada, again]) await client.next((frame) => frame.type === "message" && frame.seq === 2);
    assert.deepEqual(ada.seqs(), [1, 2]);
    assert.deepEqual(again.seqs(), [1, 2]);
    await Promise.all([ada.close(), again.close()]);
  });

  test("writers on both nodes: everyone sees every message, in order, without a gap", async () => {
    const room = roomName();
    const clients = [];
    for (const node of [first, second, first, second]) clients.push(await Client.join(node, room));
    await Promise.all(
      clients.map(async (client) => {
        for (let n = 0; n < 50; n++) await client.say(room, `m${n}`);
      }),
    );
    for (const client of clients) {
      await client.next((frame) => frame.seq === 200 && frame.type === "message");
      assert.deepEqual(client.seqs(), range(1, 200));
    }
    await Promise.all(clients.map((client) => client.close()));
  });

  test("coming back on another node with the last number gives what was missed, in pages, while others go on", async () => {
    const room = roomName();
    const writer = await Client.join(first, room);
    const reader = await Client.join(second, room, 0);
    for (let n = 0; n < 10; n++) await writer.say(room, `before ${n}`);
    await reader.next((frame) => frame.seq === 10);
    await reader.close();

    for (let n = 0; n < 450; n++) writer.send({ type: "message", room, id: randomUUID(), body: `missed ${n}` });
    await writer.next((frame) => frame.type === "ack" && frame.seq === 460);
    const writing = (async () => {
      for (let n = 0; n < 40; n++) await writer.say(room, `meanwhile ${n}`);
    })();
    const back = await Client.join(first, room, 10);
    await writing;
    await back.next(() => back.seqs().includes(500));
    assert.deepEqual(back.seqs(), range(11, 500));
    const pages = back.frames.filter((frame) => frame.type === "joined");
    assert.deepEqual(
      pages.slice(0, 2).map((page) => [page.messages.length, page.more]),
      [
        [200, true],
        [200, true],
      ],
    );
    assert.equal(pages.at(-1).more, false);
    await Promise.all([writer.close(), back.close()]);
  });

  test("a wrong token, origin or request is refused with its reason", async () => {
    const now = Math.floor(Date.now() / 1000);
    const cases = [
      [{ jwt: token({ exp: now - 60 }) }, "401 token_expired"],
      [{ jwt: token({ nbf: now + 60 }) }, "401 token_early"],
      [{ jwt: token({ nbf: undefined }) }, "401 token_claims"],
      [{ jwt: token({}, { pair: generateKeyPairSync("ed25519") }) }, "401 token_signature"],
      [{ jwt: token({}, { header: { alg: "none" } }) }, "401 token_algorithm"],
      // A public key as the key of an HMAC.
      [{ jwt: token({}, { header: { alg: "HS256" }, secret: publicPem() }) }, "401 token_algorithm"],
      [{ jwt: token({}, { secret: publicPem() }) }, "401 token_signature"],
      [{ jwt: token({ aud: "panel" }) }, "401 token_audience"],
      [{ jwt: token({ rooms: "all" }) }, "401 token_claims"],
      [{ jwt: "abc" }, "401 token_malformed"],
      [{ protocols: ["switchboard.v1"] }, "401 token_missing"],
      [{ protocols: [`token.${token()}`] }, "400 subprotocol"],
      [{ origin: "https://evil.example" }, "403 origin"],
    ];
    for (const [options, expected] of cases) assert.equal(await refusal(first, options), expected);
    const client = await Client.open(first, { claims: { rooms: ["mine"] } });
    assert.equal(client.socket.protocol, "switchboard.v1");
    client.send({ type: "join", room: "yours", after: null });
    assert.equal((await client.next((frame) => frame.type === "error")).code, "forbidden");
    assert.equal((await client.say("yours", "let me in")).code, "forbidden");
    await client.close();
  });

  test("frames that break the rules close the connection with the right code", async () => {
    const cases = [
      [(ws) => ws.send(Buffer.from("binary")), 1003],
      [(ws) => ws.send("x".repeat(65_537)), 1009],
      [(ws) => ws.send(Buffer.from([0xff, 0xfe]), { binary: false }), 1007],
      [(ws) => ws._socket.write(Buffer.from([0x81, 0x01, 0x61])), 1002],
    ];
    for (const [act, code] of cases) {
      const client = await Client.open(first);
      act(client.socket);
      assert.equal((await client.closed).code, code);
    }
    const polite = await Client.open(first);
    polite.socket.ping("are you there");
    await new Promise((resolve) => polite.socket.once("pong", resolve));
    polite.send({ type: "ping" });
    await polite.next((frame) => frame.type === "pong");
    polite.socket.close(1000);
    assert.equal((await polite.closed).code, 1000);
  });

  test("a client that does not read holds up nobody, is let go, and misses nothing when it comes back", async () => {
    const room = roomName();
    const slow = await Client.join(first, room, 0);
    slow.socket._socket.pause();
    const [writer, reader] = [await Client.join(second, room), await Client.join(first, room, 0)];
    // More than the socket buffers of both sides hold.
    const body = "€".repeat(4000);
    const started = Date.now();
    const count = 1500;
    for (let n = 0; n < count; n += 100) {
      for (let k = 0; k < 99; k++) writer.send({ type: "message", room, id: randomUUID(), body });
      await writer.say(room, body);
    }
    await reader.next((frame) => frame.type === "message" && frame.seq === count);
    const took = Date.now() - started;
    assert.deepEqual(reader.seqs(), range(1, count));
    console.log(`  ${count} messages of 12 KB stored and delivered beside a stuck client in ${took} ms`);

    await eventually(
      () => first.log().some((line) => line.msg === "socket closed" && /did not read|too slow/.test(line.reason)),
      "the stuck client is let go",
    );
    slow.socket.terminate();
    const seen = slow.seqs().at(-1) ?? 0;
    const back = await Client.join(second, room, count - 300);
    await back.next(() => back.seqs().includes(count));
    assert.ok(seen < count);
    assert.deepEqual(back.seqs(), range(count - 299, count));
    await Promise.all([writer.close(), reader.close(), back.close()]);
  });

  test("the cookie is no argument and no variable of any process, and remote calls need it", async () => {
    const processes = `/proc/${first.process.pid}`;
    assert.ok(!readFileSync(`${processes}/cmdline`, "utf8").includes(cookie));
    assert.ok(!readFileSync(`${processes}/environ`, "utf8").includes(cookie));
    const rpc = await first.command(["rpc", 'IO.puts(Enum.join(Chat.Cluster.members(), " "))']);
    assert.equal(rpc.stdout.trim(), `chat@${one} chat@${two}`, rpc.stderr);
    const refused = await first.command(["rpc", "IO.puts(1)"], {
      CHAT_COOKIE_FILE: "/proc/version",
      RELEASE_TMP: "/tmp",
    });
    assert.notEqual(refused.code, 0);
    // As releases of Elixir have it: it goes the same way.
    const given = { CHAT_COOKIE_FILE: "/nowhere", RELEASE_COOKIE: cookie };
    const asked = await first.command(["rpc", 'IO.inspect(System.get_env("RELEASE_COOKIE"))'], given);
    assert.equal(asked.stdout.trim(), "nil", asked.stderr);
    const missing = await first.command(["rpc", "IO.puts(1)"], { CHAT_COOKIE_FILE: "/nowhere" });
    assert.match(missing.stderr, /no cookie: CHAT_COOKIE_FILE is '\/nowhere'/);
  });
});

test("the logs are JSON with the agreed fields, and hold no token, key, cookie, password or message", () => {
  checkLogs("from the first node", "number 3", "meanwhile");
  const lines = started.flatMap((node) => node.log());
  const opened = lines.filter((line) => line.msg === "socket opened" && line.connectionId && line.requestId);
  assert.ok(opened.length > 15);
  for (const end of ["socket opened", "socket closed"]) {
    const told = lines.filter((line) => line.msg === end && line.tokenRequestId === "panel-request-1");
    assert.ok(told.length > 10, `${end}: ${told.length} lines name the request that the token was made for`);
  }
});
