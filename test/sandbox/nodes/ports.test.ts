import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { listeningInode, portHolder } from "../../../sandbox/nodes/ports";

const header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`;

test("a listener on the loopback or on every address holds the port", () => {
  assert.equal(listeningInode([header, line("0100007F:20FB", "0A", 7)].join("\n"), 8443), "7");
  assert.equal(listeningInode([header, line("00000000:20FB", "0A", 8)].join("\n"), 8443), "8");
  const everyIpv6 = "00000000000000000000000000000000:20FB";
  assert.equal(listeningInode([header, line(everyIpv6, "0A", 9)].join("\n"), 8443), "9");
});

test("a connection, another port or another address does not", () => {
  assert.equal(listeningInode([header, line("0100007F:20FB", "01", 7)].join("\n"), 8443), undefined);
  assert.equal(listeningInode([header, line("0100007F:1F90", "0A", 7)].join("\n"), 8443), undefined);
  assert.equal(listeningInode([header, line("020000C0:20FB", "0A", 7)].join("\n"), 8443), undefined);
  assert.equal(listeningInode("", 8443), undefined);
});

test("the process that listens is named", { skip: process.platform !== "linux" && "needs /proc" }, async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const holder = portHolder(port);
  assert.equal(holder?.pid, process.pid);
  assert.match(holder?.description ?? "", new RegExp(`\\(process ${process.pid}\\)$`));
  await new Promise((resolve) => server.close(resolve));
  assert.equal(portHolder(port), undefined);
});
