import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect as connectPlain } from "node:net";
import { after, before, describe, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { nginxConf } from "../../../components/ingress/nginxConf";
import { chatHost, panelHost, sampleArgs } from "./confSample";
import { makePair, NginxProcess } from "./nginxProcess";

const hosts = [panelHost, chatHost];

/** A server that says what it was asked. */
async function echo(name: string): Promise<Server> {
  const server = createServer((incoming, answer) => {
    const { host, "x-forwarded-for": client } = incoming.headers;
    answer.end(JSON.stringify({ name, path: incoming.url, host, client }));
  });
  server.on("upgrade", (incoming, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.on("data", (data: Buffer) => socket.write(`echo ${data.toString()}`));
    socket.on("error", () => {});
    void incoming;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

const args = sampleArgs({
  challenges: [
    { hostname: panelHost, upstream: { name: "solver-0", host: "solver-0", port: 8089 } },
    { hostname: chatHost, upstream: { name: "solver-1", host: "solver-1", port: 8089 } },
  ],
  certificateRead: "handshake",
});

const servers: Server[] = [];
let upstreams: Record<string, number>;
before(async () => {
  const [panel, chat, solver] = await Promise.all([echo("panel"), echo("chat"), echo("solver")]);
  servers.push(panel, chat, solver);
  // Nobody listens where the second host's solver would be, as while no question is open.
  const unused = await echo("unused");
  const nobody = portOf(unused);
  unused.close();
  upstreams = {
    "panel:3000": portOf(panel),
    "chat:4000": portOf(chat),
    "solver-0:8089": portOf(solver),
    "solver-1:8089": nobody,
  };
});
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** A new TLS connection, never one that goes on with an earlier session. */
async function handshake(port: number, servername: string): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", servername, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  return socket;
}

async function commonName(port: number): Promise<string> {
  const socket = await handshake(port, panelHost);
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

function plainGet(port: number, host: string, path: string) {
  return new Promise<{ status: number; body: string; location: string | undefined }>((resolve, reject) => {
    request({ port, host: "127.0.0.1", path, headers: { host } }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body, location: answer.headers.location }));
    })
      .on("error", reject)
      .end();
  });
}

describe("a certificate that is renewed in its place", () => {
  const nginx = new NginxProcess();
  before(async () => {
    nginx.secret.write(makePair("first", hosts));
    await nginx.start(nginxConf(args), upstreams);
  });
  after(() => nginx.stop());

  test("is served from the next handshake on, and open connections go on", async () => {
    const { https } = nginx.ports;
    assert.equal(await commonName(https), "first");
    const open = await handshake(https, chatHost);
    open.write(`GET /socket HTTP/1.1\r\nHost: ${chatHost}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    assert.match(String((await once(open, "data"))[0]), /^HTTP\/1\.1 101/);

    nginx.secret.write(makePair("second", hosts));
    assert.equal(await commonName(https), "second");
    assert.equal(open.getPeerCertificate().subject.CN, "first");
    open.write("still here");
    assert.equal(String((await once(open, "data"))[0]), "echo still here");
    open.destroy();
  });

  test("that does not fit its key costs handshakes, not the process, and the next one is served", async () => {
    const { https, health } = nginx.ports;
    const [one, two] = [makePair("third", hosts), makePair("fourth", hosts)];
    nginx.secret.write({ certificate: one.certificate, key: two.key });
    await assert.rejects(commonName(https));
    assert.equal((await fetch(`http://127.0.0.1:${health}/healthz`)).status, 200);
    nginx.secret.write(two);
    assert.equal(await commonName(https), "fourth");
  });

  test("is given to no host that is not ours", async () => {
    const socket = connect({
      port: nginx.ports.https,
      host: "127.0.0.1",
      servername: "other.example.com",
      rejectUnauthorized: false,
    });
    const [error] = (await once(socket, "error")) as [Error];
    assert.match(error.message, /unrecognized name|handshake failure/);
  });
});

describe("an ACME authority's questions", () => {
  const nginx = new NginxProcess();
  before(async () => {
    nginx.secret.write(makePair("temporary", hosts));
    await nginx.start(nginxConf(args), upstreams);
  });
  after(() => nginx.stop());

  const question = "/.well-known/acme-challenge/token-1";

  test("reach the solver of that host with the host's name, over plain HTTP and without a redirect", async () => {
    const answer = await plainGet(nginx.ports.http, panelHost, question);
    assert.equal(answer.status, 200);
    const { name, path, host } = JSON.parse(answer.body);
    assert.deepEqual({ name, path, host }, { name: "solver", path: question, host: panelHost });
  });

  test("find nothing while there is no solver, and nothing for a host that is not ours", async () => {
    assert.equal((await plainGet(nginx.ports.http, chatHost, question)).status, 404);
    assert.equal((await plainGet(nginx.ports.http, "other.example.com", question)).status, 404);
  });

  test("are the only thing that is not sent to HTTPS", async () => {
    for (const path of [
      "/",
      "/.well-known/security.txt",
      "/.well-known/acme-challenge",
      "/.well-known/acme-challenge/a/b",
    ]) {
      const { status, location } = await plainGet(nginx.ports.http, panelHost, path);
      assert.equal(status, 308, path);
      assert.equal(location, `https://${panelHost}${path}`);
    }
  });
});

describe("the PROXY protocol", () => {
  const nginx = new NginxProcess();
  before(async () => {
    nginx.secret.write(makePair("proxied", hosts));
    const clientAddress = { from: "proxyProtocol" as const, trustedProxies: ["127.0.0.0/8"] };
    await nginx.start(nginxConf({ ...args, certificateRead: "start", clientAddress }), upstreams);
  });
  after(() => nginx.stop());

  /** Sends `head` and then a request, as a balancer does, and gives the answer. */
  async function ask(head: string, path: string): Promise<string> {
    const socket = connectPlain(nginx.ports.http, "127.0.0.1");
    socket.end(`${head}GET ${path} HTTP/1.1\r\nHost: ${panelHost}\r\nConnection: close\r\n\r\n`);
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    return text;
  }

  test("names the client, whom the log and the apps then see", async () => {
    const head = "PROXY TCP4 203.0.113.7 198.51.100.1 50000 80\r\n";
    assert.match(await ask(head, "/somewhere"), /^HTTP\/1\.1 308/);
    const socket = connectPlain(nginx.ports.https, "127.0.0.1");
    socket.write("PROXY TCP4 203.0.113.7 198.51.100.1 50000 443\r\n");
    const secure = connect({ socket, servername: panelHost, rejectUnauthorized: false });
    secure.write(`GET /page HTTP/1.1\r\nHost: ${panelHost}\r\nConnection: close\r\n\r\n`);
    let text = "";
    for await (const chunk of secure) text += String(chunk);
    assert.match(text, /"client":"203\.0\.113\.7"/);
    assert.match(
      nginx.accessLog,
      /"client":"203\.0\.113\.7","host":"panel\.example\.com","method":"GET","path":"\/page"/,
    );
  });

  test("is needed on the public ports and not on the health port", async () => {
    assert.doesNotMatch(await ask("", "/"), /^HTTP\/1\.1 [23]/);
    assert.equal((await fetch(`http://127.0.0.1:${nginx.ports.health}/healthz`)).status, 200);
  });
});
