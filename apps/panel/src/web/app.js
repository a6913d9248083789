import { randomUUID } from "node:crypto";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import { fastify, LogController } from "fastify";
import { secretBox } from "../secondFactor.js";
import { identify, requireAdmin, requireUser } from "./access.js";
import { addAssets } from "./assets.js";
import { limitAttempts } from "./attempts.js";
import { addPages } from "./pages.js";
import { accountRoutes } from "./routes/account.js";
import { chatRoutes } from "./routes/chat.js";
import { loginRoutes } from "./routes/login.js";
import { operationsRoutes } from "./routes/operations.js";
import { probeRoutes } from "./routes/probes.js";
import { roomRoutes } from "./routes/rooms.js";
import { userRoutes } from "./routes/users.js";
import { addSessions } from "./session.js";

/**
 * @typedef {object} Parts What the routes work with.
 * @property {import("../config.js").Config} config
 * @property {import("../db.js").Database} db
 * @property {import("../redis.js").RedisConnection} redis
 * @property {import("../health.js").Health} health
 * @property {import("../logger.js").Logger} log
 * @property {{ draining: boolean }} life turned on by SIGTERM
 * @property {import("./attempts.js").Attempts} attempts limits wrong passwords and codes
 * @property {import("../secondFactor.js").SecretBox} box for the secrets of second factors
 */

/**
 * The web application. Probes and assets need no session, so they answer also when Redis does not.
 *
 * @param {Omit<Parts, "attempts" | "box">} given
 */
export async function buildApp(given) {
  const { config, db, redis, log, life } = given;
  const attempts = limitAttempts(redis, config.sessionSecret);
  /** @type {Parts} */
  const parts = { ...given, attempts, box: secretBox(config.sessionSecret, config.acceptedSessionSecrets) };
  const app = fastify({
    loggerInstance: /** @type {import("fastify").FastifyBaseLogger} */ (log),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    // NGINX is the one hop before us (a network policy lets nobody else in); what a client itself wrote into
    // X-Forwarded-For is not believed.
    trustProxy: (_address, hop) => hop === 0,
    genReqId: (request) => {
      const given = request.headers["x-request-id"];
      return typeof given === "string" && /^[\w.:-]{8,128}$/.test(given) ? given : randomUUID();
    },
    // Longer than NGINX keeps an idle connection (60 s): whoever closes first must be the side that sends requests,
    // or a request meets a closed connection and becomes a 502 (nodejs/node#27363).
    keepAliveTimeout: 65_000,
    requestTimeout: 30_000,
    bodyLimit: 64 * 1024,
    // Requests on open connections are answered while the server closes.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 100 },
  });
  app.decorateRequest("user", null);

  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    reply.header("permissions-policy", permissions);
    if (life.draining) reply.header("connection", "close");
  });
  app.addHook("onResponse", async (request, reply) => {
    const level = reply.statusCode >= 500 ? "error" : /** @type {any} */ (request.routeOptions.config).logLevel;
    request.log[/** @type {"info"} */ (level ?? "info")](
      {
        method: request.method,
        // Without the query: what people type into an address is not for the log.
        path: request.url.split("?", 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: request.ip,
      },
      "request",
    );
  });
  app.setErrorHandler(answerError);

  await app.register(helmet, contentSecurity(config));
  await app.register(probeRoutes, parts);
  await addAssets(app);
  await app.register(async (site) => {
    // Forms alone: what a body of another kind makes of a field (an object, a number) no route has to expect.
    site.removeAllContentTypeParsers();
    await site.register(formbody);
    const protectForm = await addSessions(site, config, redis);
    addPages(site, config);
    site.addHook("preHandler", identify(db));
    // Every change needs the token of a form of ours; there is no route that can forget to ask for it.
    site.addHook("preHandler", (request, reply, done) => {
      if (request.method === "GET" || request.method === "HEAD") return done();
      return protectForm.call(site, request, reply, done);
    });
    site.setNotFoundHandler((_request, reply) =>
      /** @type {any} */ (reply).fail(404, "Not found", "There is no page at this address."),
    );
    await site.register(loginRoutes, parts);
    await site.register(async (members) => {
      members.addHook("preHandler", requireUser);
      await members.register(accountRoutes, parts);
      await members.register(chatRoutes, parts);
      await members.register(async (admins) => {
        admins.addHook("preHandler", requireAdmin(config));
        await admins.register(userRoutes, parts);
        await admins.register(roomRoutes, parts);
        await admins.register(operationsRoutes, parts);
      });
    });
  });
  return app;
}

/** @param {any} error @param {any} request @param {any} reply */
function answerError(error, request, reply) {
  const status = error.statusCode >= 400 ? error.statusCode : isOutage(error) ? 503 : 500;
  if (status >= 500) request.log.error({ err: error }, "request failed");
  const [title, detail] =
    status === 503
      ? ["Not available right now", "A part of the system does not answer. Please try again in a moment."]
      : status >= 500
        ? ["Something went wrong", "It is in the log under the number below. Please try again."]
        : error.code?.startsWith("FST_CSRF")
          ? ["The page was open too long", "Please go back, reload it and send it again."]
          : ["That did not work", error.message];
  if (reply.fail) return reply.fail(status, title, detail);
  return reply.code(status).send({ error: title, detail, requestId: request.id });
}

/** What a page may use of the machine it is shown on: nothing but the clipboard, for a temporary password. */
const permissions = [
  ...[
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
  ],
  ...["hid", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get"],
  ...["screen-wake-lock", "serial", "usb", "xr-spatial-tracking"],
]
  .map((name) => `${name}=()`)
  .concat("clipboard-write=(self)")
  .join(", ");

/**
 * Whether Postgres or Redis could not be reached or had no time or room, as opposed to a fault of the panel. Of the
 * codes of Postgres: 08 connection, 53 resources (too many connections, a full disk), 57 stopped or out of time.
 */
function isOutage(/** @type {any} */ { code = "", message = "", name = "" }) {
  return (
    /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|08|53|57)/.test(code) ||
    /^(MaxRetriesPerRequestError|AbortError)$/.test(name) ||
    /Connection terminated|timeout exceeded when trying to connect|Command timed out|Connection is closed/.test(message)
  );
}

/** @param {import("../config.js").Config} config */
function contentSecurity(config) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'", new URL(config.chatUrl).origin],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // As `frame-ancestors` has it, for what does not know that.
    frameguard: { action: /** @type {const} */ ("deny") },
    // NGINX ends TLS and says it for every host. From here it would also bind http://localhost.
    strictTransportSecurity: false,
    referrerPolicy: { policy: /** @type {const} */ ("same-origin") },
  };
}
