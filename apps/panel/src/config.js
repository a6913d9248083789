import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { verifiedTls } from "./tls.js";

/**
 * @typedef {object} Setting One environment variable.
 * @property {string} name
 * @property {z.ZodType} schema what its text is parsed with
 * @property {string} allowed the sentence an error ends with
 * @property {string} [also] another name of it, which is read when this one is unset or empty
 * @property {string} [fallback] used when the variable is unset or empty; without it the variable must be set
 * @property {boolean} [optional] may stay unset (the value is then undefined)
 * @property {boolean} [secret] its value never appears in an error, and `<name>_FILE` may name a file that has it
 * @property {readonly Role[]} [roles] only these need it and read it; without it all do
 */

/** All settings are wrong in one list, so that one look at the log is enough. */
export class ConfigError extends Error {
  /** @param {string[]} problems one sentence per wrong variable */
  constructor(problems) {
    super(`The environment of the panel is not valid:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const whole = (/** @type {number} */ from, /** @type {number} */ to) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(from).max(to));
const text = (/** @type {RegExp} */ pattern) => z.string().regex(pattern);
const isLoopback = (/** @type {string} */ host) =>
  host === "localhost" || host.endsWith(".localhost") || host === "127.0.0.1" || host === "[::1]";

/** An address with TLS; without TLS only on this machine, because a log-in cookie and a chat token travel on it. */
const address = (/** @type {string} */ plain, /** @type {string} */ tls) =>
  z.string().refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    return url.protocol === tls || (url.protocol === plain && isLoopback(url.hostname));
  });

/** @typedef {"web" | "worker" | "migrate" | "cleanup" | "console"} Role */

/** @type {Setting[]} */
const settings = [
  number("PORT", 1, 65535, "3000"),
  { name: "HOST", schema: z.string().min(1), allowed: "the address to listen on", fallback: "0.0.0.0" },
  word("STAGE", /^[a-z][a-z0-9-]{0,30}$/, "lower-case letters, digits and dashes, at most 31", "dev"),
  {
    ...word("VERSION", /^[\w.+:@/-]{1,200}$/, "a version, tag or digest without spaces", "unknown"),
    also: "APP_VERSION",
  },
  word("LOG_LEVEL", /^(trace|debug|info|warn|error|fatal)$/, "trace, debug, info, warn, error or fatal", "info"),
  {
    name: "PUBLIC_URL",
    schema: address("http:", "https:").refine((value) => /^[a-z]+:\/\/[^/]+\/?$/.test(value)),
    allowed: "https://host[:port] without a path (http only for localhost)",
  },
  { name: "CHAT_URL", schema: address("ws:", "wss:"), allowed: "wss://host[:port]/path (ws only for localhost)" },
  { name: "PGHOST", schema: z.string().min(1), allowed: "the host of Postgres" },
  number("PGPORT", 1, 65535, "5432"),
  { name: "PGDATABASE", schema: z.string().min(1), allowed: "the name of the database" },
  { name: "PGUSER", schema: z.string().min(1), allowed: "the role the panel logs in with" },
  { name: "PGPASSWORD", schema: z.string().min(1), allowed: "the password of that role", secret: true },
  word("PGSSLMODE", /^(disable|verify-ca|verify-full)$/, "disable, verify-ca or verify-full", "disable"),
  { name: "PGSSLROOTCERT", schema: z.string().min(1), allowed: "the path of a CA file in PEM", optional: true },
  number("PG_POOL_SIZE", 1, 200, "10"),
  { name: "REDIS_HOST", schema: z.string().min(1), allowed: "the host of Redis" },
  number("REDIS_PORT", 1, 65535, "6379"),
  number("REDIS_DATABASE", 0, 10000, "0"),
  { name: "REDIS_USERNAME", schema: z.string().min(1), allowed: "an ACL user of Redis", optional: true },
  { name: "REDIS_PASSWORD", schema: z.string().min(1), allowed: "its password", optional: true, secret: true },
  word("REDIS_TLS", /^[01]$/, "0 or 1", "0"),
  word("REDIS_TLS_MODE", /^verify-(ca|full)$/, "verify-ca or verify-full", "verify-full"),
  { name: "REDIS_CA", schema: z.string().min(1), allowed: "the path of a CA file in PEM", optional: true },
  { ...secret("SESSION_SECRET", 32), roles: ["web"] },
  {
    name: "SESSION_SECRET_ACCEPTED",
    schema: z
      .string()
      .transform((value) => value.split(","))
      .pipe(z.array(z.string().min(32))),
    allowed: "secrets of at least 32 characters, separated by commas",
    optional: true,
    secret: true,
    roles: ["web"],
  },
  {
    name: "CHAT_TOKEN_KEY",
    schema: z.string().refine(isEd25519),
    allowed: "a private Ed25519 key in PEM (PKCS#8, BEGIN PRIVATE KEY)",
    secret: true,
    roles: ["web"],
  },
  {
    ...word("REQUIRE_SECOND_FACTOR", /^[01]$/, "0 or 1 (administrators must have a second factor)", "0"),
    roles: ["web"],
  },
  number("JOB_CONCURRENCY", 1, 100, "5"),
  number("JOB_TIMEOUT_SECONDS", 1, 3600, "30"),
  number("SHUTDOWN_SECONDS", 1, 600, "25"),
  number("ACTIVITY_DAYS", 1, 3650, "90"),
  { name: "ADMIN_EMAIL", schema: z.email(), allowed: "an e-mail address", optional: true, roles: ["migrate"] },
  { ...secret("ADMIN_PASSWORD", 12), optional: true, roles: ["migrate"] },
  {
    name: "CHAT_DATABASE_ROLE",
    schema: text(/^[a-z_][a-z0-9_]{0,62}$/),
    allowed: "a role of Postgres: lower-case letters, digits and _",
    optional: true,
    roles: ["migrate"],
  },
];

/** @param {string} pem */
function isEd25519(pem) {
  try {
    return createPrivateKey(pem).asymmetricKeyType === "ed25519";
  } catch {
    return false;
  }
}

/**
 * Reads the settings of the panel from the environment, once, for the given role. Every other file gets values.
 *
 * @param {Role} role
 * @param {NodeJS.ProcessEnv} [env]
 * @throws {ConfigError} that names every wrong variable, its value (never of a secret) and what is allowed
 */
export function readConfig(role, env = process.env) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Record<string, any>} */
  const values = {};
  for (const setting of settings) {
    if (setting.roles && !setting.roles.includes(role)) continue;
    const stated = setting.secret ? secretOf(setting.name, env, problems) : env[setting.name];
    if (stated === null) continue;
    const given = stated || (setting.also && env[setting.also]) || setting.fallback;
    if (given === undefined) {
      if (!setting.optional) problems.push(`${setting.name} is not set; allowed: ${setting.allowed}.`);
      continue;
    }
    const parsed = setting.schema.safeParse(given);
    if (parsed.success) values[setting.name] = parsed.data;
    else {
      const shown = setting.secret ? `has ${given.length} characters` : `is ${JSON.stringify(given)}`;
      problems.push(`${setting.name} ${shown}; allowed: ${setting.allowed}.`);
    }
  }
  const readCa = (/** @type {string} */ name) => {
    const path = values[name];
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      problems.push(
        `${name} is "${path}" and cannot be read (${/** @type {any} */ (error).code}); mount the CA there.`,
      );
      return undefined;
    }
  };
  const verifyPostgres = values.PGSSLMODE !== undefined && values.PGSSLMODE !== "disable";
  const postgresCa = verifyPostgres ? readCa("PGSSLROOTCERT") : undefined;
  if (verifyPostgres && values.PGSSLROOTCERT === undefined) {
    problems.push(
      `PGSSLROOTCERT is not set; with PGSSLMODE=${values.PGSSLMODE} it is the path of the CA that signed Postgres.`,
    );
  }
  const redisCa = values.REDIS_TLS === "1" ? readCa("REDIS_CA") : undefined;
  if (values.REDIS_TLS === "1" && values.REDIS_TLS_MODE === "verify-ca" && values.REDIS_CA === undefined) {
    problems.push(
      "REDIS_CA is not set; with REDIS_TLS_MODE=verify-ca it is the path of the CA that signed Redis and nobody else.",
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);

  return Object.freeze({
    role,
    host: values.HOST,
    port: values.PORT,
    stage: values.STAGE,
    version: values.VERSION,
    /** In Kubernetes the host name of a pod is its name. */
    pod: hostname(),
    logLevel: values.LOG_LEVEL,
    publicUrl: values.PUBLIC_URL.replace(/\/$/, ""),
    secureCookies: values.PUBLIC_URL.startsWith("https:"),
    chatUrl: values.CHAT_URL,
    postgres: {
      host: values.PGHOST,
      port: values.PGPORT,
      database: values.PGDATABASE,
      user: values.PGUSER,
      password: values.PGPASSWORD,
      // Given even when false: left out, pg would read PGSSLMODE itself, with other rules.
      ssl: verifyPostgres ? verifiedTls({ host: values.PGHOST, mode: values.PGSSLMODE, ca: postgresCa }) : false,
      max: values.PG_POOL_SIZE,
    },
    redis: {
      host: values.REDIS_HOST,
      port: values.REDIS_PORT,
      db: values.REDIS_DATABASE,
      username: values.REDIS_USERNAME,
      password: values.REDIS_PASSWORD,
      ...(values.REDIS_TLS === "1"
        ? { tls: verifiedTls({ host: values.REDIS_HOST, mode: values.REDIS_TLS_MODE, ca: redisCa }) }
        : {}),
    },
    /** These are there for the role `web` alone. */
    sessionSecret: values.SESSION_SECRET,
    /** Of pods before and after a change of the secret. @type {string[]} */
    acceptedSessionSecrets: values.SESSION_SECRET_ACCEPTED ?? [],
    chatTokenKey: values.CHAT_TOKEN_KEY,
    requireSecondFactor: values.REQUIRE_SECOND_FACTOR === "1",
    jobConcurrency: values.JOB_CONCURRENCY,
    jobTimeoutSeconds: values.JOB_TIMEOUT_SECONDS,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    activityDays: values.ACTIVITY_DAYS,
    /** For the migration, while there is no user: the password may be gone from the settings afterwards. */
    firstAdmin:
      values.ADMIN_EMAIL && values.ADMIN_PASSWORD
        ? { email: values.ADMIN_EMAIL, password: values.ADMIN_PASSWORD }
        : undefined,
    /** Which role of Postgres may read what the chat must know; undefined: none. */
    chatDatabaseRole: /** @type {string | undefined} */ (values.CHAT_DATABASE_ROLE),
  });
}

/**
 * A secret, from its variable or from the file that `<name>_FILE` names (without the line break at its end): a file is
 * in no list of a process's environment.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} problems gets what is wrong about it
 * @returns {string | undefined | null} null after a problem
 */
function secretOf(name, env, problems) {
  const variable = `${name}_FILE`;
  const path = env[variable];
  if (!path) return env[name];
  if (env[name]) {
    problems.push(`${name} and ${variable} are both set; set one of them.`);
    return null;
  }
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    problems.push(`${variable} is "${path}" and cannot be read (${code}); mount the secret there or set ${name}.`);
    return null;
  }
}

/** @typedef {ReturnType<typeof readConfig>} Config */

/** @returns {Setting} */
function number(/** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to, fallback = "") {
  return { name, schema: whole(from, to), allowed: `a whole number from ${from} to ${to}`, fallback };
}

/** @returns {Setting} */
function word(/** @type {string} */ name, /** @type {RegExp} */ pattern, /** @type {string} */ allowed, fallback = "") {
  return { name, schema: text(pattern), allowed, fallback };
}

/** @returns {Setting} */
function secret(/** @type {string} */ name, /** @type {number} */ least) {
  return { name, schema: z.string().min(least), allowed: `at least ${least} characters`, secret: true };
}
