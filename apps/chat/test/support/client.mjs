// A client of the chat, and the tokens that the panel would sign for it.
import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import WebSocket from "ws";

/** The key pair of the panel, another one of a run. */
export const keys = generateKeyPairSync("ed25519");
export const publicPem = (pair = keys) => pair.publicKey.export({ type: "spki", format: "pem" });
export const origin = "https://panel.localhost:8443";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as the panel signs it; `claims` overrides, `options` for wrong ones (`secret` signs with HMAC). */
export function token(claims = {}, { pair = keys, header = { alg: "EdDSA", typ: "JWT" }, secret } = {}) {
  const now = Date.now() / 1000;
  const body = {
    sub: "1",
    name: "Ada",
    rooms: ["general"],
    iat: now,
    nbf: now,
    exp: now + 300,
    aud: "chat",
    sid: `session-of-${claims.sub ?? "1"}`,
    jti: "panel-request-1",
    ...claims,
  };
  const signed = `${encode(header)}.${encode(body)}`;
  const signature = secret
    ? createHmac("sha256", secret).update(signed).digest()
    : sign(null, Buffer.from(signed), pair.privateKey);
  return `${signed}.${signature.toString("base64url")}`;
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
  async next(test, timeout = 60_000) {
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
