// What goes wrong around a node. Started by test/run.sh.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { Client } from "./support/client.mjs";
import { Dns, freePort, Outage } from "./support/network.mjs";
import {
  ChatNode,
  checkLogs,
  cluster,
  eventually,
  killAll,
  randomUUID,
  range,
  restart,
  roomName,
  together,
} from "./support/nodes.mjs";

let common;

/** A port that somebody else has, until the test ends. */
async function busyPort(context) {
  const server = createServer().listen(0, "0.0.0.0");
  await once(server, "listening");
  context.after(() => server.close());
  return server.address().port;
}

before(async () => {
  common = await cluster();
});

after(killAll);

describe("faults", { concurrency: true }, () => {
  test("without Postgres a message is refused, readiness leaves and returns, and a resend is stored once", async () => {
    const outage = await new Outage().start();
    const node = await new ChatNode("127.0.0.24", {
      ...common,
      PGPORT: String(outage.port),
      CLUSTER_PEERS: "",
    }).start();
    const room = roomName();
    const client = await Client.join(node, room);
    await client.say(room, "before");
    outage.break();
    const id = randomUUID();
    assert.equal((await client.say(room, "during", id)).code, "unavailable");
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

  test("nodes are found by the A records of the service, as they come and go", async () => {
    const dns = new Dns();
    const settings = { ...common, ...(await dns.start()), DIST_PORT: String(await freePort()) };
    dns.addresses = ["127.0.0.27"];
    const [seven, eight] = ["127.0.0.27", "127.0.0.28"].map((address) => new ChatNode(address, settings));
    await Promise.all([seven.start(), eight.start()]);
    // The eighth finds the seventh, which learns of it by being called.
    await together(2, seven, eight);
    await eight.stop("SIGKILL");
    await eventually(async () => (await seven.json("/cluster")).nodes.length === 1, "the killed node is gone");
    dns.addresses = ["127.0.0.27", "127.0.0.28"];
    await eventually(
      () => seven.log().some((line) => line.msg === "node cannot be connected to" && line.peer === "chat@127.0.0.28"),
      "that it is listed and does not answer is said",
    );
    const again = await restart(eight);
    await together(2, seven, again);
    await Promise.all([seven.stop(), again.stop()]);
    dns.stop();
  });

  test("silence closes a connection, a ping keeps it, and the rate is kept", async () => {
    const node = await new ChatNode("127.0.0.25", {
      ...common,
      HEARTBEAT_SECONDS: "3",
      MESSAGES_PER_SECOND: "1",
      CLUSTER_PEERS: "",
    }).start();
    const [silent, lively] = [await Client.open(node), await Client.open(node)];
    const timer = setInterval(() => lively.send({ type: "ping" }), 900);
    const { code, reason } = await silent.closed;
    assert.deepEqual([code, reason], [4000, "no heartbeat"]);
    clearInterval(timer);
    assert.equal(lively.socket.readyState, 1);
    // Two at once, and one more with every second that this takes.
    const answers = await Promise.all(range(1, 15).map((n) => lively.say("general", `m${n}`)));
    assert.deepEqual(
      answers.slice(0, 2).map((answer) => answer.type),
      ["ack", "ack"],
    );
    assert.ok(answers.slice(2).every((answer) => answer.type === "ack" || answer.code === "rate_limited"));
    assert.ok(answers.some((answer) => answer.code === "rate_limited"));
    await lively.close();
    await node.stop();
  });

  test("wrong settings, and a migration that cannot be, end with what is wrong", async (context) => {
    const node = new ChatNode("127.0.0.26", common);
    const wrong = await node.command(["start"], { PORT: "99999", CHAT_TOKEN_PUBLIC_KEYS_FILE: "/nowhere.pem" });
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.stdout, /PORT is '99999'; allowed: a whole number from 1 to 65535/);
    assert.match(wrong.stdout, /CHAT_TOKEN_PUBLIC_KEYS_FILE is '\/nowhere.pem', which cannot be read/);
    const taken = await node.command(["start"], { PORT: String(await busyPort(context)) });
    assert.notEqual(taken.code, 0);
    assert.match(taken.stdout, /cannot listen.*address already in use/);
    const migrate = await node.command(["eval", "Chat.Release.migrate()"], { PGPASSWORD: "wrong-password" });
    assert.equal(migrate.code, 1);
    assert.match(migrate.stderr, /28P01 password authentication failed for user "chat_g1"/);
    assert.ok(!migrate.stderr.includes("wrong-password"));
  });
});

test("the logs hold no message", () => checkLogs("before", "during"));
