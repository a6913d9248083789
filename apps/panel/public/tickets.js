/** A ticket that lasts less than this is not used any more: it has to reach the chat and be good there. */
const leastTicketMs = 30_000;

/** Thrown by `getTicket` when the person has to log in again: trying again is of no use. */
export class LoggedOut extends Error {}

/**
 * The ticket that opens a connection. It is used again while it lasts: a thousand clients that reconnect at once must not
 * all ask the panel.
 *
 * @typedef {{ token: string, expiresAt: string, rooms: { slug: string, name: string }[] }} Ticket
 */
export class Tickets {
  /** @type {Ticket | undefined} */
  #ticket;
  #get;
  #renewed;

  /** @param {() => Promise<Ticket>} get asks the panel @param {(ticket: Ticket) => void} renewed is told of each new one */
  constructor(get, renewed) {
    this.#get = get;
    this.#renewed = renewed;
  }

  /** @returns {Promise<Ticket>} */
  async fresh() {
    if (!this.#ticket || Date.parse(this.#ticket.expiresAt) - Date.now() < leastTicketMs) {
      this.#ticket = await this.#get();
      this.#renewed(this.#ticket);
    }
    return this.#ticket;
  }

  /** The next connection needs another one. */
  drop() {
    this.#ticket = undefined;
  }
}
