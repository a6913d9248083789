import { checkLogIn, noteLogIn } from "../../models/logIns.js";
import { useSecondFactor } from "../../models/secondFactor.js";
import { endSession } from "../../models/sessions.js";
import { findUser } from "../../models/users.js";
import { pendingOf, safeNext, sidOf, startPending, startSession } from "../access.js";
import { codeForm, loginForm, readForm } from "../forms.js";
import { waitText } from "../pages.js";

/**
 * The way in, by a password and, for who has one, the code of a second factor; and the way out.
 *
 * @param {any} app
 * @param {import("../app.js").Parts} parts
 */
export async function loginRoutes(app, { db, attempts, box }) {
  app.get("/", async (/** @type {any} */ _request, /** @type {any} */ reply) => reply.redirect("/chat", 303));

  app.get("/login", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const next = safeNext(request.query.next);
    if (request.user) return reply.redirect(next, 303);
    return reply.page("login", { next });
  });

  app.post("/login", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { email: typed } = request.body ?? {};
    const values = { email: typeof typed === "string" ? typed : "" };
    const next = safeNext(request.body?.next);
    const { data, problems } = readForm(loginForm, request.body);
    if (!data) return reply.code(422).page("login", { next, values, problems });

    const attempt = await attempts.begin("log-in", data.email, request.ip);
    const account = attempts.nameOf(data.email);
    const refuse = (/** @type {number} */ status, /** @type {string} */ problem) =>
      reply.code(status).page("login", { next, values, problem });
    if (attempt.wait) {
      request.log.warn({ event: "log-in.locked", account, ip: request.ip, seconds: attempt.wait }, "log-in locked");
      reply.header("retry-after", attempt.wait);
      return refuse(429, `Too many wrong passwords. ${waitText(attempt.wait)}`);
    }
    const user = await checkLogIn(db, data).catch(attempt.undecided);
    if (!user) {
      await attempt.failed();
      request.log.warn({ event: "log-in.refused", account, ip: request.ip }, "log-in refused");
      return refuse(401, "The address or the password is not right.");
    }
    await attempt.succeeded();
    if (user.secondFactor) {
      await startPending(request, user, next);
      return reply.redirect("/login/code", 303);
    }
    return enter(request, reply, user, next);
  });

  app.get("/login/code", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    if (!pendingOf(request)) return reply.redirect("/login", 303);
    return reply.page("code");
  });

  app.post("/login/code", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const pending = pendingOf(request);
    if (!pending) return reply.redirect("/login", 303);
    const { data, problems } = readForm(codeForm, request.body);
    if (!data) return reply.code(422).page("code", { problems });
    const user = await findUser(db, pending.userId);
    if (!user || user.deactivatedAt || user.sessionEpoch !== pending.epoch) return reply.redirect("/login", 303);

    const attempt = await attempts.begin("code", user.id, request.ip);
    if (attempt.wait) {
      request.log.warn({ event: "code.locked", user: user.id, ip: request.ip, seconds: attempt.wait }, "code locked");
      reply.header("retry-after", attempt.wait);
      return reply.code(429).page("code", { problems: { code: `Too many wrong codes. ${waitText(attempt.wait)}` } });
    }
    if (!(await useSecondFactor(db, user.id, data.code, box).catch(attempt.undecided))) {
      await attempt.failed();
      request.log.warn({ event: "code.refused", user: user.id, ip: request.ip }, "code refused");
      return reply.code(401).page("code", { problems: { code: "The code is not right, or it was used already." } });
    }
    await attempt.succeeded();
    return enter(request, reply, user, pending.next);
  });

  app.post("/logout", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    if (request.user) {
      await endSession(db, request.user, sidOf(request), { requestId: request.id });
      await request.session.destroy();
    }
    return reply.redirect("/login?notice=logged-out", 303);
  });

  /** @param {any} request @param {any} reply @param {import("../../models/users.js").User} checked @param {string} next */
  async function enter(request, reply, checked, next) {
    const user = await noteLogIn(db, checked, request.id);
    if (!user) return reply.code(401).page("login", { next, problem: "Your account was changed just now. Try again." });
    await startSession(db, request, user);
    request.log.info({ event: "log-in", user: user.id, ip: request.ip }, "logged in");
    return reply.redirect(user.mustChangePassword ? "/account/password" : next, 303);
  }
}
