// What it costs to tell who is in a large room. Started by test/run.sh.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Client } from "./support/client.mjs";
import { eventually, pair, range, roomName } from "./support/nodes.mjs";

const [one, two] = ["127.0.0.61", "127.0.0.62"];
const { first, second } = await pair(one, two);

/** A client that counts the bytes of what tells who is there, as they come over the wire. */
async function member(node, room, id, { presence } = {}) {
  const client = await Client.open(node, { claims: { sub: id, name: `Person ${id}`, rooms: [room] } });
  client.bytes = 0;
  client.socket.on("message", (data) => {
    if (String(data).startsWith('{"type":"presence')) client.bytes += data.length;
  });
  client.send({ type: "join", room, after: null, ...(presence ? { presence } : {}) });
  await client.next((frame) => frame.type === "joined" && !frame.more);
  return client;
}

const about = (client) => client.frames.filter(({ type }) => type === "presence" || type === "presence_change");
const last = (client) => about(client).at(-1);

/** Members on both nodes, all of whom know that all are there. */
async function fill(room, count, how) {
  const members = await Promise.all(range(1, count).map((n) => member(n % 2 ? first : second, room, `p${n}`, how)));
  await eventually(() => members.every((client) => last(client)?.count === count), `all know of ${count}`);
  return members;
}

/** Comes and goes so often, each time until every member knows; gives the bytes that all members got meanwhile. */
async function toggle(room, members, times) {
  for (const client of members) client.bytes = 0;
  for (let n = 0; n < times; n++) {
    const toggler = await member(n % 2 ? first : second, room, "toggler", { presence: "changes" });
    await eventually(() => members.every((client) => last(client).count === members.length + 1), "all know who came");
    await toggler.close();
    await eventually(() => members.every((client) => last(client).count === members.length), "all know who left");
  }
  return members.reduce((sum, client) => sum + client.bytes, 0);
}

describe("presence", () => {
  test("300 members and one who comes and goes: each member is told a number, not a list", async () => {
    const room = roomName();
    const members = await fill(room, 300, { presence: "changes" });
    // Everyone knows of everyone, and that cost nobody more than one list of a hundred and numbers.
    assert.ok(members.every((client) => about(client).every((frame) => (frame.users?.length ?? 0) <= 100)));
    const times = 3;
    const bytes = await toggle(room, members, times);
    const perToggle = bytes / times;
    console.log(`  one coming and going costs ${Math.round(perToggle / 1024)} KiB for 300 members`);
    // Two frames for each member. The server's own pace (100 KB/s for each node, announcer.ex) holds for any number of
    // them: what a toggle costs is within the 200 KB/s of both nodes, whoever toggles how often.
    assert.ok(perToggle < 2 * 300 * 100, `${perToggle} bytes for each coming and going`);

    // The list is there for whoever asks.
    members[0].send({ type: "presence", room });
    const list = await members[0].next((frame) => frame.type === "presence" && frame.users?.length === 300);
    assert.equal(list.count, 300);

    // Whoever loses the connection and is back at once was never away.
    for (const client of members) client.bytes = 0;
    const moved = members[10];
    await moved.close();
    members[10] = await member(first, room, "p11", { presence: "changes" });
    const late = await member(second, room, "late", { presence: "changes" });
    await eventually(() => members.every((client) => last(client)?.count === 301), "all know who came last");
    const counts = members.slice(11).flatMap((client) =>
      about(client)
        .slice(-3)
        .map((frame) => frame.count),
    );
    assert.ok(!counts.includes(299), "nobody was told that one was away");
    await Promise.all([...members, late].map((client) => client.close()));
  });

  test("a small room: differences, the same on both nodes", async () => {
    const room = roomName();
    const members = await fill(room, 20, { presence: "changes" });
    const bytes = await toggle(room, members, 2);
    assert.ok(bytes < 2 * 2 * 20 * 200, `${bytes} bytes`);
    for (const client of members) {
      const [came, left] = about(client).slice(-2);
      assert.deepEqual(
        [came.type, came.joined, came.left],
        ["presence_change", [{ id: "toggler", name: "Person toggler" }], []],
      );
      assert.deepEqual([left.type, left.joined, left.left], ["presence_change", [], ["toggler"]]);
    }
    await Promise.all(members.map((client) => client.close()));
  });

  test("pages of version 1.0 get lists, and no more bytes per second than the others", async () => {
    const room = roomName();
    const old = await fill(room, 60);
    for (const client of old) {
      assert.equal(last(client).users.length, 60);
      assert.ok(about(client).every((frame) => frame.type === "presence" && Array.isArray(frame.users)));
    }
    const fresh = await member(first, room, "fresh", { presence: "changes" });
    await eventually(() => [...old, fresh].every((client) => last(client)?.count === 61), "both kinds know");
    await eventually(() => last(fresh).users?.length === 61, "the new kind has the list first");
    // A list of 60 people is 3 KB: 60 of them are at most so many announcements in the time that they took.
    const announcements = Math.max(...old.map((client) => about(client).length));
    const took = (Math.max(...old.map((client) => last(client).received)) - old[0].frames[0].received) / 1000;
    assert.ok(announcements <= 10 + took * 2, `${announcements} lists in ${took} s`);
    await Promise.all([...old, fresh].map((client) => client.close()));
  });
});
