import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { ChatConnection } from "../public/connection.js";
import { reconnectDelay, renewalDelay } from "../public/delays.js";
import { Presence } from "../public/presence.js";
import { LoggedOut } from "../public/tickets.js";
import { startChatServer } from "./support/chatServer.js";
import { until } from "./support/panel.js";

/** @type {Awaited<ReturnType<typeof startChatServer>>} */ let chat;
/** @type {ChatConnection[]} */ let opened = [];
beforeEach(async () => {
  chat = await startChatServer();
  opened = [];
});
afterEach(async () => {
  for (const connection of opened) connection.stop();
  await chat.stop();
});

const memory = () => {
  const values = new Map();
  return {
    getItem: (/** @type {string} */ key) => values.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => values.set(key, value),
  };
};

/** A connection to the chat of this test that writes down what it tells. */
function open(/** @type {Partial<ConstructorParameters<typeof ChatConnection>[0]>} */ options = {}) {
  const connection = new ChatConnection({
    url: `ws://127.0.0.1:${chat.port}/socket`,
    user: { id: "me", name: "Me" },
    rooms: ["general"],
    getTicket: async () => ({ token: "me", expiresAt: new Date(Date.now() + 3_600_000).toISOString(), rooms: [] }),
    WebSocket: /** @type {any} */ (WebSocket),
    random: () => 0,
    ...options,
  });
  opened.push(connection);
  const told = {
    bodies: /** @type {string[]} */ ([]),
    states: /** @type {string[]} */ ([]),
    presence: /** @type {any} */ ([]),
  };
  connection.addEventListener("message", (event) => told.bodies.push(/** @type {any} */ (event).detail.body));
  connection.addEventListener("state", (event) => told.states.push(/** @type {any} */ (event).detail.is));
  connection.addEventListener("presence", (event) => {
    told.presence = /** @type {any} */ (event).detail.users;
  });
  connection.start();
  return Object.assign(told, { connection });
}

test("a message is pending until it is stored, and shown once though ack and fan-out both tell of it", async () => {
  chat.say("general", "before");
  const me = open();
  await until(() => me.bodies.length === 1);
  me.connection.send("general", "hello");
  assert.equal(me.connection.pendingOf("general").length, 1);
  await until(() => me.bodies.length === 2);
  assert.deepEqual(me.connection.pendingOf("general"), []);
  await sleep(50);
  assert.deepEqual(me.bodies, ["before", "hello"]);
  assert.deepEqual(me.presence, [{ id: "me", name: "me" }]);
});

test("after a loss it resumes after the last message and sends what was not acknowledged under the same id", async () => {
  const me = open();
  chat.say("general", "one");
  await until(() => me.bodies.length === 1);
  // The chat stores the message, but its answer is lost with the connection.
  chat.mute = true;
  const { id } = me.connection.send("general", "mine");
  await until(() => chat.log("general").length === 2);
  chat.say("general", "meanwhile");
  for (const socket of chat.server.clients) socket.terminate();
  chat.mute = false;
  await until(() => me.bodies.length === 3);
  await sleep(100);
  assert.deepEqual(me.bodies, ["one", "mine", "meanwhile"]);
  assert.equal(chat.log("general").filter((message) => message.id === id).length, 1);
  assert.deepEqual(
    chat.heard.filter(({ type }) => type === "join").map(({ after }) => after),
    [null, 1],
  );
  assert.deepEqual(me.connection.pendingOf("general"), []);
});

test("what is written without a connection is kept through a reload and sent in order", async () => {
  const { port } = chat;
  await chat.stop();
  const storage = memory();
  const before = open({ storage });
  before.connection.send("general", "first");
  before.connection.send("general", "second");
  before.connection.stop();
  chat = await startChatServer({ port });
  const after = open({ storage });
  await until(() => after.bodies.length === 2);
  assert.deepEqual(after.bodies, ["first", "second"]);
  assert.equal(storage.getItem("switchboard-pending:me"), "[]");
});

test("messages that overtake each other are put in order; one that never comes is asked for", async () => {
  const me = open();
  chat.say("general", "1");
  await until(() => me.bodies.length === 1);
  chat.say("general", "2", false);
  chat.say("general", "3");
  await sleep(50);
  assert.deepEqual(me.bodies, ["1"], "3 waits for 2");
  chat.tell("general", 2);
  await until(() => me.bodies.length === 3);
  chat.say("general", "4", false);
  chat.say("general", "5");
  await until(() => me.bodies.length === 5);
  assert.deepEqual(me.bodies, ["1", "2", "3", "4", "5"]);
  assert.deepEqual(
    chat.heard.filter(({ type }) => type === "join").map(({ after }) => after),
    [null, 3],
  );
});

