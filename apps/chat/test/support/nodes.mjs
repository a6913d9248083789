// Starts nodes of the release and talks to them, for cluster.test.mjs.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";

export const release = process.env.CHAT_RELEASE;
const work = process.env.CHAT_TEST_WORK;
export const tokenKey = "the key that panel and chat share 0123456789";
export const cookie = "a-cookie-that-must-not-show-up-anywhere";
export const origin = "https://panel.localhost:8443";

const cookieFile = join(work, "cookie");
writeFileSync(cookieFile, `${cookie}\n`);

/** A port that nothing listens on, on every loopback address. */
export async function freePort() {
  const server = createServer().listen(0, "0.0.0.0");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as the panel signs it; `claims` overrides, `options` for wrong ones. */
export function token(claims = {}, { key = tokenKey, header = { alg: "HS256", typ: "JWT" } } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const body = { sub: "1", name: "Ada", rooms: ["general"], iat: now, exp: now + 3600, aud: "chat", ...claims };
  const signed = `${encode(header)}.${encode(body)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

const running = new Set();

/** Every node that was started, with what it wrote. */
export const started = [];

/** Ends every node that a test left behind. */
export function killAll() {
  for (const node of running) node.process.kill("SIGKILL");
}

/** One node of the release, with its own address, HTTP port and temporary folder. */
export class ChatNode {
  constructor(address, settings = {}) {
    this.address = address;
    this.settings = settings;
    this.output = "";
    this.errors = "";
  }

  env(extra = {}) {
    return {
      PATH: process.env.PATH,
      PGHOST: process.env.PGHOST,
      PGPORT: process.env.PGPORT,
      PGUSER: process.env.PGUSER,
      PGPASSWORD: process.env.PGPASSWORD,
      PGDATABASE: process.env.PGDATABASE,
      PGSSLMODE: "disable",
      CHAT_TOKEN_KEY: tokenKey,
      CHAT_COOKIE_FILE: cookieFile,
      ALLOWED_ORIGINS: origin,
      STAGE: "test",
      VERSION: "src-test",
      RELEASE_TMP: join(work, `tmp-${this.address}`),
      POD_IP: this.address,
      ...this.settings,
      ...extra,
    };
  }

  async start() {
    this.port = await freePort();
    mkdirSync(join(work, `tmp-${this.address}`), { recursive: true });
    this.process = spawn(join(release, "bin/chat"), ["start"], {
      env: this.env({ PORT: String(this.port) }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this);
    started.push(this);
    this.exited = once(this.process, "exit").then(([code, signal]) => {
      running.delete(this);
      return { code, signal };
    });
    this.process.stdout.on("data", (data) => (this.output += data));
    this.process.stderr.on("data", (data) => (this.errors += data));
    await eventually(
      async () => (await this.get("/startupz")).status === 200,
      `${this.address} starts\n${this.errors}`,
    );
    return this;
  }

  /** Runs a command of the release: eval, rpc ... */
  async command(args, extra = {}) {
    const child = spawn(join(release, "bin/chat"), args, { env: this.env(extra), stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    const [code] = await once(child, "close");
    return { code, stdout, stderr };
  }

  async get(path, headers = {}) {
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { headers });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      return { status: 0, text: String(error) };
    }
  }

  async json(path) {
    return JSON.parse((await this.get(path)).text);
  }

  async stop(signal = "SIGTERM") {
    this.process.kill(signal);
    return this.exited;
  }

  /** The lines of the log, each of which has to be JSON. */
  log() {
    return this.output
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
}

/** A client of the chat that remembers every frame. */
export class Client {
  constructor(node, { claims = {}, jwt = token(claims), protocols, headers, ...options } = {}) {
    this.frames = [];
    this.waiting = new Set();
    this.socket = new WebSocket(`ws://127.0.0.1:${node.port}/socket`, protocols ?? ["switchboard.v1", `token.${jwt}`], {
      origin,
      headers,
      perMessageDeflate: false,
      ...options,
    });
    this.socket.on("message", (data) => {
      const frame = JSON.parse(data);
      this.frames.push({ ...frame, received: Date.now() });
      for (const check of this.waiting) check();
    });
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => {
        resolve({ code, reason: String(reason), at: Date.now() });
        for (const check of this.waiting) check();
      });
    });
  }

  static async open(node, options) {
    const client = new Client(node, options);
    await client.next((frame) => frame.type === "welcome");
    return client;
  }

  /** Opens a socket and joins a room; gives the client when it has all that was there. */
  static async join(node, room, after = null, options = {}) {
    const client = await Client.open(node, { ...options, claims: { rooms: [room], ...options.claims } });
    client.send({ type: "join", room, after });
    await client.next((frame) => frame.type === "joined" && !frame.more);
    return client;
  }

  send(frame) {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Sends a message and waits for its acknowledgement (or error). */
  async say(room, body, id = randomUUID()) {
    this.send({ type: "message", room, id, body });
    return this.next((frame) => frame.id === id && (frame.type === "ack" || frame.type === "error"));
  }

  /** The first frame, past or future, that `test` is true for. */
  async next(test, timeout = 8000) {
    const found = () => this.frames.find(test);
    if (!found()) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          this.waiting.delete(check);
          reject(new Error(`no such frame within ${timeout} ms: ${test}\n${JSON.stringify(this.frames.slice(-5))}`));
        }, timeout);
        const check = () => {
          if (!found()) return;
          clearTimeout(timer);
          this.waiting.delete(check);
          resolve();
        };
        this.waiting.add(check);
      });
    }
    return found();
  }

  /** The numbers of all messages that were shown, in the order in which they came. */
  seqs() {
    return this.frames.flatMap((frame) =>
      frame.type === "joined" ? frame.messages.map((m) => m.seq) : frame.type === "message" ? [frame.seq] : [],
    );
  }

  close() {
    this.socket.close();
    return this.closed;
  }
}

/** Status and error code with which a handshake is refused. */
export async function refusal(node, options) {
  const client = new Client(node, options);
  return new Promise((resolve, reject) => {
    client.socket.on("open", () => reject(new Error("the handshake was accepted")));
    client.socket.on("unexpected-response", (_request, response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("end", () => resolve(`${response.statusCode} ${JSON.parse(text).error.code}`));
    });
  });
}

/** A TCP proxy to Postgres that can be broken and mended. */
export class Outage {
  async start() {
    this.sockets = new Set();
    this.server = createServer((near) => {
      if (this.broken) return near.destroy();
      const far = createConnection(Number(process.env.PGPORT), process.env.PGHOST);
      for (const [a, b] of [
        [near, far],
        [far, near],
      ]) {
        this.sockets.add(a);
        a.on("error", () => {});
        a.on("close", () => b.destroy());
        a.pipe(b);
      }
    }).listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
    return this;
  }

  break() {
    this.broken = true;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  mend() {
    this.broken = false;
  }

  stop() {
    this.break();
    this.server.close();
  }
}

export async function eventually(check, what, timeout = 15_000) {
  const end = Date.now() + timeout;
  while (!(await check())) {
    if (Date.now() > end) assert.fail(`not within ${timeout} ms: ${what}`);
    await sleep(50);
  }
}

export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
export const roomName = () => `room-${randomUUID().slice(0, 8)}`;
export { randomUUID, sleep };
