// What one user may do, with all their sockets on all nodes together. Started by test/run.sh.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Client, refusal } from "./support/client.mjs";
import { ChatNode, cluster, eventually, killAll, range, roomName, together } from "./support/nodes.mjs";

const [one, two] = ["127.0.0.51", "127.0.0.52"];
let first;
let second;

before(async () => {
  // As a pod has it, and one message per second.
  const common = { ...(await cluster(one, two)), SOCKETS_PER_USER: "", MESSAGES_PER_SECOND: "1" };
  delete common.SOCKETS_PER_USER;
  const node = (address) => {
    const made = new ChatNode(address, common);
    const env = made.env.bind(made);
    made.env = (extra) => {
      const { SOCKETS_PER_USER, ...rest } = env(extra);
      return rest;
    };
    return made.start();
  };
  [first, second] = await Promise.all([node(one), node(two)]);
  await together(2, first, second);
});

after(killAll);

describe("a user", { concurrency: true }, () => {
  test("has twenty sockets over all nodes, however fast they are opened, and others have theirs", async () => {
    const sub = `user-${randomUUID()}`;
    const open = (node) =>
      new Promise((resolve) => {
        const client = new Client(node, { claims: { sub } });
        client.socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
        client
          .next((frame) => frame.type === "welcome")
          .then(
            () => resolve(client),
            () => {},
          );
      });
    const here = await Promise.all(range(1, 15).map(() => open(first)));
    assert.ok(here.every((client) => client instanceof Client));
    await eventually(
      async () =>
        (await second.command(["rpc", `IO.inspect(Chat.Users.sockets("${sub}"))`])).stdout.trim() === "{0, 15}",
      "the second node knows of them",
    );
    const there = await Promise.all(range(1, 15).map(() => open(second)));
    assert.equal(there.filter((client) => client instanceof Client).length, 5);
    assert.deepEqual([...new Set(there.filter((client) => !(client instanceof Client)))], [429]);
    assert.equal(await refusal(second, { claims: { sub } }), "429 too_many_sockets");
    const other = await Client.open(first, { claims: { sub: `user-${randomUUID()}` } });

    // One that closes makes room.
    await here[0].close();
    await eventually(async () => {
      const client = await open(second);
      if (!(client instanceof Client)) return false;
      there.push(client);
      return true;
    }, "there is room again");
    for (const client of [...here, ...there, other]) if (client instanceof Client) client.close();
  });

  test("writes no more with many sockets than with one", async () => {
    const [sub, room] = [`user-${randomUUID()}`, roomName()];
    const clients = [];
    for (let n = 0; n < 8; n++)
      clients.push(await Client.join(n % 2 ? first : second, room, null, { claims: { sub } }));
    await eventually(
      async () =>
        (await second.command(["rpc", `IO.inspect(Chat.Users.sockets("${sub}"))`])).stdout.trim() === "{4, 8}",
      "each node knows of all",
    );
    const began = Date.now();
    const answers = await Promise.all(clients.flatMap((client) => range(1, 10).map((n) => client.say(room, `m${n}`))));
    const taken = answers.filter(({ type }) => type === "ack").length;
    // Two at once, one with every second that this took, and one that each node rounds up.
    const most = 2 + Math.ceil((Date.now() - began) / 1000) + 2;
    assert.ok(taken >= 2 && taken <= most, `${taken} of 80 were taken, ${most} at most`);
    assert.ok(answers.every(({ type, code }) => type === "ack" || code === "rate_limited"));

    // Somebody else is not held up by it.
    const other = await Client.join(first, room, null, { claims: { sub: `user-${randomUUID()}` } });
    assert.equal((await other.say(room, "me")).type, "ack");
    await Promise.all([...clients, other].map((client) => client.close()));
  });
});
