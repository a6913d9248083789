import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A request as it came through NGINX. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Bytes of its body. */
  readonly bytes: number;
}

/** A small server behind NGINX: it keeps what it was asked, and takes every WebSocket. */
export class UpstreamServer {
  readonly arrived: Arrived[] = [];
  /** How it answers. @default 200 with `ok` */
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end("ok");
  /** What a WebSocket's handshake is answered with instead of being taken. */
  refusal: string | undefined;
  readonly #sockets = new Set<Duplex>();
  readonly #server: Server = createServer({ maxHeaderSize: 128 * 1024 }, async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    this.#keep(request, bytes);
    this.answer(request, response);
  });

  async start(): Promise<this> {
    this.#server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      this.#keep(request, 0);
      if (this.refusal) return void socket.write(this.refusal);
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
      socket.on("data", (data: Buffer) => socket.write(data));
      const accept = createHash("sha1").update(
        `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
      );
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
      );
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Paths that were asked for since the last call. */
  paths(): string[] {
    return this.arrived.splice(0).map(({ path }) => path);
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close().closeAllConnections();
  }

  #keep(request: IncomingMessage, bytes: number): void {
    this.arrived.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, bytes });
  }
}
