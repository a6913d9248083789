import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { type NginxConfArgs, nginxConf } from "../../../components/ingress/nginxConf";
import { chatHost, panelHost } from "./confSample";
import { makePair, NginxProcess } from "./nginxProcess";
import { UpstreamServer } from "./upstream";

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The real NGINX with a panel and a chat behind it, for tests that speak to it byte by byte. */
export class FrontDoor {
  readonly nginx = new NginxProcess();
  readonly panel = new UpstreamServer();
  readonly chat = new UpstreamServer();

  /** @param change what is exchanged in the finished text, such as waits that are too long for a test */
  async open(args: NginxConfArgs, change: (conf: string) => string = (conf) => conf): Promise<this> {
    const hosts = [...new Set([panelHost, chatHost, ...args.routes.map(({ hostname }) => hostname)])];
    this.nginx.secret.write(makePair("front-door", hosts));
    await Promise.all([this.panel.start(), this.chat.start()]);
    const upstreams = { "panel:3000": this.panel.port, "chat:4000": this.chat.port };
    await this.nginx.start(change(nginxConf(args)), upstreams);
    return this;
  }

  async close(): Promise<void> {
    await this.nginx.stop();
    this.panel.stop();
    this.chat.stop();
  }

  /** A new TLS connection for this host. */
  async connection(servername: string, alpn = "http/1.1"): Promise<TLSSocket> {
    const { https: port } = this.nginx.ports;
    const socket = connect({ port, host: "127.0.0.1", servername, ALPNProtocols: [alpn], rejectUnauthorized: false });
    await once(socket, "secureConnect");
    return socket;
  }

  /** Sends these bytes and gives everything that comes until NGINX closes. */
  async exchange(servername: string, bytes: string): Promise<string> {
    const socket = await this.connection(servername);
    socket.on("error", () => {});
    socket.write(bytes);
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    return text;
  }

  /**
   * One request whose first line is sent as it is written here.
   *
   * @param host the SNI, and the Host where `headers` has none
   */
  async ask(host: string, path: string, { method = "GET", headers = {}, body = "" }: Ask = {}): Promise<RawAnswer> {
    const all = { Host: host, Connection: "close", ...(body && { "Content-Length": body.length }), ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return parsed(await this.exchange(host, `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`));
  }

  /** Begins a WebSocket; the connection stays open where it was taken. */
  async upgrade(host: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Upgraded> {
    const socket = await this.connection(host);
    const all = { ...webSocket, Host: host, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.on("error", () => {});
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    const [first] = (await once(socket, "data")) as [Buffer];
    return { socket, ...parsed(String(first)) };
  }
}

interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Upgraded extends RawAnswer {
  readonly socket: TLSSocket;
}

/** What a browser sends for a WebSocket. */
export const webSocket = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

function parsed(text: string): RawAnswer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line) => /^([^:]+): ?(.*)$/.exec(line)!.slice(1) as [string, string]);
  return {
    status: Number(first.split(" ")[1]),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: rest.join("\r\n\r\n"),
  };
}
