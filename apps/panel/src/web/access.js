import { randomUUID } from "node:crypto";
import { findUser } from "../models/users.js";
import { absoluteSeconds } from "./session.js";

/**
 * @typedef {object} SessionData What a session holds after a log-in.
 * @property {string} userId
 * @property {number} epoch must equal the user's session epoch; deactivation and a new password raise it
 * @property {number} startedAt seconds since 1970
 * @property {string} formKey binds form tokens to this session
 */

/**
 * Begins a new session under a new id, so that an id planted before the log-in is worth nothing.
 *
 * @param {import("fastify").FastifyRequest} request
 * @param {import("../models/users.js").User} user
 */
export async function startSession(request, user) {
  await request.session.regenerate();
  /** @type {SessionData} */
  const data = {
    userId: user.id,
    epoch: user.sessionEpoch,
    startedAt: Math.floor(Date.now() / 1000),
    formKey: randomUUID(),
  };
  Object.assign(request.session, data);
}

/**
 * Finds the user of the session (into `request.user`). The user is read each time, so a deactivated user or a lost
 * role counts from the next request on, on every pod.
 *
 * @param {import("../db.js").Database} db
 */
export function identify(db) {
  return async (/** @type {any} */ request) => {
    const { userId, epoch, startedAt } = /** @type {Partial<SessionData>} */ (request.session);
    if (!userId) return;
    const user = await findUser(db, userId);
    const current = user && user.deactivatedAt === null && user.sessionEpoch === epoch;
    if (!current || (startedAt ?? 0) + absoluteSeconds < Date.now() / 1000) {
      await request.session.destroy();
      return;
    }
    request.user = user;
    request.log = request.log.child({ user: user.id });
  };
}

/** Lets in who is logged in and has their own password; sends others where they can get that. */
export async function requireUser(/** @type {any} */ request, /** @type {any} */ reply) {
  const wantsPage = request.method === "GET";
  if (!request.user) {
    if (!wantsPage) return reply.fail(401, "Please log in again", "Your session has ended.");
    const back = request.url === "/" ? "" : `?next=${encodeURIComponent(request.url)}`;
    return reply.redirect(`/login${back}`, 303);
  }
  if (request.user.mustChangePassword && request.routeOptions.url !== "/account/password") {
    if (!wantsPage) return reply.fail(403, "Choose a password first", "Your password is a temporary one.");
    return reply.redirect("/account/password", 303);
  }
}

/** After `requireUser`: lets in administrators only. */
export async function requireAdmin(/** @type {any} */ request, /** @type {any} */ reply) {
  if (request.user.role !== "admin") {
    return reply.fail(403, "For administrators", "Your account does not have the rights for this page.");
  }
}

/** A path of this site to go on to after the log-in; anything else (another host, a script) becomes "/". */
export function safeNext(/** @type {unknown} */ next) {
  if (typeof next !== "string" || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes("\\")) return "/";
  return next.startsWith("/login") ? "/" : next;
}
