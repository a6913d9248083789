import { randomUUID } from "node:crypto";
import { request } from "node:https";
import { WebSocket } from "ws";
import { patience } from "./system";

/** An answer of the edge. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A browser without a screen: keeps cookies, and trusts the stack's own authority and nothing else. */
export class Visitor {
  readonly #cookies = new Map<string, string>();

  constructor(
    private readonly origin: string,
    private readonly authority: string,
  ) {}

  /** One request. `*.localhost` is this machine. */
  send(
    path: string,
    options: {
      method?: string;
      form?: Record<string, string>;
      json?: object;
      text?: string;
      headers?: Record<string, string>;
      origin?: string;
    } = {},
  ): Promise<Answer> {
    const url = new URL(path, options.origin ?? this.origin);
    const body = options.form
      ? new URLSearchParams(options.form).toString()
      : ((options.json && JSON.stringify(options.json)) ?? options.text);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port: url.port || 443,
          servername: url.hostname,
          path: `${url.pathname}${url.search}`,
          method: options.method ?? (body === undefined ? "GET" : "POST"),
          ca: this.authority,
          timeout: 20_000 * patience,
          headers: {
            host: url.host,
            ...(this.#cookies.size > 0
              ? { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") }
              : {}),
            ...(body === undefined
              ? {}
              : {
                  "content-type": contentTypeOf(options),
                  "content-length": String(Buffer.byteLength(body)),
                }),
            ...options.headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            for (const cookie of response.headers["set-cookie"] ?? []) this.#keep(cookie);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`${path}: no answer within ${20 * patience} s`)));
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Sends one text to a WebSocket, and gives the first answer. @throws when there is none in time */
  echo(path: string, text: string): Promise<string> {
    const { hostname, port, host } = new URL(this.origin);
    const tls: object = { ca: this.authority, servername: hostname };
    const socket = new WebSocket(`wss://127.0.0.1:${port || 443}${path}`, { ...tls, headers: { host } });
    let timer: NodeJS.Timeout | undefined;
    return new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${path}: no answer`)), 20_000 * patience);
      socket.on("open", () => socket.send(text));
      socket.on("message", (data) => resolve(String(data)));
      socket.on("error", reject);
      socket.on("close", (code) => reject(new Error(`${path} closed with ${code}`)));
    }).finally(() => {
      // Also after an error: a timer that is left would keep the process for as long.
      clearTimeout(timer);
      socket.terminate();
    });
  }

  #keep(cookie: string): void {
    const [pair = ""] = cookie.split(";");
    const split = pair.indexOf("=");
    this.#cookies.set(pair.slice(0, split), pair.slice(split + 1));
  }

  /** Submits a form as the page at `path` has it: hidden fields are sent along. */
  async submit(path: string, fields: Record<string, string>, action = path): Promise<Answer> {
    const page = await this.send(path);
    const hidden = [...page.body.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
      /name="([^"]*)"/.exec(tag)?.[1] ?? "",
      /value="([^"]*)"/.exec(tag)?.[1] ?? "",
    ]);
    return this.send(action, { form: { ...Object.fromEntries(hidden), ...fields } });
  }
}

function contentTypeOf(options: { json?: object; text?: string }): string {
  if (options.json) return "application/json";
  return options.text === undefined ? "application/x-www-form-urlencoded" : "text/plain";
}

/** A frame of the chat. */
export type Frame = any;

/** A chat client that keeps every frame, so that what arrived is counted and not sampled. */
export class ChatClient {
  readonly frames: Frame[] = [];
  closed: { code: number; at: number } | undefined;
  /** Called with every frame as it comes. */
  onFrame: ((frame: Frame) => void) | undefined;
  readonly #socket: WebSocket;
  #wake: (() => void)[] = [];

  constructor(url: string, token: string, authority: string, origin: string) {
    const { hostname, port, pathname } = new URL(url);
    // `servername` is TLS's own option, which ws hands on and its types do not name.
    const tls: object = { ca: authority, servername: hostname };
    this.#socket = new WebSocket(`wss://127.0.0.1:${port || 443}${pathname}`, ["switchboard.v1", `token.${token}`], {
      ...tls,
      origin,
      headers: { host: port ? `${hostname}:${port}` : hostname },
    });
    this.#socket.on("message", (data) => this.#push(JSON.parse(String(data))));
    this.#socket.on("close", (code) => {
      this.closed = { code, at: Date.now() };
      this.#push({ type: "closed", code });
    });
    this.#socket.on("error", (error) => this.#push({ type: "failed", message: error.message }));
  }

  #push(frame: Frame): void {
    this.frames.push(frame);
    this.onFrame?.(frame);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** The first frame that fits, from the beginning. @throws after `seconds` on a machine that does nothing else */
  async next(what: string, fits: (frame: Frame) => boolean, seconds = 15): Promise<Frame> {
    const end = Date.now() + seconds * patience * 1000;
    for (;;) {
      const found = this.frames.find(fits);
      if (found) return found;
      const left = end - Date.now();
      if (left <= 0)
        throw new Error(
          `${what}: not within ${seconds * patience} s; got ${JSON.stringify(this.frames).slice(0, 500)}`,
        );
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  send(frame: Frame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  async join(room: string, after: number | null = null): Promise<Frame> {
    this.send({ type: "join", room, after });
    return this.next(`join ${room}`, (frame) => frame.type === "joined" && frame.room === room);
  }

  /** Sends a message and waits until it is acknowledged, which means stored. */
  async say(room: string, body: string, id: string = randomUUID()): Promise<Frame> {
    this.send({ type: "message", room, id, body });
    return this.next(`ack of ${body}`, (frame) => frame.type === "ack" && frame.id === id);
  }

  close(): void {
    this.#socket.close();
  }
}