test("a long absence is caught up page by page", async () => {
  chat.pageSize = 10;
  for (let number = 1; number <= 3; number++) chat.say("general", String(number));
  const me = open();
  await until(() => me.bodies.length === 3);
  for (const socket of chat.server.clients) socket.terminate();
  for (let number = 4; number <= 28; number++) chat.say("general", String(number), false);
  await until(() => me.bodies.length === 28);
  assert.deepEqual(
    me.bodies,
    Array.from({ length: 28 }, (_, index) => String(index + 1)),
  );
});

test("a drain hint moves it when it is told to, not before; until then the connection is used", async () => {
  const me = open();
  await until(() => me.connection.state.is === "online" && chat.clients.size === 1);
  const started = Date.now();
  for (const client of chat.clients) client.put({ type: "drain", reconnectAfterMs: 2_000 });
  await until(() => me.connection.state.is === "draining");
  me.connection.hurry();
  me.connection.send("general", "still here");
  await until(() => me.bodies.includes("still here"));
  assert.equal(chat.connections, 1);
  await until(() => chat.connections === 2 && me.connection.state.is === "online");
  assert.ok(Date.now() - started >= 1_990, `came back after ${Date.now() - started} ms`);
});

test("closed before the hinted time, it comes back at that time", async () => {
  const me = open();
  await until(() => me.connection.state.is === "online" && chat.clients.size === 1);
  const started = Date.now();
  for (const client of chat.clients) {
    client.put({ type: "drain", reconnectAfterMs: 500 });
    client.socket.close(1012);
  }
  await until(() => chat.connections === 2);
  assert.ok(Date.now() - started >= 490, `came back after ${Date.now() - started} ms`);
});

test("a refused message says why and can be sent again or given up", async () => {
  const me = open();
  await until(() => me.connection.state.is === "online");
  const { id } = me.connection.send("general", "refuse me");
  await until(() => me.connection.pendingOf("general")[0]?.problem === "The message is too long.");
  me.connection.retry("general", id);
  assert.equal(me.connection.pendingOf("general")[0]?.problem, undefined);
  await until(() => me.connection.pendingOf("general")[0]?.problem !== undefined);
  me.connection.discard("general", id);
  assert.deepEqual(me.connection.pendingOf("general"), []);
});

test("a chat that says not now is asked again, and the order of what was written stays", async () => {
  chat.refusals = 1;
  const me = open();
  await until(() => me.connection.state.is === "online");
  for (const body of ["a", "b", "c"]) me.connection.send("general", body);
  await until(() => chat.refusals < 0 && me.bodies.length === 3);
  assert.deepEqual(me.bodies, ["a", "b", "c"]);
  chat.refusals = 2;
  for (const body of ["d", "e", "f"]) me.connection.send("general", body);
  await until(() => me.bodies.length === 6);
  assert.deepEqual(me.bodies, ["a", "b", "c", "d", "e", "f"]);
  assert.deepEqual(me.connection.pendingOf("general"), []);
});

test("a ticket serves several connections; one that was refused is replaced; a log-out ends the attempts", async () => {
  let tickets = 0;
  const me = open({
    getTicket: async () => {
      tickets++;
      return { token: "me", expiresAt: new Date(Date.now() + 3_600_000).toISOString(), rooms: [] };
    },
  });
  await until(() => me.connection.state.is === "online");
  for (const socket of chat.server.clients) socket.close(1012);
  await until(() => chat.connections === 2 && me.connection.state.is === "online");
  assert.equal(tickets, 1);
  const { port } = chat;
  await chat.stop();
  await until(() => tickets === 2);
  chat = await startChatServer({ port });
  const out = open({ getTicket: () => Promise.reject(new LoggedOut()) });
  await until(() => out.connection.state.is === "logged-out");
  out.connection.hurry();
  await sleep(50);
  assert.deepEqual(out.states, ["connecting", "logged-out"]);
});

test("signed out by the chat, it asks the panel, and stops when the panel says so", async () => {
  let signedOut = false;
  let tickets = 0;
  const me = open({
    getTicket: async () => {
      tickets++;
      if (signedOut) throw new LoggedOut();
      return { token: "me", expiresAt: new Date(Date.now() + 3_600_000).toISOString(), rooms: [] };
    },
  });
  await until(() => me.connection.state.is === "online");
  // Another session's end, or a mistake: the panel has a ticket, so it goes on with that one and not with the old.
  for (const socket of chat.server.clients) socket.close(4401, "signed out");
  await until(() => chat.connections === 2 && me.connection.state.is === "online");
  assert.equal(tickets, 2);
  signedOut = true;
  const { id } = me.connection.send("general", "kept");
  await until(() => me.connection.pendingOf("general").length === 0);
  for (const socket of chat.server.clients) socket.close(4401, "signed out");
  await until(() => me.connection.state.is === "logged-out");
  assert.equal(tickets, 3);
  me.connection.hurry();
  me.connection.send("general", "written too late");
  await sleep(1_000);
  assert.equal(me.connection.state.is, "logged-out");
  assert.deepEqual([chat.connections, tickets], [2, 3], "no attempt after that");
  assert.ok(id && me.connection.pendingOf("general").length === 1, "what was not sent is kept");
});

