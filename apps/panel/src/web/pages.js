import { fileURLToPath } from "node:url";
import { Eta } from "eta";
import { hueOf, initialOf } from "../../public/faces.js";
import { eventKinds } from "../models/events.js";
import { assetUrl } from "./assets.js";
import { getUserInfo } from "./session.js";

const views = fileURLToPath(new URL("../../views/", import.meta.url));

/** Confirmations by name: the address carries the name only, so nobody can put words on our page. */
const notices = /** @type {Readonly<Record<string, string>>} */ ({
  "room-created": "The room is open.",
  "room-renamed": "The room has its new name.",
  "room-archived": "The room is archived and closes for everyone within half a minute. Its messages are kept.",
  "room-restored": "The room is open again.",
  "user-changed": "The user is changed.",
  "user-deactivated": "The user is deactivated: logged out of the panel now, and of the chat within half a minute.",
  "user-activated": "The user can log in again.",
  "user-second-factor-removed": "The user logs in with the password alone now.",
  "password-changed": "Your password is changed. Other devices are logged out, of the chat within half a minute.",
  "logged-out": "You are logged out. A chat that is open in this browser closes within half a minute.",
  "session-ended": "The session is ended: in the panel now, in the chat within half a minute.",
  "signed-out": "You are logged out on all devices: of the panel now, of the chat within half a minute.",
  "second-factor-removed": "Your log-in asks for the password alone now.",
  "worker-asked": "The workers were asked. Their answer appears under Activity within seconds.",
});

/**
 * Adds `reply.page(view, data)`, `reply.fail(status, title, text)` and `reply.wait(seconds)`. Templates escape every value.
 *
 * @param {import("fastify").FastifyInstance} app
 * @param {import("../config.js").Config} config
 */
export function addPages(app, config) {
  const eta = new Eta({ views, cache: true, autoEscape: true });
  const shared = {
    asset: assetUrl,
    eventKinds,
    stage: config.stage,
    version: config.version,
    pod: config.pod,
    ago,
    deviceOf,
    hueOf,
    initialOf,
    when: (/** @type {Date | string} */ date) => new Date(date).toISOString(),
  };

  app.decorateReply(
    "page",
    /** @this {any} */ function page(/** @type {string} */ view, /** @type {object} */ data = {}) {
      const { request } = this;
      const query = /** @type {Record<string, string>} */ (request.query ?? {});
      const html = eta.render(`/${view}`, {
        ...shared,
        user: request.user,
        path: request.url.split("?", 1)[0],
        notice: Object.hasOwn(notices, query.notice ?? "") ? notices[query.notice ?? ""] : undefined,
        formToken: this.generateCsrf({ userInfo: getUserInfo(request) }),
        requestId: request.id,
        problems: {},
        values: {},
        ...data,
      });
      // A page shows what only this user may see; the back button must not show it after the log-out.
      return this.header("cache-control", "no-store").type("text/html; charset=utf-8").send(html);
    },
  );

  app.decorateReply(
    "wait",
    /** @this {any} */ function wait(/** @type {number} */ seconds) {
      return this.header("retry-after", seconds).fail(429, "Too many tries", waitText(seconds));
    },
  );

  app.decorateReply(
    "fail",
    /** @this {any} */ function fail(/** @type {number} */ status, /** @type {string} */ title, detail = "") {
      const { request } = this;
      if (status === 403) {
        const { method, ip } = request;
        request.log.warn({ event: "access.refused", method, path: request.url.split("?", 1)[0], ip }, title);
      }
      this.code(status);
      if (request.headers.accept?.includes("text/html")) {
        return this.page("failure", { title, detail, status });
      }
      return this.header("cache-control", "no-store").send({ error: title, detail, requestId: request.id });
    },
  );
}

/**
 * What a browser calls itself, in two words: "Firefox on Windows". Not exact, but enough to know one's own devices.
 *
 * @param {string} agent the header User-Agent
 */
export function deviceOf(agent) {
  const first = (/** @type {[RegExp, string][]} */ names) => names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = first([
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrom(e|ium)\//, "Chrome"],
    [/Safari\//, "Safari"],
  ]);
  const system = first([
    [/Android/, "Android"],
    [/iPhone|iPad/, "iOS"],
    [/Windows/, "Windows"],
    [/Macintosh/, "macOS"],
    [/Linux/, "Linux"],
  ]);
  if (!browser) return "Another program";
  return system ? `${browser} on ${system}` : browser;
}

/** A time to wait as a sentence: "Please wait 3 minutes." @param {number} seconds */
export function waitText(seconds) {
  const minutes = Math.ceil(seconds / 60);
  return `Please wait ${minutes} minute${minutes === 1 ? "" : "s"}.`;
}

/** How long ago, in the largest unit that fits: "just now", "5 minutes ago". */
export function ago(/** @type {Date | null | undefined} */ date, now = Date.now()) {
  if (!date) return "never";
  const seconds = Math.max(0, (now - date.getTime()) / 1000);
  const units = /** @type {const} */ ([
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ]);
  for (const [unit, size] of units) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
}
