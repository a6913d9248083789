import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { serverCertificate } from "./serverCertificate";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Servers on loopback that have the names of hosts of the internet, with certificates of an authority of their own. They
 * are behind a proxy, which is how a program that asks for the real addresses comes to them.
 */
export class FakeInternet {
  /** What the proxy was asked for, as `host:port`. */
  readonly asked: string[] = [];
  /** Requests to the hosts, as `host path`. */
  readonly requests: string[] = [];
  /** What the proxy does in place of a tunnel. */
  refuse: ((socket: Socket) => void) | undefined;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #port = 0;

  /** @param folder where the authority's certificate is put */
  constructor(
    private readonly folder: string,
    private readonly hosts: Readonly<Record<string, Handler>>,
  ) {}

  async start(): Promise<this> {
    const { certificate, key, authority } = await serverCertificate(...Object.keys(this.hosts));
    writeFileSync(join(this.folder, "authority.pem"), authority);
    const secure = { cert: certificate, key };
    const server = createSecureServer(secure, (request, response) => {
      const { host = "" } = request.headers;
      this.requests.push(`${host} ${request.url}`);
      this.hosts[host]!(request, response);
    });
    const port = await this.#listen(server);
    const proxy = createServer((_request, response) => response.writeHead(405).end());
    proxy.on("connect", ({ url = "" }: IncomingMessage, client: Socket) => {
      this.asked.push(url);
      client.on("error", () => {});
      if (this.refuse) return this.refuse(client);
      const upstream = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on("error", () => client.destroy());
      client.on("close", () => upstream.destroy());
    });
    this.#port = await this.#listen(proxy);
    return this;
  }

  /** Variables of a program that is to come here. */
  get env(): Record<string, string> {
    return { HTTPS_PROXY: `http://127.0.0.1:${this.#port}`, NODE_EXTRA_CA_CERTS: join(this.folder, "authority.pem") };
  }

  stop(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    return new Promise((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
    );
  }
}
