import { hueOf, initialOf } from "./faces.js";

/** @typedef {import("./room.js").Message} Message */
/** @typedef {import("./room.js").Pending} Pending */

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const days = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

/** The line between two days. */
export function dayLine(/** @type {Date} */ date) {
  const line = document.createElement("p");
  line.className = "day";
  line.textContent = date.toDateString() === new Date().toDateString() ? "Today" : days.format(date);
  return line;
}

/**
 * One message.
 *
 * @param {Message | (Pending & { user: Message["user"] })} message
 * @param {{ mark: string, first: boolean, mine: boolean, connection: import("./connection.js").ChatConnection }} how
 *   `mark` is "" for others' messages, "pending", "stored" or "refused" for one's own; `first` of a block by one person
 */
export function bubble(message, { mark, first, mine, connection }) {
  const element = document.createElement("article");
  element.className = `message${mine ? " mine" : ""}${first ? " first" : ""} ${mark}`.trim();
  element.dataset.id = message.id;
  if ("seq" in message) element.dataset.seq = String(message.seq);
  if ("node" in message && message.node) element.title = `Stored through ${message.node}`;
  if (first) {
    const head = document.createElement("header");
    const name = document.createElement("strong");
    name.textContent = mine ? "You" : message.user.name;
    head.append(face(message.user.name), name);
    element.append(head);
  }
  const body = document.createElement("p");
  body.className = "body";
  body.append(...withLinks(message.body));
  const foot = document.createElement("span");
  foot.className = "stamp";
  const time = document.createElement("time");
  time.dateTime = message.at;
  time.textContent = clock.format(new Date(message.at));
  foot.append(time);
  if (mark) foot.append(tick(mark));
  body.append(foot);
  element.append(body);
  if (mark === "refused") element.append(refusal(/** @type {Pending} */ (message), connection));
  return element;
}

function tick(/** @type {string} */ mark) {
  const [sign, label] =
    mark === "stored" ? ["✓", "stored"] : mark === "pending" ? ["◌", "waiting to be sent"] : ["!", "not sent"];
  const element = document.createElement("span");
  element.className = "tick";
  element.textContent = sign;
  element.title = label;
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  return element;
}

/** @param {Pending} pending @param {import("./connection.js").ChatConnection} connection */
function refusal(pending, connection) {
  const line = document.createElement("p");
  line.className = "problem";
  line.append(`Not sent: ${pending.problem} `);
  for (const [label, act] of /** @type {[string, () => void][]} */ ([
    ["Try again", () => connection.retry(pending.room, pending.id)],
    ["Delete", () => connection.discard(pending.room, pending.id)],
  ])) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = label;
    button.addEventListener("click", act);
    line.append(button, " ");
  }
  return line;
}

/** The circle with a letter that stands for a person. */
export function face(/** @type {string} */ name) {
  const element = document.createElement("span");
  element.className = `face ${hueOf(name)}`;
  element.textContent = initialOf(name);
  element.setAttribute("aria-hidden", "true");
  return element;
}

/** Text with its web addresses as links; nothing is read as HTML. */
function withLinks(/** @type {string} */ body) {
  return body.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/g).map((part, index) => {
    if (index % 2 === 0) return part;
    const link = document.createElement("a");
    link.href = part;
    link.textContent = part;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    return link;
  });
}
