import { notNowDelay, reconnectDelay, renewalDelay } from "./delays.js";
import { Outbox } from "./outbox.js";
import { Rooms } from "./rooms.js";
import { LoggedOut, Tickets } from "./tickets.js";

/**
 * The chat's WebSocket protocol ("switchboard.v1"), apart from any page: keeps one connection and comes back after a
 * loss; each room then goes on where it was (room.js).
 *
 * @typedef {import("./room.js").Message} Message
 * @typedef {import("./room.js").Pending} Pending
 * @typedef {import("./tickets.js").Ticket} Ticket
 */

const pingMs = 25_000;
/** No frame for so long means that the connection is dead, whatever the browser says. The server gives up after 75 s. */
const silenceMs = 60_000;
const welcomeMs = 10_000;
/** A new connection must live so long before the waits between attempts start over from the shortest. */
const stableMs = 10_000;

/**
 * Events, each with its data in `detail`:
 * - "state" {@link ChatConnection.state}
 * - "message" a {@link Message} in the order of its room, once
 * - "pending" a {@link Pending} that was added or whose problem changed; "settled" its id, when it was stored
 * - "presence" { room, users, count, complete }: who is in a room; of a large room the number alone, see `askWho`
 * - "rooms" the rooms of a new ticket
 * - "closed" the slug of a room that was closed while the connection was open
 */
