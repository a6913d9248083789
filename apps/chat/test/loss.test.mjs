// Nodes that are killed and nodes that are stopped: no acknowledged message is lost. Started by test/run.sh.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Client, refusal } from "./support/client.mjs";
import {
  ChatNode,
  checkLogs,
  eventually,
  pair,
  randomUUID,
  range,
  restart,
  roomName,
  sleep,
  together,
} from "./support/nodes.mjs";

const [one, two] = ["127.0.0.11", "127.0.0.12"];
let { common, first, second } = await pair(one, two, { DRAIN_SECONDS: "8" });

describe("a node that dies", () => {
  test("kill -9 of the node that takes the messages loses none that it acknowledged", async () => {
    const room = roomName();
    const reader = await Client.join(second, room, 0);
    const writers = [];
    for (let n = 0; n < 4; n++)
      writers.push(await Client.join(first, room, null, { claims: { sub: `${n + 1}`, name: `W${n}` } }));
    // The reader and the first writer are one user.
    await reader.next((frame) => frame.type === "presence" && frame.users.length === 4);
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
    const talking = clients.map(async (client, who) => {
      client.socket.on("message", (data) => {
        const frame = JSON.parse(data);
        if (frame.type === "ack") acks.push({ seq: frame.seq, who, at: Date.now() });
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
    assert.deepEqual(await exited, { code: 0, signal: null });
    const took = Date.now() - began;
    await Promise.all(talking);

    assert.equal(ready.status, 200, "readiness stays while draining");
    assert.equal(refused, "503 draining");
    const [drained] = first.log().filter(({ msg }) => msg === "drained");
    assert.equal(drained.connectionsLeft, 0, "all were closed within DRAIN_SECONDS");
    for (const { code } of closes) assert.equal(code, 1012);

    // One at a time, spread over what DRAIN_SECONDS leaves (schedule/2 in lib/chat/drain.ex), closed in that order and
    // served until then: between the first ten and the last four lie 1.6 s.
    const told = clients.map((client) => client.frames.find(({ type }) => type === "drain").reconnectAfterMs);
    assert.deepEqual(
      told.toSorted((a, b) => a - b),
      range(1, 20).map((n) => n * 275),
    );
    const [early, late] = [closes.filter((_, n) => told[n] <= 2_750), closes.filter((_, n) => told[n] >= 4_400)];
    const half = Math.max(...early.map(({ at }) => at));
    assert.ok(half < Math.min(...late.map(({ at }) => at)), "whoever was told to come early was closed early");
    assert.ok(
      acks.some(({ who, at }) => told[who] >= 4_400 && at > half),
      "whoever was told to come late was served meanwhile",
    );

    await elsewhere.next(() => acks.every(({ seq }) => elsewhere.seqs().includes(seq)));
    const stored = elsewhere.seqs();
    assert.deepEqual(stored, range(1, stored.length));
    console.log(`  20 clients in ${took} ms, ${acks.length} messages acknowledged meanwhile, ${stored.length} stored`);
    await elsewhere.close();
    first = await restart(first);
    await together(2, first, second);
  });

  test("with nobody connected it stops at once", async () => {
    // Longer than this test may take: a stop that waits for it does not end in time.
    const third = await new ChatNode("127.0.0.13", { ...common, DRAIN_SECONDS: "600" }).start();
    assert.equal((await third.stop()).code, 0);
  });
});

test("the logs hold no message", () => checkLogs("keep me", "until the end"));
