import { changePassword, WrongPassword } from "../../models/logIns.js";
import { addSecondFactor, countRecoveryCodes, removeSecondFactor } from "../../models/secondFactor.js";
import { endSession, listSessions } from "../../models/sessions.js";
import { Forbidden, signOutEverywhere } from "../../models/users.js";
import { checkCode, newSecret, qrCode } from "../../secondFactor.js";
import { confirmPassword, sidOf, startSession } from "../access.js";
import { codeForm, passwordForm, readForm, sessionForm } from "../forms.js";
import { waitText } from "../pages.js";
import { passwordProblem } from "../passwordRules.js";
import { absoluteSeconds, idleSeconds } from "../session.js";

/**
 * A person's own account: password, sessions, second factor.
 *
 * @param {any} app
 * @param {import("../app.js").Parts} parts
 */
export async function accountRoutes(app, parts) {
  const { config, db, attempts, box } = parts;
  const confirmed = { preHandler: confirmPassword(parts) };

  app.get("/account", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const [sessions, recoveryCodes] = await Promise.all([
      listSessions(db, request.user.id, { idleSeconds, absoluteSeconds }),
      countRecoveryCodes(db, request.user.id),
    ]);
    return reply.page("account", { sessions, recoveryCodes, sid: sidOf(request) });
  });

  app.get("/account/password", async (/** @type {any} */ _request, /** @type {any} */ reply) => reply.page("password"));

  app.post("/account/password", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { data, problems } = readForm(passwordForm, request.body);
    if (!data) return reply.code(422).page("password", { problems });
    const weak = await passwordProblem(data.next, request.user);
    if (weak) return reply.code(422).page("password", { problems: { next: weak } });
    const attempt = await attempts.begin("password", request.user.id, request.ip);
    if (attempt.wait) {
      reply.header("retry-after", attempt.wait);
      const problem = `Too many wrong passwords. ${waitText(attempt.wait)}`;
      return reply.code(429).page("password", { problems: { current: problem } });
    }
    /** @type {import("../../models/users.js").User} */ let user;
    try {
      user = await changePassword(db, request.user, { ...data, requestId: request.id });
    } catch (error) {
      if (!(error instanceof Forbidden)) return attempt.undecided(error);
      if (error instanceof WrongPassword) {
        await attempt.failed();
        request.log.warn({ event: "password.refused", ip: request.ip }, "a change of password was refused");
      } else await attempt.succeeded();
      return reply.code(422).page("password", { problems: { current: error.message } });
    }
    await attempt.succeeded();
    await startSession(db, request, user);
    return reply.redirect("/chat?notice=password-changed", 303);
  });

  app.post("/account/sessions/end", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { data } = readForm(sessionForm, request.body);
    if (!data || !(await endSession(db, request.user, data.sid, { requestId: request.id }))) {
      return reply.fail(404, "Not found", "There is no such session, or it has ended already.");
    }
    if (data.sid !== sidOf(request)) return reply.redirect("/account?notice=session-ended", 303);
    await request.session.destroy();
    return reply.redirect("/login?notice=logged-out", 303);
  });

  app.post("/account/sessions/end-all", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    await signOutEverywhere(db, request.user, { requestId: request.id });
    await request.session.destroy();
    return reply.redirect("/login?notice=signed-out", 303);
  });

  const setUp = (/** @type {any} */ request, /** @type {any} */ reply, /** @type {object} */ data = {}) => {
    const { newFactor: secret } = request.session;
    const picture = qrCode(secret, request.user.email);
    return reply.page("second-factor", { secret: secret.match(/.{1,4}/g).join(" "), picture, ...data });
  };

  app.get("/account/second-factor", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    if (request.user.secondFactor) return reply.redirect("/account", 303);
    // Kept with the session, so that a page that is loaded again shows the same one.
    request.session.newFactor ??= newSecret();
    return setUp(request, reply, { required: config.requireSecondFactor && request.user.role === "admin" });
  });

  app.post("/account/second-factor", confirmed, async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { newFactor: secret } = request.session;
    if (request.user.secondFactor || !secret) return reply.redirect("/account", 303);
    const { data, problems } = readForm(codeForm, request.body);
    if (!data) return setUp(request, reply.code(422), { problems });
    const step = checkCode(secret, data.code, 0);
    if (!step)
      return setUp(request, reply.code(422), { problems: { code: "The code is not right. Try the next one." } });
    const sealed = box.seal(secret, request.user.id);
    const codes = await addSecondFactor(db, request.user, { sealed, step, requestId: request.id });
    request.session.newFactor = undefined;
    return reply.code(201).page("recovery-codes", { codes });
  });

  app.post("/account/second-factor/remove", confirmed, async (/** @type {any} */ request, /** @type {any} */ reply) => {
    await removeSecondFactor(db, request.user.id, { actor: request.user, requestId: request.id });
    return reply.redirect("/account?notice=second-factor-removed", 303);
  });
}
