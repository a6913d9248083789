import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { registryHost } from "../../../components/registry/reference";
import { reachableRegistries, registryAnswers } from "../../../sandbox/images/registry";

test("each registry is asked once", async () => {
  const asked: string[] = [];
  const reachable = await reachableRegistries(
    ["docker.io/library/a:1", "docker.io/library/b:1", "ghcr.io/x/y:1"],
    async (host) => {
      asked.push(host);
      return host === "ghcr.io";
    },
  );
  assert.deepEqual(asked, ["registry-1.docker.io", "ghcr.io"]);
  assert.equal(reachable("docker.io/library/b:1"), false);
  assert.equal(reachable("ghcr.io/x/y:1"), true);
});

test("Docker Hub answers under another host than its name", () => {
  assert.equal(registryHost("docker.io/library/redis:7"), "registry-1.docker.io");
  assert.equal(registryHost("host:5000/app:1"), "host:5000");
});

test("a host that closes the connection, and one that does not exist, are no registries", async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  assert.equal(await registryAnswers(`127.0.0.1:${port}`), false);
  server.close();
  assert.equal(await registryAnswers("registry.invalid"), false);
  assert.equal(await registryAnswers("localhost"), false);
  assert.equal(await registryAnswers("not a host"), false);
});

// Without the limit this waits for ever, which the test's own limit ends.
test("a host that is silent is given up on", { timeout: 60_000 }, async () => {
  const sockets: { destroy(): void }[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  assert.equal(await registryAnswers(`127.0.0.1:${port}`, 200), false);
  for (const socket of sockets) socket.destroy();
  server.close();
});
