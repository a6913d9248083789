import { createHash } from "node:crypto";
import { changePassword, Forbidden, logIn } from "../../models/users.js";
import { requireUser, safeNext, startSession } from "../access.js";
import { loginForm, passwordForm, readForm } from "../forms.js";

/** So many wrong passwords for one account from one address; then it has to wait. NGINX limits the rate before it. */
const failuresAllowed = 10;
const failureMinutes = 15;

/**
 * Log-in, log-out and the own password.
 *
 * @param {any} app
 * @param {import("../app.js").Parts} parts
 */
export async function accountRoutes(app, { db, redis }) {
  app.get("/", async (/** @type {any} */ _request, /** @type {any} */ reply) => reply.redirect("/chat", 303));

  app.get("/login", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const next = safeNext(request.query.next);
    if (request.user) return reply.redirect(next, 303);
    return reply.page("login", { next });
  });

  app.post("/login", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const values = { email: String(request.body?.email ?? "") };
    const next = safeNext(request.body?.next);
    const { data, problems } = readForm(loginForm, request.body);
    if (!data) return reply.code(422).page("login", { next, values, problems });

    const counter = failureKey(data.email, request.ip);
    if (Number(await redis.get(counter)) >= failuresAllowed) {
      const problem = `Too many wrong passwords. Please wait ${failureMinutes} minutes.`;
      return reply.code(429).page("login", { next, values, problem });
    }
    const user = await logIn(db, { email: data.email, password: data.password, requestId: request.id });
    if (!user) {
      await redis
        .multi()
        .incr(counter)
        .expire(counter, failureMinutes * 60)
        .exec();
      request.log.info({ ip: request.ip }, "log-in refused");
      const problem = "The address or the password is not right.";
      return reply.code(401).page("login", { next, values, problem });
    }
    await redis.del(counter);
    await startSession(request, user);
    request.log.info({ user: user.id }, "logged in");
    return reply.redirect(user.mustChangePassword ? "/account/password" : next, 303);
  });

  app.post("/logout", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    if (request.user) await request.session.destroy();
    return reply.redirect("/login?notice=logged-out", 303);
  });

  const own = { preHandler: requireUser };
  app.get("/account/password", own, async (/** @type {any} */ _request, /** @type {any} */ reply) =>
    reply.page("password"),
  );

  app.post("/account/password", own, async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { data, problems } = readForm(passwordForm, request.body);
    if (!data) return reply.code(422).page("password", { problems });
    try {
      const user = await changePassword(db, request.user, { ...data, requestId: request.id });
      await startSession(request, user);
      return reply.redirect("/chat?notice=password-changed", 303);
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      return reply.code(422).page("password", { problems: { current: error.message } });
    }
  });
}

/** The address is hashed: what people type into the field of the e-mail address may be a password. */
function failureKey(/** @type {string} */ email, /** @type {string} */ ip) {
  const account = createHash("sha256").update(email.toLowerCase()).digest("base64url").slice(0, 22);
  return `panel:login-failures:${account}:${ip}`;
}
