// What stands between the nodes and the world in the tests: ports, a breakable way to Postgres, a name server.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";

/** A port that nothing listens on, on every loopback address. */
export async function freePort() {
  const server = createServer().listen(0, "0.0.0.0");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A TCP proxy to Postgres that can be broken and mended. */
export class Outage {
  async start() {
    this.sockets = new Set();
    this.server = createServer((near) => {
      if (this.broken) return near.destroy();
      const far = createConnection(Number(process.env.PGPORT), process.env.PGHOST);
      for (const [a, b] of [
        [near, far],
        [far, near],
      ]) {
        this.sockets.add(a);
        a.on("error", () => {});
        a.on("close", () => b.destroy());
        a.pipe(b);
      }
    }).listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
    return this;
  }

  break() {
    this.broken = true;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  mend() {
    this.broken = false;
  }

  stop() {
    this.break();
    this.server.close();
  }
}

/** A DNS server that answers every question for A records with `addresses`, which a test may change. */
export class Dns {
  addresses = [];

  async start() {
    this.socket = createSocket("udp4").on("message", (query, from) => {
      // The header (12 bytes), then the question: labels up to an empty one, type, class.
      const question = query.subarray(12, query.indexOf(0, 12) + 5);
      const head = Buffer.from(query.subarray(0, 12));
      head.writeUInt16BE(0x8180, 2);
      head.writeUInt16BE(this.addresses.length, 6);
      head.fill(0, 8);
      const answers = this.addresses.map((address) =>
        Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, ...address.split(".").map(Number)]),
      );
      this.socket.send(Buffer.concat([head, question, ...answers]), from.port, from.address);
    });
    this.socket.bind(0, "127.0.0.1");
    await once(this.socket, "listening");
    const file = join(process.env.CHAT_TEST_WORK, "inetrc");
    writeFileSync(file, `{resolv_conf, ""}.\n{nameserver, {127,0,0,1}, ${this.socket.address().port}}.\n`);
    return { ERL_INETRC: file, CLUSTER_PEERS: "", CLUSTER_SERVICE: "chat-headless.switchboard.svc.cluster.local" };
  }

  stop() {
    this.socket.close();
  }
}
