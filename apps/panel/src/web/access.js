import { randomUUID } from "node:crypto";
import { findSessionUser, knowsPassword } from "../models/logIns.js";
import { endSession, noteSession, seeSession } from "../models/sessions.js";
import { confirmForm, readForm } from "./forms.js";
import { absoluteSeconds, sessionIdDigest } from "./session.js";

/** So long after a log-in or a confirmation a person may give rights without typing the password again. */
const confirmedSeconds = 10 * 60;

/** The code has to follow the password within this time. */
const pendingSeconds = 5 * 60;

/**
 * @typedef {object} SessionData What a session holds after a log-in.
 * @property {string} userId
 * @property {number} epoch must equal the user's session epoch; deactivation and a new password raise it
 * @property {number} startedAt seconds since 1970
 * @property {number} confirmedAt when the password was typed last, seconds since 1970
 * @property {string} formKey binds form tokens to this session
 */

const now = () => Math.floor(Date.now() / 1000);

/**
 * Begins a new session under a new id, so that an id planted before the log-in is worth nothing.
 *
 * @param {import("../db.js").Database} db
 * @param {import("fastify").FastifyRequest} request
 * @param {import("../models/users.js").User} user
 */
export async function startSession(db, request, user) {
  const { user: before } = /** @type {any} */ (request);
  // Whoever logs in while they are logged in leaves a session that nobody can use any more.
  if (before) await endSession(db, before, sidOf(request), { requestId: request.id });
  await request.session.regenerate();
  /** @type {SessionData} */
  const data = {
    userId: user.id,
    epoch: user.sessionEpoch,
    startedAt: now(),
    confirmedAt: now(),
    formKey: randomUUID(),
  };
  Object.assign(request.session, data);
  await noteSession(db, noteOf(request, user.id));
}

/** What is noted of the session of a request. @param {import("fastify").FastifyRequest} request @param {string} userId */
function noteOf(request, userId) {
  return { sid: sidOf(request), userId, address: request.ip, agent: request.headers["user-agent"] ?? "" };
}

/**
 * Remembers that this visitor knew the password of a user who has a second factor, too. It opens nothing but the page
 * that asks for the code.
 *
 * @param {import("fastify").FastifyRequest} request
 * @param {import("../models/users.js").User} user
 * @param {string} next
 */
export async function startPending(request, user, next) {
  await request.session.regenerate();
  const pending = { userId: user.id, epoch: user.sessionEpoch, since: now(), next };
  Object.assign(request.session, { pending, formKey: randomUUID() });
}

/**
 * @param {any} request
 * @returns {{ userId: string, epoch: number, next: string } | undefined} undefined when there is none, or it is too old
 */
export function pendingOf(request) {
  const { pending } = request.session;
  return pending && pending.since + pendingSeconds > now() ? pending : undefined;
}

/** How the session of a request is named in the database and in chat tokens. @param {any} request */
export const sidOf = (request) => sessionIdDigest(request.session.sessionId);

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
    const sid = sidOf(request);
    const found = await findSessionUser(db, userId, sid);
    const user = found?.user;
    const current = user && !found.ended && user.deactivatedAt === null && user.sessionEpoch === epoch;
    if (!current || (startedAt ?? 0) + absoluteSeconds < now()) {
      await request.session.destroy();
      return;
    }
    if (!found.seenAt) await noteSession(db, noteOf(request, userId));
    else if (found.seenAt.getTime() < Date.now() - 5 * 60_000) await seeSession(db, sid);
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

/**
 * After `requireUser`: lets in administrators only, and where the settings ask for it those with a second factor only.
 *
 * @param {{ requireSecondFactor: boolean }} config
 */
export function requireAdmin({ requireSecondFactor }) {
  return async (/** @type {any} */ request, /** @type {any} */ reply) => {
    if (request.user.role !== "admin") {
      return reply.fail(403, "For administrators", "Your account does not have the rights for this page.");
    }
    if (requireSecondFactor && !request.user.secondFactor) {
      if (request.method === "GET") return reply.redirect("/account/second-factor", 303);
      return reply.fail(403, "Add a second factor first", "Administrators of this stage need one.");
    }
  };
}

/**
 * After `requireUser`, for a change that gives rights or takes protection away: whoever sits down at an open browser
 * must not be able to do it. Without a fresh log-in it asks for the password and then goes on with what was sent.
 *
 * @param {import("./app.js").Parts} parts
 * @param {(request: any) => boolean | Promise<boolean>} [applies] only then
 */
export function confirmPassword({ db, attempts }, applies = () => true) {
  return async (/** @type {any} */ request, /** @type {any} */ reply) => {
    if (request.session.confirmedAt + confirmedSeconds > now() || !(await applies(request))) return;
    const sent = Object.entries(request.body ?? {}).filter(
      ([name, value]) => typeof value === "string" && name !== "_csrf" && name !== "confirmation",
    );
    const ask = (/** @type {number} */ status, /** @type {string} */ problem) =>
      reply.code(status).page("confirm", { sent, problems: problem ? { confirmation: problem } : {} });
    if (request.body?.confirmation === undefined) return ask(403, "");
    const { data } = readForm(confirmForm, request.body);
    if (!data) return ask(422, "Please fill this in.");
    const attempt = await attempts.begin("password", request.user.id, request.ip);
    if (attempt.wait) return reply.wait(attempt.wait);
    if (!(await knowsPassword(db, request.user, data.confirmation).catch(attempt.undecided))) {
      await attempt.failed();
      request.log.warn({ event: "password.refused", ip: request.ip }, "a confirmation was refused");
      return ask(422, "The password is not right.");
    }
    await attempt.succeeded();
    request.session.confirmedAt = now();
  };
}

/** A path of this site to go on to after the log-in; anything else (another host, a script) becomes "/". */
export function safeNext(/** @type {unknown} */ next) {
  if (typeof next !== "string" || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes("\\")) return "/";
  return next.startsWith("/login") ? "/" : next;
}
