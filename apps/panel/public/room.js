import { Presence } from "./presence.js";

/**
 * One room as the client has it: messages in the order of their numbers, each once, and what was written here until the
 * chat has stored it.
 *
 * @typedef {{ room: string, id: string, seq: number, user: { id: string, name: string }, body: string, at: string,
 *   node?: string }} Message a stored message
 * @typedef {{ room: string, id: string, body: string, at: string, problem?: string }} Pending a message of ours that the
 *   chat has not acknowledged; with `problem` it was refused and waits for `retry` or `discard`
 */

/** A gap in the numbers is filled by asking, after the node that has the missing one had time to send it. */
const gapMs = 300;
const closedWords = "The room is closed.";

export class Room {
  /** Number of the last message that was handed on; null before the first page. @type {number | null} */
  #last = null;
  /** A page is on its way. */
  #asked = false;
  /** Caught up: messages can be sent. */
  joined = false;
  /** Id of the pending message that was sent and is not answered yet. @type {string | undefined} */
  #flying;
  /** Oldest first. @type {Map<string, Pending>} */
  pending = new Map();
  /** Messages that came before one with a smaller number. @type {Map<number, Message>} */
  #ahead = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gap;
  /** The chat takes and gives nothing in this room, as long as the ticket is the same. */
  closed = false;
  presence = new Presence();

  /**
   * @param {string} slug
   * @param {{ put: (frame: object) => void, emit: (name: string, detail: unknown) => void, keep: () => void }} around
   *   sends a frame; tells the page; keeps what is pending through a reload
   */
  constructor(slug, around) {
    this.slug = slug;
    this.around = around;
  }

  /** Asks for everything after the last message, or for the newest ones. */
  join() {
    if (this.closed) return;
    this.#asked = true;
    // A chat of version 1.0 does not know of `presence` and sends whole lists.
    this.around.put({ type: "join", room: this.slug, after: this.#last, presence: "changes" });
  }

  /** The room was closed to us: what is not sent is not sent. */
  close() {
    this.closed = true;
    this.leave();
    for (const id of [...this.pending.keys()]) this.refuse(id, closedWords);
  }

  /** A new ticket is good for the room. */
  open() {
    this.closed = false;
  }

  /** The connection is lost; what is pending stays so. */
  leave() {
    this.joined = false;
    this.#asked = false;
    this.#flying = undefined;
    this.#ahead.clear();
    clearTimeout(this.#gap);
  }

  /** A page that was asked for. @param {{ messages: Message[], more?: boolean }} frame */
  page({ messages, more }) {
    // The first page ends at the newest message, so it says where the numbers begin for us.
    this.#last ??= (messages[0]?.seq ?? 1) - 1;
    for (const message of messages) this.receive({ ...message, room: this.slug });
    this.#deliver();
    // The next page follows by itself.
    this.#asked = more === true;
    if (more) return;
    this.joined = true;
    this.#pump();
  }

  /** A stored message, in whatever order they come. @param {Message} message */
  receive(message) {
    if (this.#last !== null && message.seq <= this.#last) return this.settle(message.id);
    this.#ahead.set(message.seq, message);
    this.#deliver();
  }

  /**
   * A message of ours is stored. It takes its place like one of somebody else.
   *
   * @param {{ id: string, seq: number, at?: string, node?: string }} ack
   * @param {Message["user"]} user
   */
  acknowledged({ id, seq, at, node }, user) {
    const pending = this.pending.get(id);
    if (pending) this.receive({ room: this.slug, id, body: pending.body, seq, at: at ?? pending.at, user, node });
  }

  /** Takes on a message to send. @param {Pending} pending */
  write(pending) {
    this.pending.set(pending.id, pending);
    this.around.keep();
    this.around.emit("pending", pending);
    if (this.closed) this.refuse(pending.id, closedWords);
    this.#pump();
  }

  /** The chat does not take a message. */
  refuse(/** @type {string} */ id, /** @type {string} */ problem) {
    const pending = this.pending.get(id);
    if (!pending) return;
    pending.problem = problem;
    this.around.keep();
    this.around.emit("pending", pending);
    this.sendAgain();
  }

  /** Sends a refused message once more. */
  retry(/** @type {string} */ id) {
    const pending = this.pending.get(id);
    if (!pending) return;
    delete pending.problem;
    this.around.emit("pending", pending);
    this.#pump();
  }

  /** The message that was sent last is not taken, for now or for ever: the next in turn is sent. */
  sendAgain() {
    this.#flying = undefined;
    this.#pump();
  }

  /** A message is no longer pending: stored, or given up. */
  settle(/** @type {string} */ id) {
    if (!this.pending.delete(id)) return;
    this.around.keep();
    this.around.emit("settled", { room: this.slug, id });
    if (this.#flying === id) this.sendAgain();
  }

  /** Hands on what follows without a gap; asks for what is missing if it does not come by itself. */
  #deliver() {
    if (this.#last === null) return;
    for (let message = this.#ahead.get(this.#last + 1); message; message = this.#ahead.get(this.#last + 1)) {
      this.#ahead.delete(message.seq);
      this.#last = message.seq;
      this.settle(message.id);
      this.around.emit("message", message);
    }
    for (const seq of this.#ahead.keys()) if (seq <= this.#last) this.#ahead.delete(seq);
    clearTimeout(this.#gap);
    if (this.#ahead.size > 0) this.#gap = setTimeout(() => this.#asked || this.join(), gapMs);
  }

  /**
   * Sends the oldest pending message. One at a time: what was written in one order is stored in that order, also when
   * one of them has to be sent again, and a long queue does not run into the chat's limit.
   */
  #pump() {
    if (!this.joined || this.#flying !== undefined) return;
    const next = [...this.pending.values()].find(({ problem }) => problem === undefined);
    if (!next) return;
    this.#flying = next.id;
    this.around.put({ type: "message", room: this.slug, id: next.id, body: next.body });
  }
}
