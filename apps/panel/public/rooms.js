import { Outbox } from "./outbox.js";
import { Room } from "./room.js";

/** The rooms of one connection, by their slugs, and what is pending in them. */
export class Rooms {
  /** @type {Map<string, Room>} */
  #rooms = new Map();
  #hooks;
  #outbox;

  /**
   * @param {string[]} slugs in the order in which they are joined
   * @param {Outbox} outbox what was pending before
   * @param {Omit<ConstructorParameters<typeof Room>[1], "keep">} hooks
   */
  constructor(slugs, outbox, hooks) {
    this.#hooks = hooks;
    this.#outbox = outbox;
    for (const slug of slugs) this.get(slug);
    outbox.restore(this.#rooms);
  }

  /** The room, made where there is none yet. @param {string} slug @returns {Room} */
  get(slug) {
    let room = this.#rooms.get(slug);
    if (!room) {
      room = new Room(slug, { ...this.#hooks, keep: () => this.#outbox.keep(this.#rooms.values()) });
      this.#rooms.set(slug, room);
    }
    return room;
  }

  /** The room if there is one. @param {string} slug */
  known(slug) {
    return this.#rooms.get(slug);
  }

  /** The room in which a message is pending. @param {string | undefined} id */
  holding(id) {
    return id === undefined ? undefined : this.all().find(({ pending }) => pending.has(id));
  }

  all() {
    return [...this.#rooms.values()];
  }
}
