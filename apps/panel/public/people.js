import { face } from "./bubbles.js";

/**
 * The entries of the list of who is in a room.
 *
 * @param {{ users: { id: string, name: string }[], count: number, complete: boolean }} people
 * @param {string} me the id of whoever looks at it
 * @param {() => void} ask asks for all of them, where only some are known
 */
export function peopleItems({ users, count, complete }, me, ask) {
  const items = [...users]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((user) => {
      const item = document.createElement("li");
      item.append(face(user.name), user.id === me ? `${user.name} (you)` : user.name);
      return item;
    });
  if (complete) return items;
  const more = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent =
    users.length > 0 && users.length < count ? `and ${count - users.length} more` : "Show who is here";
  button.addEventListener("click", ask);
  more.append(button);
  return [...items, more];
}
