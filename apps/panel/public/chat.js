import { Banner } from "./banner.js";
import { bubble, dayLine } from "./bubbles.js";
import { ChatConnection } from "./connection.js";
import { peopleItems } from "./people.js";
import { LoggedOut } from "./tickets.js";

/** @template {HTMLElement} [T=HTMLElement] @returns {T} */
const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const chat = byId("chat");
const log = byId("messages");
const composer = /** @type {HTMLFormElement} */ (byId("composer"));
const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
const toNewest = byId("to-newest");
const banner = new Banner(byId("banner"));
const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll(".chat-rooms a[data-room]")]);

const me = { id: chat.dataset.user ?? "", name: chat.dataset.name ?? "" };
/** Messages of one person within this time are shown as one block. */
const blockMs = 5 * 60_000;
/** So many messages of a room are kept in the page. */
const mostKept = 500;

/** @typedef {import("./connection.js").Message} Message */
/** @typedef {import("./connection.js").Pending} Pending */
/** @typedef {{ users: { id: string, name: string }[], count: number, complete: boolean }} People */
/** @type {Map<string, { name: string, messages: Message[], people: People, unread: number }>} */
const rooms = new Map(
  links.map((link) => [
    link.dataset.room ?? "",
    {
      name: link.querySelector(".room-label")?.textContent ?? "",
      messages: [],
      people: { users: [], count: 0, complete: true },
      unread: 0,
    },
  ]),
);
let current = chat.dataset.room ?? "";
/** Messages up to here were read before: what comes with the first page of a room is not new. */
const openedAt = new Date().toISOString();

