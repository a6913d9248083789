import { createHash, hkdfSync } from "node:crypto";
import cookie from "@fastify/cookie";
import csrf from "@fastify/csrf-protection";
import session from "@fastify/session";
import { isRefusal } from "../refusals.js";

/** A session ends when it was not used for this long ... */
export const idleSeconds = 12 * 3600;
/** ... and this long after the log-in in any case. */
export const absoluteSeconds = 7 * 24 * 3600;

/**
 * Sessions in Redis for @fastify/session. Reading a session renews its time; it is written only when it changes, so a
 * request that is still running cannot bring back a session that was just ended.
 */
export class RedisSessionStore {
  /** @param {import("../redis.js").RedisConnection} redis */
  constructor(redis) {
    this.redis = redis;
  }

  /** @param {string} id @param {(error: unknown, session?: any) => void} done */
  get(id, done) {
    this.redis.getex(key(id), "EX", idleSeconds).then(
      (stored) => done(null, stored ? JSON.parse(stored) : null),
      (error) => done(unavailable(error)),
    );
  }

  /** @param {string} id @param {any} value @param {(error?: unknown) => void} done */
  set(id, value, done) {
    this.redis.set(key(id), JSON.stringify(value), "EX", idleSeconds).then(
      () => done(),
      (error) => done(unavailable(error)),
    );
  }

  /** @param {string} id @param {(error?: unknown) => void} done */
  destroy(id, done) {
    this.redis.del(key(id)).then(
      () => done(),
      (error) => done(unavailable(error)),
    );
  }
}

const key = (/** @type {string} */ id) => `panel:session:${id}`;

/** Redis away is not a fault of the panel: the person sees "try again", the log says why. A refusal does not go away. */
function unavailable(/** @type {unknown} */ cause) {
  if (isRefusal(cause)) return new Error("Redis refuses to read or write sessions.", { cause });
  return Object.assign(new Error("Sessions cannot be read or written now.", { cause }), { statusCode: 503 });
}

/**
 * Cookies, sessions and the protection against forged forms, which it returns.
 *
 * @param {import("fastify").FastifyInstance} app
 * @param {import("../config.js").Config} config
 * @param {import("../redis.js").RedisConnection} redis
 */
export async function addSessions(app, config, redis) {
  // The prefix makes the browser refuse the cookie from another host or without TLS; plain localhost has no TLS.
  const prefix = config.secureCookies ? "__Host-" : "";
  const attributes = {
    path: "/",
    httpOnly: true,
    secure: config.secureCookies,
    sameSite: /** @type {const} */ ("lax"),
  };

  const cookieName = `${prefix}session`;
  const secrets = [config.sessionSecret, ...config.acceptedSessionSecrets];
  /** The first one signs, the others are accepted. */
  const keysOf = (/** @type {string} */ use) => secrets.map((secret) => derivedKey(secret, use));

  await app.register(cookie, { secret: keysOf("cookies") });
  await app.register(session, {
    secret: keysOf("sessions"),
    cookieName,
    cookie: { ...attributes, maxAge: absoluteSeconds * 1000 },
    store: new RedisSessionStore(redis),
    saveUninitialized: false,
    rolling: false,
  });
  // The plugin would take a cookie back that an accepted secret has signed: such a one is signed anew.
  app.addHook("onRequest", (request, reply, done) => {
    const sent = request.cookies[cookieName];
    const { sessionId, encryptedSessionId, cookie } = /** @type {any} */ (request.session);
    if (sent?.startsWith(`${sessionId}.`) && sent !== encryptedSessionId) {
      request.cookies[cookieName] = encryptedSessionId;
      reply.setCookie(cookieName, encryptedSessionId, cookie.toJSON());
    }
    done();
  });
  // In a signed cookie, not in the session: a visitor who only looks at the log-in page costs no memory in Redis.
  // The token is bound to the session, so one from before the log-in, or of another user, is refused.
  return addFormProtection(app, keysOf("forms"), (hmacKey) => ({
    cookieKey: `${prefix}form`,
    cookieOpts: { ...attributes, signed: true },
    csrfOpts: { hmacKey, validity: absoluteSeconds * 1000 },
    getUserInfo,
  }));
}

/**
 * Adds forms that only this application can have made.
 *
 * @param {import("fastify").FastifyInstance} app
 * @param {string[]} keys the first one makes forms
 * @param {(key: string) => import("@fastify/csrf-protection").FastifyCsrfProtectionOptions} options
 * @returns {Promise<import("fastify").FastifyInstance["csrfProtection"]>} lets a form through that was made with any of them
 */
async function addFormProtection(app, [own = "", ...others], options) {
  /** @type {import("fastify").FastifyInstance["csrfProtection"][]} */
  const accepting = [];
  // The plugin knows one key, so each of the others has one of its own, in a scope that nothing else is in.
  for (const key of others) {
    await app.register(async (scope) => {
      await scope.register(csrf, { ...options(key), logLevel: "trace" });
      accepting.push(scope.csrfProtection);
    });
  }
  await app.register(csrf, options(own));
  return (request, reply, done) =>
    accepting.some((protect) => passes(protect, request, reply)) ? done() : app.csrfProtection(request, reply, done);
}

/**
 * Whether a protection lets a form through. It answers at once, and what it would send is not sent.
 *
 * @param {import("fastify").FastifyInstance["csrfProtection"]} protect
 * @param {import("fastify").FastifyRequest} request
 * @param {import("fastify").FastifyReply} reply
 */
function passes(protect, request, reply) {
  let passed = false;
  const unsent = /** @type {any} */ ({ unsignCookie: reply.unsignCookie.bind(reply), send: () => unsent });
  protect.call(/** @type {any} */ (request.server), request, unsent, () => {
    passed = true;
  });
  return passed;
}

/** How a session is named outside of Redis and the cookie: its id is what opens it. @param {string} id */
export const sessionIdDigest = (id) => createHash("sha256").update(id).digest("base64url");

/** What a form token is bound to. @param {import("fastify").FastifyRequest} request */
export function getUserInfo(request) {
  return /** @type {any} */ (request.session)?.formKey ?? "visitor";
}

/** One secret in the settings, one key for each use. */
export function derivedKey(/** @type {string} */ secret, /** @type {string} */ use) {
  return Buffer.from(hkdfSync("sha256", secret, "", `switchboard panel ${use}`, 32)).toString("base64url");
}
