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
  "room-archived": "The room is archived. Its messages are kept.",
  "room-restored": "The room is open again.",
  "user-changed": "The user is changed.",
  "user-deactivated": "The user is deactivated and logged out everywhere.",
  "user-activated": "The user can log in again.",
  "password-changed": "Your password is changed. Other devices are logged out.",
  "logged-out": "You are logged out.",
  "worker-asked": "The workers were asked. Their answer appears under Activity within seconds.",
});

/**
 * Adds `reply.page(view, data)` and `reply.fail(status, title, text)`. Templates escape every value.
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
    "fail",
    /** @this {any} */ function fail(/** @type {number} */ status, /** @type {string} */ title, detail = "") {
      this.code(status);
      if (this.request.headers.accept?.includes("text/html")) {
        return this.page("failure", { title, detail, status });
      }
      return this.header("cache-control", "no-store").send({ error: title, detail, requestId: this.request.id });
    },
  );
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
