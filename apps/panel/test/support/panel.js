import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { createDatabase, ended, freePort, startRedis } from "./services.js";

const main = fileURLToPath(new URL("../../src/main.js", import.meta.url));
/** The first administrator: `first` comes from the settings, `password` is chosen at the first log-in. */
export const admin = {
  email: "admin@example.com",
  first: "first-password-of-admin",
  password: "what the admin chose instead",
};
/** The two halves of the key of chat tokens, PEM. */
export const chatToken = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** What runs, with the database it uses. @type {Map<import("node:child_process").ChildProcess, string | undefined>} */
const running = new Map();

/** A database, a Redis and the environment of a panel that uses them. */
export async function startBackends() {
  const [database, redis] = await Promise.all([createDatabase(), startRedis()]);
  const folder = mkdtempSync(join(tmpdir(), "panel-test-"));
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    STAGE: "test",
    VERSION: "src-0123456789ab",
    PUBLIC_URL: "https://panel.localhost:8443",
    CHAT_URL: "wss://chat.localhost:8443/socket",
    SESSION_SECRET: "a-session-secret-of-at-least-32-characters",
    CHAT_TOKEN_KEY: chatToken.privateKey,
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.first,
    SHUTDOWN_SECONDS: "5",
    HEARTBEAT_FILE: join(folder, "heartbeat"),
    ...database.app,
    ...redis.env,
  };
  const backends = {
    env,
    /** What the migration logs in with, in the place of the serving pods' role. */
    owner: database.owner,
    /** Runs the migration as its Job does. @param {Record<string, string | undefined>} [changes] */
    migrate: (changes = {}) => runCommand({ ...env, ...database.owner, ...changes }, "migrate"),
    /** Runs one statement as the superuser: what a test does to the panel, not what the panel does. */
    sql: (/** @type {string} */ text, /** @type {unknown[]} */ values = []) =>
      ask({ ...database.asSuperuser, options: "-c search_path=panel" }, text, values),
    /** Runs one statement as the chat's pods would. */
    sqlOfChat(/** @type {string} */ text, /** @type {unknown[]} */ values = []) {
      const { PGHOST: host, PGPORT: port, PGDATABASE, PGUSER: user, PGPASSWORD: password } = database.chat;
      const { ssl } = database.asSuperuser;
      return ask({ host, port: Number(port), database: PGDATABASE, user, password, ssl }, text, values);
    },
    redis,
    /** Ends Redis and whatever a failed test left running. */
    async stop() {
      const own = [...running.keys()].filter((child) => running.get(child) === env.PGDATABASE);
      await Promise.all(own.map((child) => ended(child, "SIGKILL")));
      await backends.redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return backends;
}

/** @param {import("pg").ClientConfig} options @param {string} text @param {unknown[]} values */
async function ask(options, text, values) {
  const client = new pg.Client(options);
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

/**
 * Starts the panel in a process of its own, as its container does.
 *
 * @param {Record<string, string | undefined>} env
 * @param {string[]} args
 */
export function startProcess(env, ...args) {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  running.set(child, env.PGDATABASE);
  child.once("exit", () => running.delete(child));
  const output = { out: "", err: "" };
  child.stdout.on("data", (data) => {
    output.out += data;
  });
  child.stderr.on("data", (data) => {
    output.err += data;
  });
  return {
    child,
    output,
    /** Its JSON log lines so far. */
    log: () =>
      output.out
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line)),
    exit: new Promise((resolve) => child.once("close", (code) => resolve(code))),
    end: (/** @type {string} */ signal = "SIGTERM") => ended(child, signal),
  };
}

/** Runs a command to its end. @param {Record<string, string | undefined>} env @param {string[]} args */
export async function runCommand(env, ...args) {
  const running = startProcess(env, ...args);
  const code = await running.exit;
  return { code, ...running.output, log: running.log() };
}

