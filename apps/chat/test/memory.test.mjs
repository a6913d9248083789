// A node with the memory limit of its pod, and clients that do not read. Started by test/run.sh.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { ChatNode, cluster, eventually, killAll, range, roomName } from "./support/nodes.mjs";

/** What the stack of a developer gives the chat (Pulumi.dev.yaml). */
const limit = 128 * 2 ** 20;
const group = join("/sys/fs/cgroup/memory", `chat-test-${process.pid}`);
let node;
let caged = false;

before(async () => {
  const common = await cluster();
  node = await new ChatNode("127.0.0.71", {
    ...common,
    CLUSTER_PEERS: "",
    MEMORY_LIMIT_BYTES: String(limit),
  }).start();
  caged = cage();
});

after(() => {
  killAll();
  node?.exited.then(() => existsSync(group) && rmdirSync(group));
});

/** Puts the node under a real limit, where this process may do that (version 1 of cgroups, as root). */
function cage() {
  try {
    mkdirSync(group);
    writeFileSync(join(group, "memory.limit_in_bytes"), String(limit));
    for (const pid of [node.process.pid]) writeFileSync(join(group, "cgroup.procs"), String(pid));
    return true;
  } catch {
    return false;
  }
}

/** Bytes of memory that the limit of a pod counts. */
function used() {
  const text = readFileSync(`/proc/${node.process.pid}/smaps_rollup`, "utf8");
  const kilobytes = [...text.matchAll(/^Pss_(?:Anon|Shmem): +(\d+) kB$/gm)].map(([, number]) => Number(number));
  return kilobytes.reduce((sum, number) => sum + number, 0) * 1024;
}

test("clients that do not read are refused or let go before the limit is reached, and others notice nothing", async () => {
  const room = roomName();
  // 4000 characters of four bytes: the longest message there is.
  const body = "\u{1F600}".repeat(4000);
  const writer = await Client.join(node, room, 0, { claims: { sub: "writer" } });
  for (let n = 0; n < 200; n++) await writer.say(room, body);
  const readers = await Promise.all(
    range(1, 5).map((n) => Client.join(node, room, null, { claims: { sub: `reader-${n}` } })),
  );

  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, used())), 50);
  const slow = [];
  let refused = 0;
  const attack = () =>
    new Promise((resolve) => {
      const client = new Client(node, { claims: { sub: randomUUID(), rooms: [room] } });
      slow.push(client);
      client.socket.on("unexpected-response", (_request, response) => {
        assert.equal(response.statusCode, 503);
        assert.equal(response.headers["retry-after"], "5");
        refused++;
        resolve();
      });
      client.socket.on("open", () => {
        // Asks for everything there is, many times, and reads none of it.
        client.socket._socket.pause();
        for (let n = 0; n < 20; n++) client.send({ type: "join", room, after: n });
        resolve();
      });
      client.socket.on("close", resolve);
    });
  const gone = () => node.log().filter(({ msg, code, reason }) => msg === "socket closed" && code === 1013 && reason);

  // While there is memory whoever does not read is let go, and the log says why.
  await Promise.all(range(1, 10).map(attack));
  await eventually(() => gone().length >= 10, "ten who do not read are let go");

  // With many of them memory becomes short.
  for (let wave = 0; wave < 40 && refused < 100; wave++) {
    await Promise.all(range(1, 50).map(attack));
    await writer.say(room, `${wave} ${body.slice(0, 7000)}`);
  }
  assert.ok(refused > 0, "there is an end to how many are let in");
  const stored = (await writer.say(room, "the last one")).seq;
  for (const reader of readers) await reader.next((frame) => frame.type === "message" && frame.seq === stored);

  // Pages wait while too much is on its way, so some of them were sent nothing that they could leave unread.
  await eventually(
    async () => (await node.command(["rpc", "IO.inspect(Chat.Sockets.queues())"])).stdout.trim() === "[]",
    "nothing waits for anybody",
  );
  clearInterval(watch);
  console.log(
    `  ${slow.length} slow clients, ${refused} refused, ${gone().length} let go; ` +
      `${Math.round(most / 2 ** 20)} of ${limit / 2 ** 20} MiB at most${caged ? ", under a real limit" : ""}`,
  );
  assert.ok(most < limit, `${most} bytes of ${limit}`);
  assert.equal(node.process.exitCode, null);
  for (const reader of [writer, ...readers]) {
    assert.equal(reader.socket.readyState, 1);
    const seqs = reader.seqs();
    assert.deepEqual(seqs, range(seqs[0], stored), "no message is missing or doubled");
  }
  for (const client of slow) client.socket.terminate();
  await eventually(async () => (await node.json("/cluster")).connections === 6, "the slow ones are gone");

  // There is room again.
  await eventually(async () => {
    const client = new Client(node, { claims: { sub: randomUUID() } });
    const open = await new Promise((resolve) => {
      client.socket.on("open", () => resolve(true));
      client.socket.on("close", () => resolve(false));
    });
    client.socket.terminate();
    return open;
  }, "there is room again");
  await Promise.all([writer, ...readers].map((client) => client.close()));
});

