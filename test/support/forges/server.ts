import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a fake forge sees it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: any;
  readonly token: string;
  /** Where the server is reached, for links. */
  readonly origin: string;
}

/** What a fake forge answers. */
export interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that takes the place of the real one; `after` lets the request happen first, as a lost answer does. */
export interface Fault extends Answered {
  /** The requests that it is for. */
  readonly on: (asked: Asked) => boolean;
  readonly after?: boolean;
  /** Closes the connection without an answer. */
  readonly cut?: boolean;
  /** How often. */
  times: number;
}

/** A local HTTP server that answers as a forge's API does, with faults and delays by request. */
export abstract class FakeForge {
  /** Every request, in the order of arrival: `GET /repos/…`. */
  readonly log: string[] = [];
  readonly faults: Fault[] = [];
  /** Milliseconds from arrival to effect, and from effect to answer. */
  latency: (asked: Asked) => readonly [number, number] = () => [0, 0];
  private server?: Server;
  origin = "";

  /** What the API does. */
  protected abstract answer(asked: Asked): Answered;

  async start(): Promise<this> {
    this.server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.origin = `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Requests so far that change something. */
  writes(): string[] {
    return this.log.filter((line) => !line.startsWith("GET") && !line.includes("graphql"));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const asked: Asked = {
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      body: text ? JSON.parse(text) : undefined,
      token: String(request.headers.authorization ?? request.headers["private-token"] ?? "").replace(/^\w+ /, ""),
      origin: this.origin,
    };
    this.log.push(`${asked.method} ${asked.path}`);
    const [before, behind] = this.latency(asked);
    if (before > 0) await new Promise((resolve) => setTimeout(resolve, before));
    const fault = this.faults.find(({ on, times }) => times > 0 && on(asked));
    if (fault) fault.times--;
    const real = !fault || fault.after ? this.answer(asked) : undefined;
    if (behind > 0) await new Promise((resolve) => setTimeout(resolve, behind));
    if (fault?.cut) return void response.destroy();
    const { status, body, headers } = fault ?? real!;
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }
}