/** Starts the web role and waits until it is ready. @param {Record<string, string | undefined>} env */
export async function startWeb(env, port = 0) {
  const chosen = port || (await freePort());
  const web = startProcess({ ...env, PORT: String(chosen) }, "web");
  const url = `http://127.0.0.1:${chosen}`;
  await until(
    async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200,
    () => `the panel is not ready: ${web.output.err || web.output.out}`,
  );
  return { ...web, url, port: chosen };
}

/** Waits until `condition` holds; the limit is for machines that are busy. */
export async function until(
  /** @type {() => unknown} */ condition,
  /** @type {() => string} */ otherwise = () => "it did not come true",
  seconds = 60,
) {
  for (const end = Date.now() + seconds * 1000; !(await condition()); await sleep(50)) {
    if (Date.now() > end) throw new Error(otherwise());
  }
}

/** A browser without a screen: keeps cookies, fills in form tokens, does not follow redirects. */
export class Visitor {
  /** @type {Map<string, string>} */
  cookies = new Map();

  /** Whom NGINX says the request is from. */
  address = "203.0.113.9";

  constructor(/** @type {string} */ url) {
    this.url = url;
  }

  /** @param {string} path @param {RequestInit} [init] */
  async ask(path, init = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(this.url + path, {
      ...init,
      redirect: "manual",
      headers: {
        accept: "text/html",
        "x-forwarded-proto": "https",
        "x-forwarded-for": this.address,
        ...(cookie ? { cookie } : {}),
        .../** @type {Record<string, string>} */ (init.headers),
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    const body = await answer.text();
    return { status: answer.status, headers: answer.headers, body, to: answer.headers.get("location") ?? "" };
  }

  /** Sends a form of `page` to `action`. @param {string} page @param {string} action @param {Record<string, string>} fields */
  async submit(page, action, fields = {}) {
    const token = formToken((await this.ask(page)).body);
    return this.post(action, { _csrf: token, ...fields });
  }

  /** @param {string} action @param {Record<string, string>} fields */
  post(action, fields) {
    return this.ask(action, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
  }

  logIn(/** @type {{ email: string, password: string }} */ { email, password } = admin) {
    return this.submit("/login", "/login", { email, password });
  }

  /** The chat token, as the chat page asks for it. */
  async chatToken() {
    const token = formToken((await this.ask("/chat")).body);
    const answer = await this.ask("/chat/token", { method: "POST", headers: { "csrf-token": token } });
    return { ...answer, json: answer.status === 200 ? JSON.parse(answer.body) : undefined };
  }
}

/** Does the first log-in of the first administrator, who is made to choose a password. @param {string} url */
export async function chooseAdminPassword(url) {
  const visitor = new Visitor(url);
  const { email, first, password } = admin;
  const answer = await visitor.logIn({ email, password: first });
  if (answer.to !== "/account/password") throw new Error(`the first log-in answers ${answer.status} to ${answer.to}`);
  const fields = { current: first, next: password, again: password };
  const changed = await visitor.submit("/account/password", "/account/password", fields);
  if (changed.status !== 303) throw new Error(`choosing a password answers ${changed.status}: ${changed.body}`);
  return visitor;
}

/**
 * Signs up a user by an administrator, who has chosen a password already and is logged in.
 *
 * @param {Visitor} boss @param {string} email @param {{ role?: string, name?: string }} [user]
 */
export async function signUpMember(boss, email, { role = "member", name = "Mia Member" } = {}) {
  const answer = await boss.submit("/users", "/users", { email, name, role });
  const temporary = /id="temporary-password">([^<]+)</.exec(answer.body)?.[1] ?? "";
  if (!temporary) throw new Error(`signing up answers ${answer.status}: ${answer.body}`);
  const password = "a-password-chosen-by-me";
  const visitor = new Visitor(boss.url);
  await visitor.logIn({ email, password: temporary });
  const fields = { current: temporary, next: password, again: password };
  const changed = await visitor.submit("/account/password", "/account/password", fields);
  if (changed.status !== 303) throw new Error(`choosing a password answers ${changed.status}: ${changed.body}`);
  return { visitor, email, password };
}

/** The token in the first form of a page. */
export function formToken(/** @type {string} */ html) {
  return /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
}
