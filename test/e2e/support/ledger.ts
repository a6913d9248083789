import { randomUUID } from "node:crypto";
import { Agent, request } from "node:https";
import { ChatClient, type Frame, type Visitor } from "./client";
import type { Outputs } from "./outputs";
import { chatToken } from "./panel";
import { patience } from "./system";

/** What became of every request of a run: a pass is counted, not sampled. */
export interface RequestLedger {
  readonly sent: number;
  /** Status or error of every request that was not answered with 200. */
  readonly failed: readonly string[];
}

/** A page that answers 200, and the authority to trust. */
export interface Page {
  readonly url: string;
  readonly authority: string;
}

/** The log-in page of the panel. */
export const logInPage = ({ panelUrl, certificateAuthority }: Outputs): Page => ({
  url: new URL("/login", panelUrl).href,
  authority: certificateAuthority,
});

/**
 * Sends requests to a page, one after the other in each of `lanes`, until `stop` is called.
 *
 * @param keepAlive whether a lane keeps its connection, as browsers do, or makes one for each request
 */
export function sendRequests(page: Page, lanes: number, keepAlive: boolean): { stop(): Promise<RequestLedger> } {
  let running = true;
  let sent = 0;
  const failed: string[] = [];
  const lane = async () => {
    const agent = new Agent({ keepAlive, maxSockets: 1, ca: page.authority });
    while (running) {
      sent++;
      const answer = await ask(new URL(page.url), agent);
      if (answer !== "200") failed.push(`${new Date().toISOString()} ${answer}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    agent.destroy();
  };
  const done = Promise.all(Array.from({ length: lanes }, lane));
  return {
    async stop() {
      running = false;
      await done;
      return { sent, failed };
    },
  };
}

/** Reads the list of rooms, which Postgres has, one time after the other in each of `lanes`, until `stop` is called. */
export function readRooms(visitor: Visitor, lanes: number): { stop(): Promise<RequestLedger> } {
  let running = true;
  let sent = 0;
  const failed: string[] = [];
  const lane = async () => {
    while (running) {
      sent++;
      const answer = await visitor.send("/rooms").then(
        ({ status }) => String(status),
        (error: Error) => error.message,
      );
      if (answer !== "200") failed.push(`${new Date().toISOString()} ${answer}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const done = Promise.all(Array.from({ length: lanes }, lane));
  return {
    async stop() {
      running = false;
      await done;
      return { sent, failed };
    },
  };
}

function ask(url: URL, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const target = { host: "127.0.0.1", port: url.port || 443, servername: url.hostname, path: url.pathname };
    const sent = request({ ...target, agent, timeout: 15_000, headers: { host: url.host } }, (response) => {
      response.resume();
      response.on("end", () => resolve(String(response.statusCode)));
      response.on("error", (error) => resolve(error.message));
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 15 s")));
    sent.on("error", (error) => resolve(error.message));
    sent.end();
  });
}

/**
 * A person in a room who comes back, each one with a log-in of their own, because limits are a person's: sends a message every half second, connects again when the server says so, resumes
 * after the last message seen and sends again what was not acknowledged.
 */
export class Regular {
  /** Body to sequence number of every acknowledged message. */
  readonly acknowledged = new Map<string, number>();
  /** Sequence numbers in the order in which they came, over all connections. */
  readonly seen: number[] = [];
  connections = 0;
  readonly #pending = new Map<string, string>();
  #client: ChatClient | undefined;
  #running = true;
  readonly #done: Promise<void>;

  constructor(
    private readonly outputs: Outputs,
    private readonly visitor: Visitor,
    private readonly room: string,
    private readonly name: string,
  ) {
    this.#done = this.#live();
  }

  /** Sends no more, waits until everything is acknowledged, and leaves. @throws after `seconds` on a machine that does nothing else */
  async stop(seconds = 60): Promise<void> {
    this.#running = false;
    const end = Date.now() + seconds * patience * 1000;
    while (this.#pending.size > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
    if (this.#pending.size > 0) throw new Error(`${this.name}: ${this.#pending.size} messages were never acknowledged`);
    this.#client?.close();
    await this.#done;
  }

  async #live(): Promise<void> {
    let number = 0;
    while (this.#running || this.#pending.size > 0) {
      const client = await this.#connect();
      if (!client) continue;
      while (!client.closed && (this.#running || this.#pending.size > 0)) {
        if (this.#running) {
          const id = randomUUID();
          this.#pending.set(id, `${this.name} ${number++}`);
          client.send({ type: "message", room: this.room, id, body: this.#pending.get(id) });
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }

  async #connect(): Promise<ChatClient | undefined> {
    let client: ChatClient | undefined;
    try {
      // A new one each time, as the page does: it ends after minutes.
      const token = await chatToken(this.visitor);
      client = new ChatClient(this.outputs.chatUrl, token, this.outputs.certificateAuthority, this.outputs.panelUrl);
      client.onFrame = (frame) => this.#take(frame);
      this.#client = client;
      await client.next("welcome", (frame) => ["welcome", "closed", "failed"].includes(frame.type));
      if (client.closed || client.frames[0]?.type === "failed") throw new Error("not welcome");
      this.connections++;
      await client.join(this.room, this.seen.at(-1) ?? 0);
      for (const [id, body] of this.#pending) client.send({ type: "message", room: this.room, id, body });
      return client;
    } catch {
      client?.close();
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 800));
      return undefined;
    }
  }

  #take(frame: Frame): void {
    const messages = frame.type === "joined" ? frame.messages : frame.type === "message" ? [frame] : [];
    for (const { seq } of messages) if (seq > (this.seen.at(-1) ?? 0)) this.seen.push(seq);
    if (frame.type !== "ack") return;
    const body = this.#pending.get(frame.id);
    if (body !== undefined) this.acknowledged.set(body, frame.seq);
    this.#pending.delete(frame.id);
  }
}