export class ChatConnection extends EventTarget {
  /** @type {{ is: "connecting" | "online" | "waiting" | "offline" | "draining" | "logged-out", node?: string, until?: number }} */
  state = { is: "connecting" };
  #rooms;
  /** @type {WebSocket | undefined} */
  #socket;
  #tickets;
  #attempt = 0;
  #heard = 0;
  #stopped = true;
  /** Set by a drain hint: not before this time. */
  #comeBackAt = 0;
  /** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
  #timers = {};

  /**
   * @param {{ url: string, user: { id: string, name: string }, rooms: string[], getTicket: () => Promise<Ticket>,
   *   storage?: Pick<Storage, "getItem" | "setItem">, WebSocket?: typeof globalThis.WebSocket, random?: () => number }} options
   *   `rooms` in the order in which they are joined
   */
  constructor({ url, user, rooms, getTicket, storage, WebSocket = globalThis.WebSocket, random = Math.random }) {
    super();
    this.url = url;
    this.user = user;
    this.#tickets = new Tickets(getTicket, (ticket) => this.#renewed(ticket));
    this.WebSocket = WebSocket;
    this.random = random;
    this.#rooms = new Rooms(rooms, new Outbox(user.id, storage), {
      put: (frame) => this.#put(frame),
      emit: (name, detail) => this.#emit(name, detail),
    });
  }

  start() {
    this.#stopped = false;
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    this.#drop();
  }

  /** The network is back, or the page is looked at again: do not sit out a long wait. */
  hurry() {
    if (this.#stopped || this.state.is === "online" || this.state.is === "draining") return;
    if (this.#socket || Date.now() < this.#comeBackAt) return;
    this.#attempt = 0;
    this.#connect();
  }

  /** The network is gone; the browser tells when it is back. */
  networkLost() {
    if (this.#stopped) return;
    this.#drop();
    this.#become({ is: "offline" });
  }

  /**
   * Sends a message, now or as soon as there is a connection. Until the chat says that it is stored it is pending, and it
   * stays so through a reload of the page.
   *
   * @param {string} room
   * @param {string} body
   * @returns {Pending}
   */
  send(room, body) {
    /** @type {Pending} */
    const pending = { room, id: crypto.randomUUID(), body, at: new Date().toISOString() };
    this.#rooms.get(room).write(pending);
    return pending;
  }

  /** Sends a refused message once more. */
  retry(/** @type {string} */ room, /** @type {string} */ id) {
    this.#rooms.get(room).retry(id);
  }

  /** Gives a refused message up. */
  discard(/** @type {string} */ room, /** @type {string} */ id) {
    this.#rooms.get(room).settle(id);
  }

  /** Asks who is in a room of which only the number is known; the answer is a "presence". */
  askWho(/** @type {string} */ room) {
    this.#put({ type: "presence", room });
  }

  /** What is not acknowledged in a room, oldest first. */
  pendingOf(/** @type {string} */ room) {
    return [...this.#rooms.get(room).pending.values()];
  }

  async #connect() {
    this.#drop();
    this.#become({ is: "connecting" });
    /** @type {Ticket} */
    let ticket;
    try {
      ticket = await this.#tickets.fresh();
    } catch (error) {
      if (this.#stopped) return;
      if (error instanceof LoggedOut) {
        this.#stopped = true;
        this.#become({ is: "logged-out" });
      } else this.#comeBack();
      return;
    }
    if (this.#stopped || this.#socket || this.state.is !== "connecting") return;

    // The token travels as a subprotocol: a browser can set no header here, and addresses end up in logs.
    const socket = new this.WebSocket(this.url, ["switchboard.v1", `token.${ticket.token}`]);
    this.#socket = socket;
    let welcomed = false;
    this.#timers.welcome = setTimeout(() => lost(1006), welcomeMs);
    const lost = (/** @type {number} */ code) => {
      if (this.#socket !== socket) return;
      // 4401: signed out. 4001: it has lasted as long as it may. Refused before a welcome: the ticket may be the reason,
      // and a browser does not tell. The panel says whether there is a new one for this person.
      if (!welcomed || code === 4401 || code === 4001) this.#tickets.drop();
      this.#drop();
      this.#comeBack(code);
    };
    socket.addEventListener("close", (event) => lost(event.code));
    socket.addEventListener("error", () => {}); // A close follows it and is the one that is acted on.
    socket.addEventListener("message", (event) => {
      if (this.#socket !== socket) return;
      this.#heard = Date.now();
      const frame = JSON.parse(event.data);
      if (frame.type === "welcome") {
        welcomed = true;
        this.#welcome(frame, ticket);
      } else this.#receive(frame);
    });
  }

  /** @param {Ticket} ticket */
  #renewed({ rooms }) {
    // A room that was closed and is opened again.
    for (const { slug } of rooms) this.#rooms.known(slug)?.open();
    this.#emit("rooms", rooms);
  }

  /** @param {{ node: string, heartbeatSeconds?: number, expiresInSeconds?: number }} frame @param {Ticket} ticket */
  #welcome(frame, ticket) {
    clearTimeout(this.#timers.welcome);
    this.#comeBackAt = 0;
    this.#become({ is: "online", node: frame.node });
    this.#timers.stable = setTimeout(() => {
      this.#attempt = 0;
    }, stableMs);
    this.#timers.ping = setInterval(
      () => {
        if (Date.now() - this.#heard > silenceMs) {
          this.#drop();
          this.#comeBack();
        } else this.#put({ type: "ping" });
      },
      Math.min(pingMs, (frame.heartbeatSeconds ?? 25) * 1000),
    );
    // A chat of version 1.0 does not say how long the connection lasts: as long as the ticket.
    const seconds = frame.expiresInSeconds;
    const lifeMs = seconds === undefined ? Date.parse(ticket.expiresAt) - Date.now() : seconds * 1000;
    this.#timers.renew = setTimeout(
      () => {
        this.#tickets.drop();
        this.#connect();
      },
      renewalDelay(lifeMs, this.random()),
    );
    for (const room of this.#rooms.all()) room.join();
  }

  /** @param {any} frame */
  #receive(frame) {
    const room = frame.room === undefined ? undefined : this.#rooms.get(frame.room);
    switch (frame.type) {
      case "joined":
        room?.page(frame);
        break;
      case "message":
        room?.receive(frame);
        break;
      case "ack":
        room?.acknowledged(frame, this.user);
        break;
      case "presence":
      case "presence_change":
        if (room) this.#emit("presence", { room: frame.room, ...room.presence.receive(frame) });
        break;
      case "drain":
        this.#drain(frame.reconnectAfterMs ?? 0);
        break;
      case "error":
        this.#refused(frame);
        break;
    }
  }

  /** @param {{ code: string, message?: string, id?: string, room?: string }} frame */
  #refused({ code, message, id, room: slug }) {
    if (code === "forbidden" && slug !== undefined) {
      const closed = this.#rooms.known(slug);
      if (closed && !closed.closed) {
        closed.close();
        this.#emit("closed", slug);
      }
      if (id === undefined) return;
    }
    const notNow = code === "rate_limited" || code === "unavailable";
    const later = (/** @type {() => void} */ act) => {
      const socket = this.#socket;
      setTimeout(() => socket === this.#socket && act(), notNowDelay(this.random()));
    };
    const room = this.#rooms.holding(id);
    if (room && id !== undefined) {
      if (notNow) later(() => room.sendAgain());
      else room.refuse(id, message ?? code);
    } else if (notNow) {
      // A join was refused; which one it does not say.
      later(() => {
        for (const room of this.#rooms.all()) if (!room.joined) room.join();
      });
    } else this.#emit("problem", { code, message });
  }

  /** The node goes away: stay on it until our turn to move, which it has spread over all its clients. */
  #drain(/** @type {number} */ afterMs) {
    this.#comeBackAt = Date.now() + afterMs;
    this.#become({ is: "draining", node: this.state.node, until: this.#comeBackAt });
    clearTimeout(this.#timers.drain);
    this.#timers.drain = setTimeout(() => {
      this.#comeBackAt = 0;
      this.#connect();
    }, afterMs);
  }

  #comeBack(code = 0) {
    if (this.#stopped || this.state.is === "offline") return;
    const hinted = this.#comeBackAt - Date.now();
    // 1001 and 1012: the server goes away or restarts. Others are ready, so the first wait is short, but not the same.
    const moved = (code === 1001 || code === 1012) && this.#attempt === 0;
    const wait = hinted > 0 ? hinted : moved ? this.random() * 2_000 : reconnectDelay(this.#attempt++, this.random());
    this.#become({ is: "waiting", until: Date.now() + wait });
    this.#timers.reconnect = setTimeout(() => this.#connect(), wait);
  }

  /** Leaves the connection that is there, with all its timers. */
  #drop() {
    for (const name of Object.keys(this.#timers)) clearTimeout(this.#timers[name]);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket && socket.readyState < 2) socket.close(1000);
    for (const room of this.#rooms.all()) room.leave();
  }

  #put(/** @type {object} */ frame) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  #become(/** @type {ChatConnection["state"]} */ state) {
    this.state = state;
    this.#emit("state", state);
  }

  #emit(/** @type {string} */ name, /** @type {unknown} */ detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