test("a client that is slow but reads is let be, and gets every message once", async () => {
  const room = roomName();
  const body = "x".repeat(4000);
  const slow = await Client.join(node, room, 0, { claims: { sub: "slow" } });
  const writer = await Client.join(node, room, 0, { claims: { sub: "writer" } });
  const count = 200;
  // Reads in small gulps, far behind what is written: 0.8 MB do not fit into what the node keeps for it.
  const tcp = slow.socket._socket;
  tcp.pause();
  const gulp = setInterval(() => {
    tcp.resume();
    setImmediate(() => tcp.pause());
  }, 20);
  for (let n = 0; n < count; n++) await writer.say(room, body);
  await slow.next(() => slow.seqs().includes(count));
  clearInterval(gulp);
  tcp.resume();
  assert.deepEqual(slow.seqs(), range(1, count));
  assert.equal(slow.socket.readyState, 1);
  await Promise.all([slow.close(), writer.close()]);
});

test("messages that do not end are let go before the limit is reached, and others notice nothing", async () => {
  const room = roomName();
  const [writer, reader] = await Promise.all(
    ["writer", "reader"].map((sub) => Client.join(node, room, 0, { claims: { sub } })),
  );
  const mask = Buffer.alloc(4);
  /** A frame whose header promises `length` bytes, and so many of them. */
  const frame = (first, length, sent) =>
    Buffer.concat([Buffer.from([first, 0xfe, length >> 8, length & 255]), mask, Buffer.alloc(sent, "a")]);
  const begin = [
    // One frame that lacks its last bytes.
    (tcp) => tcp.write(frame(0x81, 65_535, 65_500)),
    // Fragments of a message that none of them ends.
    (tcp) => {
      for (const n of range(1, 20)) tcp.write(frame(n === 1 ? 0x01 : 0x00, 3_000, 3_000));
    },
    // Byte by byte.
    (tcp) => {
      tcp.write(frame(0x81, 65_535, 0));
      for (let n = 0; n < 3_000; n++) tcp.write("a");
    },
  ];
  // As many as the node takes in with this limit; each alone is below what one message may have.
  const begun = [];
  await Promise.all(
    range(1, 252).map(async () => {
      const client = await Client.open(node, { claims: { sub: randomUUID() } });
      client.socket._socket.setNoDelay(true);
      begun.push(client);
    }),
  );
  const gone = () => node.log().filter(({ msg, reason }) => msg === "socket closed" && /short of memory/.test(reason));
  const before = gone().length;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, used())), 20);
  for (const [n, client] of begun.entries()) begin[n % begin.length](client.socket._socket);
  await eventually(() => gone().length > before, "somebody is let go");
  // The longest message there is, in the longest spelling: it comes in many pieces, too.
  const body = "\\ud83d\\ude00".repeat(4000);
  const id = randomUUID();
  writer.send(`{"type":"message","room":"${room}","id":"${id}","body":"${body}"}`);
  await reader.next((frame) => frame.type === "message" && frame.id === id);
  clearInterval(watch);
  console.log(`  ${Math.round(most / 2 ** 20)} of ${limit / 2 ** 20} MiB at most, ${gone().length - before} let go`);
  assert.ok(most < limit, `${most} bytes of ${limit}`);
  for (const client of [writer, reader]) assert.equal(client.socket.readyState, 1);
  for (const client of begun) client.socket.terminate();
  await eventually(async () => (await node.json("/cluster")).connections === 2, "they are gone");
  assert.deepEqual(await rpc("IO.inspect(:ets.lookup_element(Chat.Memory, :waiting, 2) < 100_000)"), "true");
  await Promise.all([writer, reader].map((client) => client.close()));
});

const rpc = async (code) => (await node.command(["rpc", code])).stdout.trim();
