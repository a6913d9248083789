/**
 * What was written and is not acknowledged, kept through a reload of the page: one list for each user of the browser.
 *
 * @typedef {import("./room.js").Pending} Pending
 */
export class Outbox {
  #key;
  #storage;

  /** @param {string} user @param {Pick<Storage, "getItem" | "setItem"> | undefined} storage without one nothing is kept */
  constructor(user, storage) {
    this.#key = `switchboard-pending:${user}`;
    this.#storage = storage;
  }

  /** Keeps what is pending in all rooms. @param {Iterable<{ pending: Map<string, Pending> }>} rooms */
  keep(rooms) {
    const all = [...rooms].flatMap(({ pending }) => [...pending.values()]);
    this.#storage?.setItem(this.#key, JSON.stringify(all));
  }

  /** Gives each room back what it had. @param {Map<string, { pending: Map<string, Pending> }>} rooms */
  restore(rooms) {
    try {
      for (const pending of JSON.parse(this.#storage?.getItem(this.#key) ?? "[]")) {
        // A room that was archived meanwhile takes no messages.
        rooms.get(pending.room)?.pending.set(pending.id, pending);
      }
    } catch {
      this.#storage?.setItem(this.#key, "[]");
    }
  }
}
