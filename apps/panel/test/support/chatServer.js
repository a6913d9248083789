import { randomUUID } from "node:crypto";
import { decodeJwt } from "jose";
import { WebSocketServer } from "ws";

/**
 * The chat's protocol as the client sees it, in memory: enough to try the client against every turn a real chat can
 * take. `log` holds what is stored; the switches make it misbehave.
 */
export async function startChatServer({ port = 0 } = {}) {
  const server = new WebSocketServer({
    port,
    host: "127.0.0.1",
    handleProtocols: (offered) => (offered.has("switchboard.v1") ? "switchboard.v1" : false),
  });
  await new Promise((resolve) => server.once("listening", () => resolve(undefined)));
  /** @type {Map<string, any[]>} */
  const rooms = new Map();
  const chat = {
    port: /** @type {import("node:net").AddressInfo} */ (server.address()).port,
    server,
    rooms,
    /** Frames the clients sent. @type {any[]} */
    heard: [],
    connections: 0,
    /** Stores messages but tells nobody, as when the connection is lost just then. */
    mute: false,
    pageSize: 200,
    /** So many requests are answered with "not now". */
    refusals: 0,
    /** @type {Set<any>} */
    clients: new Set(),
    log: (/** @type {string} */ room) => rooms.get(room) ?? rooms.set(room, []).get(room) ?? [],
    /** Stores a message of someone else; `tell` false leaves out the fan-out. */
    say(/** @type {string} */ room, /** @type {string} */ body, tell = true, name = "Ada Lovelace") {
      const messages = chat.log(room);
      const user = { id: `id-of-${name}`, name };
      const message = { id: randomUUID(), room, seq: messages.length + 1, user, body, at: new Date().toISOString() };
      messages.push({ ...message, node: "chat@10.0.0.2" });
      if (tell) chat.tell(room, message.seq);
      return message;
    },
    tell(/** @type {string} */ room, /** @type {number} */ seq) {
      const message = chat.log(room)[seq - 1];
      for (const client of chat.clients) if (client.rooms.has(room)) client.put({ type: "message", ...message });
    },
    presence(/** @type {string} */ room) {
      const users = [...chat.clients].filter((client) => client.rooms.has(room)).map((client) => client.user);
      for (const client of chat.clients) if (client.rooms.has(room)) client.put({ type: "presence", room, users });
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of server.clients) socket.terminate();
        server.close(() => resolve(undefined));
      }),
  };

  server.on("connection", (socket, request) => {
    chat.connections++;
    const offered = request.headers["sec-websocket-protocol"] ?? "";
    const token = /token\.([\w.-]+)/.exec(offered)?.[1] ?? "";
    const { sub, name } = token.includes(".") ? decodeJwt(token) : { sub: token, name: token };
    const client = {
      socket,
      user: { id: sub, name },
      rooms: new Set(),
      put: (/** @type {object} */ frame) => !chat.mute && socket.send(JSON.stringify(frame)),
    };
    chat.clients.add(client);
    socket.on("close", () => {
      chat.clients.delete(client);
      for (const room of client.rooms) chat.presence(room);
    });
    client.put({ type: "welcome", node: "chat@10.0.0.1", user: client.user, heartbeatSeconds: 25 });
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      chat.heard.push(frame);
      const messages = chat.log(frame.room);
      if (frame.type === "ping") client.put({ type: "pong" });
      if (frame.type === "join") {
        const all = frame.after === null ? messages.slice(-50) : messages.slice(frame.after);
        client.rooms.add(frame.room);
        if (chat.refusals-- > 0) {
          client.put({ type: "error", code: "unavailable", message: `room ${frame.room} cannot be read; join again` });
          return;
        }
        do {
          const page = all.splice(0, chat.pageSize);
          client.put({ type: "joined", room: frame.room, messages: page, more: all.length > 0 });
        } while (all.length > 0);
        chat.presence(frame.room);
      }
      if (frame.type === "message") {
        if (frame.body === "refuse me") {
          client.put({ type: "error", code: "too_long", message: "The message is too long.", id: frame.id });
          return;
        }
        if (chat.refusals-- > 0) {
          client.put({ type: "error", code: "rate_limited", message: "send it again in a moment", id: frame.id });
          return;
        }
        let stored = messages.find(({ id }) => id === frame.id);
        const fresh = !stored;
        if (!stored) {
          stored = {
            ...{ id: frame.id, room: frame.room, seq: messages.length + 1, user: client.user, body: frame.body },
            ...{ at: new Date().toISOString(), node: "chat@10.0.0.1" },
          };
          messages.push(stored);
        }
        client.put({ type: "ack", room: frame.room, id: frame.id, seq: stored.seq, at: stored.at });
        if (fresh) chat.tell(frame.room, stored.seq);
      }
    });
  });
  return chat;
}