test("a ticket of five minutes does not make it come back all the time", async () => {
  let tickets = 0;
  const getTicket = async () => {
    tickets++;
    return { token: "me", expiresAt: new Date(Date.now() + 300_000).toISOString(), rooms: [] };
  };
  const me = open({ getTicket });
  await until(() => me.connection.state.is === "online");
  // The same ticket is good for the next connection, too.
  for (const socket of chat.server.clients) socket.close(1012);
  await until(() => chat.connections === 2 && me.connection.state.is === "online");
  assert.equal(tickets, 1);
  assert.deepEqual(
    [3_600, 300].map((seconds) => [renewalDelay(seconds * 1000, 0), renewalDelay(seconds * 1000, 1)]),
    [
      [3_300_000, 3_240_000],
      [240_000, 180_000],
    ],
  );
});

test("a room that is closed meanwhile is left, says so, and is joined again with a new ticket only", async () => {
  const me = open({
    rooms: ["general", "kept"],
    getTicket: async () => ({
      token: "me",
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      rooms: [{ slug: "general", name: "General" }],
    }),
  });
  /** @type {string[]} */
  const closed = [];
  me.connection.addEventListener("closed", (event) => closed.push(/** @type {any} */ (event).detail));
  await until(() => chat.heard.filter(({ type }) => type === "join").length === 2);
  for (const client of chat.clients)
    client.put({ type: "error", code: "forbidden", message: "room general is closed to you", room: "general" });
  await until(() => closed.length === 1);
  assert.deepEqual(closed, ["general"]);
  me.connection.send("general", "too late");
  assert.equal(me.connection.pendingOf("general")[0]?.problem, "The room is closed.");
  me.connection.send("kept", "still here");
  await until(() => me.bodies.includes("still here"));
  const joins = () => chat.heard.filter(({ type, room }) => type === "join" && room === "general").length;
  for (const socket of chat.server.clients) socket.close(1012);
  await until(() => chat.connections === 2 && me.connection.state.is === "online");
  assert.equal(joins(), 1, "the old ticket does not open it");
  for (const socket of chat.server.clients) socket.close(4001);
  await until(() => chat.connections === 3 && joins() === 2);
});

test("who is there: from lists of an old chat, differences and numbers of a new one", async () => {
  const person = (/** @type {string} */ name) => ({ id: name.toLowerCase(), name });
  const [ada, bob, eve] = [person("Ada"), person("Bob"), person("Eve")];
  const presence = new Presence();
  assert.deepEqual(presence.receive({ users: [ada, bob] }), { users: [ada, bob], count: 2, complete: true });
  assert.deepEqual(presence.receive({ users: [ada], count: 1 }), { users: [ada], count: 1, complete: true });
  const changed = presence.receive({ joined: [eve, bob], left: ["ada", "nobody"], count: 2 });
  assert.deepEqual(changed, { users: [eve, bob], count: 2, complete: true });
  assert.deepEqual(presence.receive({ count: 500 }).complete, false);
  assert.deepEqual(presence.receive({ users: [ada, bob], count: 500 }), {
    users: [ada, bob],
    count: 500,
    complete: false,
  });
  assert.deepEqual(presence.receive({ users: [bob], count: 1 }), { users: [bob], count: 1, complete: true });

  const me = open();
  await until(() => chat.heard.length > 0);
  assert.equal(chat.heard[0].presence, "changes");
  const [client] = chat.clients;
  client.put({ type: "presence", room: "general", users: [ada], count: 1 });
  client.put({ type: "presence_change", room: "general", joined: [bob], left: [], count: 2 });
  await until(() => me.presence.length === 2);
  assert.deepEqual(me.presence, [ada, bob]);
  me.connection.askWho("general");
  await until(() => chat.heard.some(({ type, room }) => type === "presence" && room === "general"));
});

test("the waits between attempts double up to half a minute and differ from client to client", () => {
  assert.deepEqual(
    [0, 1, 2, 5, 6, 20].map((attempt) => reconnectDelay(attempt, 1)),
    [500, 1000, 2000, 16_000, 30_000, 30_000],
  );
  assert.deepEqual(
    [0, 6].map((attempt) => reconnectDelay(attempt, 0)),
    [250, 15_000],
  );
});
