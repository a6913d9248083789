// Starts nodes of the release that test/run.sh built, and ends them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { keys, origin, publicPem } from "./client.mjs";
import { freePort } from "./network.mjs";

const release = process.env.CHAT_RELEASE;
const work = process.env.CHAT_TEST_WORK;
export const cookie = "a-cookie-that-must-not-show-up-anywhere";

const cookieFile = join(work, `cookie-${process.pid}`);
writeFileSync(cookieFile, `${cookie}\n`);
const keysFile = join(work, `keys-${process.pid}.pem`);
writeFileSync(keysFile, publicPem());
const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }).split("\n")[1];

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
      PGSSLMODE: process.env.PGSSLMODE,
      PGSSLROOTCERT: process.env.PGSSLROOTCERT,
      CHAT_TOKEN_PUBLIC_KEYS_FILE: keysFile,
      TOKEN_REVOCATIONS: "panel.chat_revocations",
      // One user of the tests has many sockets; what it may have is tested in users.test.mjs.
      SOCKETS_PER_USER: "0",
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
    appendFileSync(join(work, "pids"), `${this.process.pid}\n`);
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

/** The same node once more, with another port for clients. */
export const restart = (node) => new ChatNode(node.address, node.settings).start();

/** Waits until each of the nodes sees `count` nodes, itself included. */
export const together = (count, ...nodes) =>
  eventually(
    async () => (await Promise.all(nodes.map((node) => node.json("/cluster")))).every((c) => c.nodes.length === count),
    `${count} nodes see each other`,
  );

/** The log-in of the migration, which owns the tables; the pods have another. */
export const owner = { PGUSER: process.env.CHAT_TEST_OWNER, PGPASSWORD: process.env.CHAT_TEST_OWNER_PASSWORD };

/** Settings of a cluster of its own, and its tables. */
export async function cluster(...addresses) {
  const settings = {
    DIST_PORT: String(await freePort()),
    CLUSTER_PEERS: addresses.join(),
    DRAIN_SECONDS: "5",
    MESSAGES_PER_SECOND: "10000",
  };
  // Without the cookie, which the Job that migrates does not have.
  const migrate = ["eval", "Chat.Release.migrate()"];
  const { code, stderr } = await new ChatNode("127.0.0.1", settings).command(migrate, {
    CHAT_COOKIE_FILE: "/nowhere",
    ...owner,
  });
  assert.equal(code, 0, stderr);
  return settings;
}

/** Every line of every node so far is JSON with the agreed fields, and none holds a secret or `words` of messages. */
export function checkLogs(...words) {
  for (const node of started) {
    for (const line of node.log())
      for (const field of ["time", "level", "role", "stage", "version", "node", "msg"]) assert.ok(line[field], field);
    for (const secret of [privateKey, cookie, process.env.PGPASSWORD, "eyJ", ...words])
      assert.ok(!`${node.output}${node.errors}`.includes(secret), `the log holds "${secret}"`);
  }
}

/** Waits until something is true; the limit is for machines that are busy. */
export async function eventually(check, what, timeout = 120_000) {
  const end = Date.now() + timeout;
  while (!(await check())) {
    if (Date.now() > end) assert.fail(`not within ${timeout} ms: ${what}`);
    await sleep(50);
  }
}

export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
export const roomName = () => `room-${randomUUID().slice(0, 8)}`;
export { randomUUID, sleep };

/**
 * Two nodes that know each other, for all tests of a file; they end with its last one.
 * @param more settings of both, beside what a cluster needs
 */
export async function pair(one, two, more = {}) {
  after(killAll);
  const common = { ...(await cluster(one, two)), ...more };
  const [first, second] = await Promise.all([new ChatNode(one, common).start(), new ChatNode(two, common).start()]);
  await together(2, first, second);
  return { common, first, second };
}