const connection = new ChatConnection({
  url: chat.dataset.url ?? "",
  user: me,
  rooms: [current, ...[...rooms.keys()].filter((slug) => slug !== current)],
  storage: sessionStorage,
  async getTicket() {
    const answer = await fetch("/chat/token", {
      method: "POST",
      headers: { "csrf-token": chat.dataset.formToken ?? "", accept: "application/json" },
      // A page that is not shown any more: sent to the log-in.
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new LoggedOut();
    if (!answer.ok) throw new Error(`The panel answered ${answer.status}.`);
    return answer.json();
  },
});

const on = (/** @type {string} */ name, /** @type {(detail: any) => void} */ handle) =>
  connection.addEventListener(name, (event) => handle(/** @type {CustomEvent} */ (event).detail));

on("message", (/** @type {Message} */ message) => {
  const room = rooms.get(message.room);
  if (!room) return;
  room.messages.push(message);
  if (room.messages.length > mostKept) room.messages.splice(0, room.messages.length - mostKept);
  const unseen = message.room !== current || document.hidden;
  if (unseen && message.user.id !== me.id && message.at > openedAt) {
    room.unread++;
    showUnread();
  }
  if (message.room === current) draw();
});
on("pending", ({ room }) => room === current && draw({ follow: true }));
on("settled", ({ room }) => room === current && draw());
on("presence", ({ room, users, count, complete }) => {
  const known = rooms.get(room);
  if (!known) return;
  known.people = { users, count, complete };
  if (room === current) showPeople();
});
on("closed", (/** @type {string} */ slug) => {
  const name = rooms.get(slug)?.name ?? slug;
  banner.show(`The room ${name} is closed to you.`, { label: "Show my rooms", act: () => location.reload() });
});
on("rooms", (/** @type {{ slug: string }[]} */ list) => {
  const changed = list.length !== rooms.size || list.some(({ slug }) => !rooms.has(slug));
  if (changed) banner.show("The list of rooms has changed.", { label: "Show it", act: () => location.reload() });
});
on("problem", ({ message }) => message && banner.show(message));
on("state", showState);

// ---- connection state

/** @type {ReturnType<typeof setInterval> | undefined} */
let countdown;
let wasOnline = false;

/** @param {ChatConnection["state"]} state */
function showState(state) {
  clearInterval(countdown);
  chat.dataset.state = state.is;
  chat.dataset.node = state.node ?? "";
  byId("link").className = `lamp ${state.is === "online" ? "on" : state.is === "draining" ? "busy" : "bad"}`;
  const say = (/** @type {string} */ words) => {
    byId("status").textContent = words;
  };
  if (state.is === "logged-out") {
    say("Signed out");
    banner.show("You are signed out. What you wrote and was not sent is kept in this window.", {
      label: "Log in",
      act: () => location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`),
    });
  } else if (state.is === "online") {
    wasOnline = true;
    banner.hide();
    say(`Connected, served by ${state.node}`);
  } else if (state.is === "draining") {
    say(`${state.node} is being replaced, moving on in a moment`);
  } else if (state.is === "offline") {
    say("Offline");
    banner.show("You are offline. What you write is sent when the network is back.");
  } else if (state.is === "connecting") {
    say("Connecting …");
  } else {
    const tell = () => {
      const seconds = Math.max(0, Math.ceil(((state.until ?? 0) - Date.now()) / 1000));
      say(seconds > 0 ? `Trying again in ${seconds} s` : "Connecting …");
      // A short interruption is not worth a banner.
      if (seconds > 2 || !wasOnline) {
        banner.show("The chat cannot be reached. What you write is sent as soon as it can.", {
          label: "Try now",
          act: () => connection.hurry(),
        });
      }
    };
    tell();
    countdown = setInterval(tell, 1000);
  }
}

window.addEventListener("offline", () => connection.networkLost());
window.addEventListener("online", () => connection.hurry());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  connection.hurry();
  const room = rooms.get(current);
  if (room) room.unread = 0;
  showUnread();
});

// ---- rooms and people

for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (link.dataset.room !== current) history.pushState(null, "", link.href);
    enter(link.dataset.room ?? "");
  });
}
window.addEventListener("popstate", () => {
  const asked = new URL(location.href).searchParams.get("room") ?? "";
  enter(rooms.has(asked) ? asked : (chat.dataset.room ?? ""));
});

function enter(/** @type {string} */ slug) {
  const room = rooms.get(slug);
  if (!room) return;
  current = slug;
  room.unread = 0;
  for (const link of links) {
    if (link.dataset.room === slug) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  byId("room-title").textContent = room.name;
  showUnread();
  showPeople();
  draw({ follow: true });
  text.focus({ preventScroll: true });
}

function showUnread() {
  let all = 0;
  for (const link of links) {
    const unread = rooms.get(link.dataset.room ?? "")?.unread ?? 0;
    const badge = /** @type {HTMLElement} */ (link.querySelector(".unread"));
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.setAttribute("aria-label", `${unread} unread`);
    all += unread;
  }
  document.title = `${all > 0 ? `(${all}) ` : ""}${rooms.get(current)?.name ?? "Chat"} · Switchboard`;
}

function showPeople() {
  const people = rooms.get(current)?.people ?? { users: [], count: 0, complete: true };
  byId("people-count").textContent = String(people.count);
  byId("people-list").replaceChildren(...peopleItems(people, me.id, () => connection.askWho(current)));
}

byId("people-toggle").addEventListener("click", () => {
  const open = chat.classList.toggle("people-open");
  byId("people-toggle").setAttribute("aria-expanded", String(open));
});

// ---- messages

/** Draws the current room. Elements of messages that are there already are kept. */
function draw({ follow = false } = {}) {
  const room = rooms.get(current);
  if (!room) return;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const kept = new Map(
    /** @type {HTMLElement[]} */ ([...log.children]).map((element) => [element.dataset.key ?? "", element]),
  );
  /** @type {HTMLElement[]} */
  const elements = [];
  const use = (/** @type {string} */ key, /** @type {() => HTMLElement} */ make) => {
    const element = kept.get(key) ?? make();
    element.dataset.key = key;
    elements.push(element);
  };

  let day = "";
  /** @type {{ user: { id: string }, at: string } | undefined} */
  let before;
  const add = (/** @type {Message | (Pending & { user: typeof me })} */ message, /** @type {string} */ mark) => {
    const date = new Date(message.at);
    if (date.toDateString() !== day) {
      day = date.toDateString();
      before = undefined;
      use(`day ${day}`, () => dayLine(date));
    }
    const first = before?.user.id !== message.user.id || date.getTime() - Date.parse(before.at) > blockMs;
    before = message;
    const problem = "problem" in message ? message.problem : undefined;
    // The room is part of the key: two rooms must not share what a key stands for.
    use(`${current} ${message.id} ${mark} ${first} ${problem ?? ""}`, () =>
      bubble(message, { mark, first, mine: message.user.id === me.id, connection }),
    );
  };
  for (const message of room.messages) add(message, message.user.id === me.id ? "stored" : "");
  for (const pending of connection.pendingOf(current)) {
    add({ ...pending, user: me }, pending.problem ? "refused" : "pending");
  }
  if (elements.length === 0) {
    use(`empty ${connection.state.is === "online"}`, () => {
      const line = document.createElement("p");
      line.className = "empty";
      line.textContent = connection.state.is === "online" ? "No messages yet. Write the first one." : "";
      return line;
    });
  }

  const wanted = new Set(elements);
  for (const element of [...log.children]) if (!wanted.has(/** @type {HTMLElement} */ (element))) element.remove();
  for (const [index, element] of elements.entries()) {
    if (log.children[index] !== element) log.insertBefore(element, log.children[index] ?? null);
  }
  if (atEnd || follow) log.scrollTop = log.scrollHeight;
  else toNewest.hidden = false;
}

log.addEventListener("scroll", () => {
  if (log.scrollHeight - log.scrollTop - log.clientHeight < 80) toNewest.hidden = true;
});
toNewest.addEventListener("click", () => {
  log.scrollTop = log.scrollHeight;
});

// ---- writing

function fitText() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 160)}px`;
}
text.addEventListener("input", fitText);
text.addEventListener("keydown", (event) => {
  // On a phone the return key makes a line; there is the button.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  composer.requestSubmit();
});
composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = text.value.trim();
  if (!body) return;
  connection.send(current, body);
  text.value = "";
  fitText();
  text.focus();
});

showUnread();
draw();
connection.start();
if (!matchMedia("(pointer: coarse)").matches) text.focus();
