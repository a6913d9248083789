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

test("of the chat only the WebSocket is public, and of the panel no probe is", async () => {
  const { certificateAuthority, panelUrl, chatUrl } = outputs;
  const chat = new Visitor(`https://${new URL(chatUrl).host}`, certificateAuthority);
  for (const path of ["/", "/cluster", "/status.json", "/livez", "/readyz", "/startupz", "/%63luster", "/x/../cluster"])
    assert.equal((await chat.send(path)).status, 404, path);
  assert.equal((await chat.send("/socket")).status, 426, "the chat itself answers there");
  const panel = new Visitor(panelUrl, certificateAuthority);
  for (const path of ["/livez", "/readyz", "/startupz", "/%72eadyz", "/x/%2e%2e/readyz"])
    assert.equal((await panel.send(path)).status, 404, path);
  assert.equal((await panel.send("/login")).status, 200);
  assert.equal((await panel.send("/login", { headers: { host: "other.localhost" } })).status, 421);
});

test("log-in attempts of one address are limited, page views are not", async () => {
  const visitor = new Visitor(outputs.panelUrl, outputs.certificateAuthority);
  // A hundred are allowed at once and two more in a second, in each of two pods. These have no form's token: the panel
  // refuses them before it looks at anything, so what they meet is NGINX' limit and not the panel's own.
  const attempt = () => visitor.send("/login", { form: { email: "nobody@example.com", password: "wrong" } });
  const answers = (await Promise.all(Array.from({ length: 8 }, () => inTurn(100, attempt)))).flat();
  const limited = answers.filter(({ status, body }) => status === 429 && body.includes("from your network"));
  assert.ok(limited.length >= 20, `${limited.length} of ${answers.length}`);
  assert.ok(limited.every(({ headers }) => headers["retry-after"] === "1"));
  assert.ok(answers.length - limited.length >= 100, `${limited.length} of ${answers.length}`);
  assert.equal((await visitor.send("/login")).status, 200);
});

/** Does it so often, one after the other. */
async function inTurn<T>(count: number, ask: () => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  while (answers.length < count) answers.push(await ask());
  return answers;
}

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
    outputs.chatUrl,
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
