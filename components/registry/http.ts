import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as tls from "node:tls";

/** One request to a registry. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
  /** Milliseconds of silence after which it is given up. */
  readonly patience: number;
  readonly signal?: AbortSignal;
}

/** Sends a request and gives its answer back with the body unread. Redirects are left to the caller. */
export function send({ method, url, headers, body, patience, signal }: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === "http:" ? plainRequest : secureRequest;
    const length = body instanceof Buffer ? { "content-length": String(body.length) } : {};
    const request = start(
      url,
      {
        method,
        headers: { "user-agent": "switchboard", ...length, ...headers },
        timeout: patience,
        signal,
        ...(url.protocol === "https:" && { ca: authorities() }),
      },
      resolve,
    );
    // `timeout` alone covers silence on the socket, not a name lookup that hangs.
    const lookup = setTimeout(() => request.destroy(new Error("no answer in time")), patience);
    request.on("socket", (socket) =>
      socket.once(url.protocol === "http:" ? "connect" : "secureConnect", () => clearTimeout(lookup)),
    );
    request.on("response", () => clearTimeout(lookup));
    request.on("close", () => clearTimeout(lookup));
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
    if (body === undefined || body instanceof Buffer) request.end(body);
    else pipeline(body, request).catch(reject);
  });
}

/** The whole body of an answer. @throws where it is longer than `most` bytes */
export async function bodyOf(answer: IncomingMessage, most = 16 * 1024 ** 2): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > most) throw new Error(`the answer is longer than ${most} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

let trusted: string[] | undefined;

/** Node's authorities and this machine's, as Docker has them: companies have some of their own. Older Node.js has no way to ask. */
export function authorities(): string[] | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => string[] };
  if (getCACertificates) trusted ??= [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
  return trusted;
}
