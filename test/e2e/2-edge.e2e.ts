import assert from "node:assert/strict";
import { get as httpGet } from "node:http";
import { before, test } from "node:test";
import "./support/needsSystem";
import { ChatClient, Visitor } from "./support/client";
import { type Outputs, readOutputs } from "./support/outputs";
import { chatToken, logIn } from "./support/panel";
import { eventually, kubectl } from "./support/system";

let outputs: Outputs;
before(async () => {
  outputs = await readOutputs();
});

test("HTTP goes to HTTPS with path, query and method kept; a foreign host gets nothing", async () => {
  const answer = (host: string) =>
    new Promise<{ status: number; location: string | undefined }>((resolve, reject) => {
      httpGet({ host: "127.0.0.1", port: 8080, path: "/rooms?a=1", headers: { host } }, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, location: response.headers.location });
      }).on("error", reject);
    });
  assert.deepEqual(await answer("panel.localhost:8080"), {
    status: 308,
    location: "https://panel.localhost:8443/rooms?a=1",
  });
  assert.equal((await answer("other.localhost:8080")).status, 404);
});

test("log-in attempts of one address are limited, page views are not", async () => {
  const visitor = new Visitor(outputs.panelUrl, outputs.certificateAuthority);
  const statuses: number[] = [];
  // Ten are allowed at once, five more in a minute (Pulumi.dev.yaml).
  for (let attempt = 0; attempt < 24; attempt++) {
    statuses.push((await visitor.submit("/login", { email: "nobody@example.com", password: "wrong" })).status);
  }
  assert.ok(statuses.filter((status) => status === 429).length >= 2, statuses.join(" "));
  assert.ok(
    statuses.slice(0, 8).every((status) => status !== 429),
    statuses.join(" "),
  );
  assert.equal((await visitor.send("/login")).status, 200);
});

test("one request id goes from NGINX to the panel's log and back to the client", async () => {
  const visitor = new Visitor(outputs.panelUrl, outputs.certificateAuthority);
  const answer = await visitor.send("/login?secret=not-to-be-logged");
  const id = String(answer.headers["x-request-id"]);
  assert.match(id, /^[0-9a-f]{32}$/);
  await eventually("the request in both logs", 20, async () => {
    const [edge, panel] = await Promise.all(
      ["edge", "panel"].map((name) => kubectl("logs", `--selector=app.kubernetes.io/name=${name}`, "--tail=200")),
    );
    const line = edge!.split("\n").find((text) => text.includes(id));
    if (!line || !panel!.includes(id)) return undefined;
    assert.equal(JSON.parse(line).path, "/login");
    assert.ok(!edge!.includes("not-to-be-logged"), "the query is not logged");
    return true;
  });
});

test("an idle WebSocket stays open for longer than NGINX' usual minute", async () => {
  const visitor = await logIn(outputs);
  const client = new ChatClient(
    `wss://${new URL(outputs.chatUrl).host}/socket`,
    await chatToken(visitor),
    outputs.certificateAuthority,
    outputs.panelUrl,
  );
  await client.next("welcome", (frame) => frame.type === "welcome");
  const until = Date.now() + 80_000;
  // The client speaks as its page does, every 25 s; nothing else passes.
  while (Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    client.send({ type: "ping" });
  }
  await client.next("pong", (frame) => frame.type === "pong");
  assert.equal(client.closed, undefined);
  client.close();
});
