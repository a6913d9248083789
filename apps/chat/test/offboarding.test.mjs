// Signing out and closing rooms reach sockets that are open, on every node. Started by test/run.sh.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Client, keys, publicPem, refusal, token } from "./support/client.mjs";
import { revoke, sql, stored } from "./support/database.mjs";
import { ChatNode, checkLogs, eventually, pair, roomName } from "./support/nodes.mjs";

const [one, two] = ["127.0.0.41", "127.0.0.42"];
const { common, first, second } = await pair(one, two);

const user = () => `user-${randomUUID()}`;

describe("signing out", { concurrency: true }, () => {
  test("a user who is deactivated is out everywhere: sockets closed, the old token refused, nothing written", async () => {
    const [room, eve, ada] = [roomName(), user(), user()];
    const jwt = token({ sub: eve, rooms: [room] });
    const out = [await Client.join(first, room, 0, { jwt }), await Client.join(second, room, 0, { jwt })];
    const stays = await Client.join(first, room, 0, { claims: { sub: ada } });
    await out[0].say(room, "before");
    await revoke("user", eve);
    for (const client of out) {
      const { code, reason } = await client.closed;
      assert.deepEqual([code, reason], [4401, "signed out"]);
    }
    for (const node of [first, second]) assert.equal(await refusal(node, { jwt }), "401 token_revoked");
    await stays.say(room, "after");
    assert.deepEqual(await stored(room), ["before", "after"]);
    assert.equal(stays.socket.readyState, 1);
    // Whoever is activated again gets a new token, and that is good.
    const back = await Client.join(second, room, 0, { claims: { sub: eve } });
    assert.equal((await back.say(room, "again")).type, "ack");
    await Promise.all([stays.close(), back.close()]);
  });

  test("logging out ends the sockets of this session alone, also one that opens at that moment", async () => {
    const [eve, session] = [user(), `session-${randomUUID()}`];
    const jwt = token({ sub: eve, sid: session });
    const out = await Client.open(first, { jwt });
    const other = await Client.open(second, { claims: { sub: eve, sid: `session-${randomUUID()}` } });
    await revoke("session", session);
    const racing = await Client.open(second, { jwt });
    for (const client of [out, racing]) assert.equal((await client.closed).code, 4401);
    assert.equal(await refusal(first, { jwt }), "401 token_revoked");
    assert.equal(other.socket.readyState, 1);
    await other.close();
  });

  test("a room that is closed is taken from sockets that are open; their other rooms go on", async () => {
    const [room, kept, eve] = [roomName(), roomName(), user()];
    const jwt = token({ sub: eve, rooms: [room, kept] });
    const client = await Client.join(first, room, 0, { jwt });
    client.send({ type: "join", room: kept, after: 0 });
    await client.next((frame) => frame.type === "joined" && frame.room === kept);
    assert.equal((await client.say(room, "before")).type, "ack");
    await revoke("room", room);
    const told = await client.next((frame) => frame.type === "error" && frame.room === room);
    assert.equal(told.code, "forbidden");
    assert.equal((await client.say(room, "after")).code, "forbidden");
    client.send({ type: "join", room, after: 0 });

    // The room is opened again: a new token is good for it, and what is said there does not reach the old one.
    const back = await Client.join(second, room, 0, { claims: { sub: user() } });
    await back.say(room, "not for the old token");
    await client.say(kept, "still here");
    assert.equal(
      await client.next((frame) => frame.type === "message" && frame.room === kept).then((m) => m.body),
      "still here",
    );
    const old = await Client.open(second, { jwt });
    old.send({ type: "join", room, after: 0 });
    assert.equal((await old.next((frame) => frame.type === "error")).code, "forbidden");
    const seen = client.frames.flatMap((frame) =>
      frame.type === "message" && frame.room === room ? [frame.body] : [],
    );
    assert.deepEqual(seen, ["before"]);
    await back.next((frame) => frame.type === "presence" && frame.users.length === 1);
    assert.deepEqual(await stored(room), ["before", "not for the old token"]);
    await Promise.all([client, back, old].map((each) => each.close()));
  });

  test("a node starts only when it knows who was signed out, and says what is missing", async () => {
    for (const [table, code] of [
      ["panel.nothing", "42P01"],
      ["panel.secret", "42501"],
    ]) {
      if (code === "42501") await sql("SUPERUSER", "CREATE TABLE panel.secret (LIKE panel.chat_revocations)");
      const node = new ChatNode("127.0.0.43", { ...common, CLUSTER_PEERS: "", TOKEN_REVOCATIONS: table });
      const starting = node.start();
      await eventually(async () => (await node.get("/startupz")).text.includes(code), "the probe says why");
      assert.equal((await node.get("/startupz")).status, 503);
      assert.equal(await refusal(node, {}), "503 unavailable");
      const told = node.log().filter((line) => line.msg === "revoked tokens cannot be read");
      assert.equal(told.length, 1);
      assert.ok(told[0].error.includes(code) && told[0].table === table);
      // What was missing is there: it starts by itself.
      await sql(
        "SUPERUSER",
        `CREATE TABLE IF NOT EXISTS ${table} (LIKE panel.chat_revocations); GRANT SELECT ON ${table} TO chat_app`,
      );
      await starting;
      await node.stop();
    }
  });

  test("a node that cannot look for half a minute takes no token, and keeps the sockets it has", async () => {
    const table = "panel.taken_away";
    await sql("SUPERUSER", `CREATE TABLE ${table} (LIKE panel.chat_revocations); GRANT SELECT ON ${table} TO chat_app`);
    const node = await new ChatNode("127.0.0.44", { ...common, CLUSTER_PEERS: "", TOKEN_REVOCATIONS: table }).start();
    const client = await Client.open(node);
    await sql("SUPERUSER", `REVOKE SELECT ON ${table} FROM chat_app`);
    await eventually(async () => (await node.get("/readyz")).status === 503, "readiness leaves");
    assert.match((await node.get("/readyz")).text, /was not read for 3\d s: 42501/);
    assert.equal(await refusal(node, {}), "503 unavailable");
    assert.equal(client.socket.readyState, 1);
    await sql("SUPERUSER", `GRANT SELECT ON ${table} TO chat_app`);
    await eventually(async () => (await node.get("/readyz")).status === 200, "readiness returns");
    await client.close();
    await node.stop();
  });

  test("a statement that is not allowed is said in the log, once, though its caller only tries again", async () => {
    const node = await new ChatNode("127.0.0.47", {
      ...common,
      CLUSTER_PEERS: "",
      PGUSER: "narrow",
      PGPASSWORD: "x",
      PG_POOL_SIZE: "1",
    });
    await sql(
      "SUPERUSER",
      "CREATE ROLE narrow LOGIN PASSWORD 'x'; ALTER ROLE narrow SET search_path = chat; GRANT USAGE ON SCHEMA chat, panel TO narrow; GRANT CONNECT ON DATABASE switchboard TO narrow; GRANT SELECT ON chat.schema_migrations, panel.chat_revocations TO narrow",
    );
    await node.start();
    const client = await Client.open(node);
    client.send({ type: "join", room: "general", after: null });
    await client.next((frame) => frame.code === "unavailable");
    // The sweeper asks for the newest numbers every two seconds, and says nothing itself.
    const refused = (name) =>
      node.log().filter((line) => line.msg === "statement is refused" && line.statement === name);
    await eventually(() => refused("last_seqs").length > 0, "the refusal is said");
    assert.match(refused("last_seqs")[0].error, /42501 permission denied for table rooms/);
    assert.equal(refused("latest").length, 1);
    await client.close();
    await node.stop();
  });

  test("while the keys of tokens rotate the old and the new one are good, and no other", async () => {
    const [next, other] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
    const file = join(process.env.CHAT_TEST_WORK, "rotating.pem");
    writeFileSync(file, publicPem(keys) + publicPem(next));
    const node = await new ChatNode("127.0.0.45", {
      ...common,
      CLUSTER_PEERS: "",
      CHAT_TOKEN_PUBLIC_KEYS_FILE: file,
    }).start();
    for (const pair of [keys, next]) await (await Client.open(node, { jwt: token({}, { pair }) })).close();
    assert.equal(await refusal(node, { jwt: token({}, { pair: other }) }), "401 token_signature");
    await node.stop();
  });

  test("without a table of revocations a socket ends with its token", async () => {
    const node = await new ChatNode("127.0.0.46", { ...common, CLUSTER_PEERS: "", TOKEN_REVOCATIONS: "" }).start();
    const now = Date.now() / 1000;
    const short = await Client.open(node, { jwt: token({ exp: now + 2 }) });
    assert.ok(short.frames[0].expiresInSeconds <= 2);
    assert.equal((await short.closed).code, 4001);
    const long = await Client.open(second, { jwt: token({ exp: now + 2 + 10 }) });
    assert.equal(long.frames[0].expiresInSeconds, 3600);
    await long.close();
    await node.stop();
  });
});

test("the logs hold no message, key or token", () => checkLogs("still here", "not for the old token"));
