/** @typedef {{ id: string, name: string }} Person */

/**
 * Who is in a room, from what the chat sends: a list, then who came and who left; in a large room the number alone. A chat
 * of version 1.0 sends a list each time and no number.
 */
export class Presence {
  /** @type {Map<string, Person>} */
  #people = new Map();

  /**
   * Takes a frame "presence" or "presence_change" and gives what is known now. `complete` is false when there are more
   * people in the room than are known by name.
   *
   * @param {{ users?: Person[], joined?: Person[], left?: string[], count?: number }} frame
   * @returns {{ users: Person[], count: number, complete: boolean }}
   */
  receive({ users, joined = [], left = [], count }) {
    if (users) this.#people = new Map(users.map((person) => [person.id, person]));
    for (const person of joined) this.#people.set(person.id, person);
    for (const id of left) this.#people.delete(id);
    // Of a large room no one is told who left: names that are known from before are no list.
    const named = users !== undefined || joined.length > 0 || left.length > 0;
    const people = [...this.#people.values()];
    const all = count ?? people.length;
    return { users: people, count: all, complete: named && people.length >= all };
  }
}
