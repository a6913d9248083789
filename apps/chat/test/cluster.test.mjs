// Real nodes of the release on 127.0.0.1, 127.0.0.2 ..., real sockets, a real Postgres. Started by test/run.sh.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import {
  ChatNode,
  Client,
  cookie,
  eventually,
  freePort,
  killAll,
  Outage,
  randomUUID,
  range,
  refusal,
  roomName,
  sleep,
  started,
  token,
  tokenKey,
} from "./support/nodes.mjs";

const [one, two] = ["127.0.0.1", "127.0.0.2"];
let common;
let first;
let second;

const restart = (node, settings = {}) => new ChatNode(node.address, { ...node.settings, ...settings }).start();
const together = (count, ...nodes) =>
  eventually(
    async () => (await Promise.all(nodes.map((node) => node.json("/cluster")))).every((c) => c.nodes.length === count),
    `${count} nodes see each other`,
  );

before(async () => {
  common = {
    DIST_PORT: String(await freePort()),
    CLUSTER_PEERS: `${one},${two}`,
    DRAIN_SECONDS: "5",
    MESSAGES_PER_SECOND: "1000",
  };
  const migrator = new ChatNode(one, common);
  // Two at once, and without the cookie: neither may need it, one has to wait for the other.
  const results = await Promise.all(
    [1, 2].map(() => migrator.command(["eval", "Chat.Release.migrate()"], { CHAT_COOKIE_FILE: "/nowhere" })),
  );
  for (const { code, stderr } of results) assert.equal(code, 0, stderr);
  [first, second] = await Promise.all([new ChatNode(one, common).start(), new ChatNode(two, common).start()]);
  await together(2, first, second);
});

after(killAll);

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

    // From node to node, not by way of the store, which is asked every two seconds.
    for (let n = 0; n < 5; n++) {
      const { seq, received } = await ada.say(room, `number ${n}`);
      const shown = await bob.next((frame) => frame.type === "message" && frame.seq === seq);
      assert.ok(shown.received - received < 300, `shown ${shown.received - received} ms after it was acknowledged`);
    }

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
    await ada.next((frame) => frame.type === "message" && frame.seq === 2);
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
      [{ jwt: token({}, { key: "another key, which the panel does not have" }) }, "401 token_signature"],
      [{ jwt: token({}, { header: { alg: "none" } }) }, "401 token_algorithm"],
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
    const missing = await first.command(["rpc", "IO.puts(1)"], { CHAT_COOKIE_FILE: "/nowhere" });
    assert.match(missing.stderr, /no cookie: CHAT_COOKIE_FILE is '\/nowhere'/);
  });
});

describe("a node that dies", () => {
  test("kill -9 of the node that takes the messages loses none that it acknowledged", async () => {
    const room = roomName();
    const reader = await Client.join(second, room, 0);
    const writers = [];
    for (let n = 0; n < 4; n++)
      writers.push(await Client.join(first, room, null, { claims: { sub: `${n + 1}`, name: `W${n}` } }));
    await reader.next((frame) => frame.type === "presence" && frame.users.length === 5 - 1);
    const acked = [];
    const writing = writers.map(async (client) => {
      client.socket.on("message", (data) => {
        const frame = JSON.parse(data);
        if (frame.type === "ack") acked.push(frame);
      });
      while (client.socket.readyState === 1) {
        for (let n = 0; n < 20; n++) client.send({ type: "message", room, id: randomUUID(), body: "keep me" });
        await sleep(5);
      }
    });
    await eventually(() => acked.length > 300, "300 acks");
    await first.stop("SIGKILL");
    await Promise.all(writing);

    const back = await Client.join(second, room, 0, { claims: { sub: "9", name: "Back" } });
    await eventually(() => acked.every(({ seq }) => back.seqs().includes(seq)), "all that was acknowledged is there");
    const stored = back.seqs();
    assert.deepEqual(stored, range(1, stored.length));
    const byId = new Map(back.frames.flatMap((frame) => frame.messages ?? []).map((m) => [m.id, m.seq]));
    for (const { id, seq } of acked) assert.equal(byId.get(id), seq);
    // Whoever was there all the time gets even what the dead node could not tell any more.
    await reader.next(() => reader.seqs().length === stored.length);
    assert.deepEqual(reader.seqs(), stored);
    await reader.next((frame) => frame.type === "presence" && frame.users.every((u) => !u.name.startsWith("W")));
    console.log(`  ${acked.length} acknowledged, ${stored.length} stored, 0 lost`);
    await Promise.all([reader.close(), back.close()]);
  });

  test("a node that comes back is in the cluster again", async () => {
    await eventually(async () => (await second.json("/cluster")).nodes.length === 1, "the dead node is gone");
    first = await restart(first);
    await together(2, first, second);
  });
});

describe("drain", () => {
  test("SIGTERM tells each client its time, closes it then with 1012, and loses no message", async () => {
    const room = roomName();
    const clients = [];
    for (let n = 0; n < 20; n++)
      clients.push(await Client.join(first, room, null, { claims: { sub: `${n}`, name: `C${n}` } }));
    const elsewhere = await Client.join(second, room, 0);
    const acks = [];
    const talking = clients.map(async (client) => {
      client.socket.on("message", (data) => {
        const frame = JSON.parse(data);
        if (frame.type === "ack") acks.push(frame.seq);
      });
      while (client.socket.readyState === 1) {
        client.send({ type: "message", room, id: randomUUID(), body: "until the end" });
        await sleep(50);
      }
    });

    await sleep(300);
    const began = Date.now();
    const exited = first.stop("SIGTERM");
    await clients[0].next((frame) => frame.type === "drain");
    const ready = await first.get("/readyz");
    const refused = await refusal(first, {});
    const closes = await Promise.all(clients.map((client) => client.closed));
    const { code, signal } = await exited;
    const took = Date.now() - began;
    await Promise.all(talking);

    assert.equal(ready.status, 200, "readiness stays while draining");
    assert.equal(refused, "503 draining");
    assert.deepEqual({ code, signal }, { code: 0, signal: null });
    assert.ok(took <= 5_000, `stopped in ${took} ms`);
    for (const [n, client] of clients.entries()) {
      const drain = client.frames.find((frame) => frame.type === "drain");
      assert.equal(closes[n].code, 1012);
      const after = closes[n].at - drain.received;
      assert.ok(
        Math.abs(after - drain.reconnectAfterMs) < 400,
        `told ${drain.reconnectAfterMs}, closed after ${after}`,
      );
    }
    const times = closes.map(({ at }) => at).sort((a, b) => a - b);
    assert.ok(times.at(-1) - times[0] > 2_000, `spread over ${times.at(-1) - times[0]} ms`);
    for (let n = 4; n < 20; n++) assert.ok(times[n] - times[n - 4] > 200, "no more than a few at once");

    await elsewhere.next(() => acks.every((seq) => elsewhere.seqs().includes(seq)));
    const stored = elsewhere.seqs();
    assert.deepEqual(stored, range(1, stored.length));
    console.log(`  20 clients in ${took} ms, ${acks.length} messages acknowledged meanwhile, ${stored.length} stored`);
    await elsewhere.close();
    first = await restart(first);
    await together(2, first, second);
  });

  test("with nobody connected it stops at once", async () => {
    const third = await new ChatNode("127.0.0.3", { ...common, DRAIN_SECONDS: "60" }).start();
    const began = Date.now();
    assert.equal((await third.stop()).code, 0);
    assert.ok(Date.now() - began < 3_000);
  });
});

describe("faults", { concurrency: true }, () => {
  test("without Postgres a message is refused, readiness leaves and returns, and a resend is stored once", async () => {
    const outage = await new Outage().start();
    const node = await new ChatNode("127.0.0.4", { ...common, PGPORT: String(outage.port), CLUSTER_PEERS: "" }).start();
    const room = roomName();
    const client = await Client.join(node, room);
    await client.say(room, "before");
    outage.break();
    const id = randomUUID();
    assert.equal((await client.say(room, "during", id)).code, "unavailable");
    assert.equal((await node.get("/readyz")).status, 200, "one failure is not enough");
    await eventually(async () => (await node.get("/readyz")).status === 503, "readiness leaves");
    assert.equal((await node.get("/livez")).status, 200);
    outage.mend();
    await eventually(async () => (await node.get("/readyz")).status === 200, "readiness returns");
    client.send({ type: "message", room, id, body: "during" });
    const ack = await client.next((frame) => frame.type === "ack" && frame.id === id);
    assert.equal(ack.seq, 2);
    await client.next((frame) => frame.type === "message" && frame.id === id);
    assert.deepEqual(client.seqs(), [1, 2]);
    await client.close();
    await node.stop();
    outage.stop();
  });

  test("silence closes a connection, a ping keeps it, and the rate is kept", async () => {
    const node = await new ChatNode("127.0.0.5", {
      ...common,
      HEARTBEAT_SECONDS: "1",
      MESSAGES_PER_SECOND: "5",
      CLUSTER_PEERS: "",
    }).start();
    const [silent, lively] = [await Client.open(node), await Client.open(node)];
    const timer = setInterval(() => lively.send({ type: "ping" }), 900);
    const { code, reason } = await silent.closed;
    assert.deepEqual([code, reason], [4000, "no heartbeat"]);
    clearInterval(timer);
    assert.equal(lively.socket.readyState, 1);
    const answers = await Promise.all(range(1, 15).map((n) => lively.say("general", `m${n}`)));
    assert.equal(answers.filter((a) => a.type === "ack").length, 10);
    assert.ok(answers.slice(10).every((a) => a.code === "rate_limited"));
    await lively.close();
    await node.stop();
  });

  test("wrong settings, and a migration that cannot be, end with what is wrong", async () => {
    const node = new ChatNode("127.0.0.6", common);
    const wrong = await node.command(["start"], { PORT: "99999", CHAT_TOKEN_KEY: "short" });
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.stdout, /PORT is '99999'; allowed: a whole number from 1 to 65535/);
    assert.match(wrong.stdout, /CHAT_TOKEN_KEY has 5 bytes; at least 32 are needed/);
    const taken = await node.command(["start"], { PORT: String(second.port) });
    assert.notEqual(taken.code, 0);
    assert.match(taken.stdout, /cannot listen.*address already in use/);
    const migrate = await node.command(["eval", "Chat.Release.migrate()"], { PGPASSWORD: "wrong-password" });
    assert.equal(migrate.code, 1);
    assert.match(migrate.stderr, /28P01 password authentication failed for user "chat"/);
    assert.ok(!migrate.stderr.includes("wrong-password"));
  });
});

test("the logs are JSON with the agreed fields, and hold no token, key, cookie, password or message", () => {
  const secrets = [tokenKey, cookie, process.env.PGPASSWORD, "eyJ", "keep me", "until the end", "from the first node"];
  let opened = 0;
  for (const node of started) {
    for (const line of node.log()) {
      for (const field of ["time", "level", "role", "stage", "version", "node", "msg"]) assert.ok(line[field], field);
      if (line.msg === "socket opened" && line.connectionId && line.requestId) opened++;
    }
    for (const secret of secrets) assert.ok(!`${node.output}${node.errors}`.includes(secret), secret);
  }
  assert.ok(opened > 30);
});
