import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { askApp, askCertificate, askOwnApp } from "../../../../cli/commands/status/addresses";
import { chatHealth } from "../../../../components/apps/presets/chatHealth";
import { panelHealth } from "../../../../components/apps/presets/panelHealth";
import type { AppHealth } from "../../../../components/apps/shared/health";
import { standInCertificate } from "../../../../engine/record/standInCertificate";

const hosts = ["panel.localhost", "chat.localhost"];
let server: Server;
let url: (host: string) => string;
let authority: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

before(async () => {
  const pair = await standInCertificate(undefined, hosts, new Date());
  authority = pair.certificate;
  server = createServer({ key: pair.key, cert: pair.certificate }, (request, response) => answer(request, response));
  server.on("upgrade", (request, socket) => {
    const response = { writeHead: () => response, end: () => response } as unknown as ServerResponse;
    answer(request, response);
    const { status, body } = upgraded;
    socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = (host) => `https://${host}:${(server.address() as AddressInfo).port}/`;
});
after(() => server.close());

/** What a handshake is answered with. */
let upgraded = { status: 401, body: '{"error":{"code":"token_missing"}}' };
const ask = (name: string, health: AppHealth) => (url: string, options: Parameters<typeof askApp>[2]) =>
  askOwnApp(name, health, url, options);
const [askPanel, askChat] = [ask("panel", panelHealth), ask("chat", chatHealth)];
const json = (status: number, value: object) => (_: IncomingMessage, response: ServerResponse) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

test("the panel is asked for the page that everybody may see", async () => {
  answer = (request, response) => {
    assert.deepEqual([request.url, request.headers.host], ["/login", new URL(url("panel.localhost")).host]);
    response.end("<!doctype html>");
  };
  const well = await askPanel(url("panel.localhost"), { authority });
  assert.deepEqual([well.status, well.problem], [200, undefined]);
  answer = json(503, { error: "Not available right now" });
  assert.equal((await askPanel(url("panel.localhost"), { authority })).problem, "answers 503 (not ready)");
  answer = (_, response) => response.writeHead(503).end("<!doctype html>");
  assert.equal(
    (await askPanel(url("panel.localhost"), { authority })).problem,
    "answers 503: the proxy reaches no pod behind it",
  );
});

test("a declared app is asked where its route leads: only a fault of the server's is a problem", async () => {
  answer = (request, response) => {
    assert.equal(request.url, "/shop");
    response.writeHead(404).end();
  };
  const app = await askApp("shop", `${url("panel.localhost")}shop`, { authority });
  assert.deepEqual([app.name, app.status, app.problem], ["shop", 404, undefined]);
  answer = (_, response) => response.writeHead(502).end("<!doctype html>");
  const { problem } = await askApp("shop", url("panel.localhost"), { authority });
  assert.equal(problem, "answers 502: the proxy reaches no pod behind it");
});

test("the chat is offered a WebSocket without a token: only its own refusal shows that the way is open", async () => {
  let asked: IncomingMessage | undefined;
  answer = (request) => {
    asked = request;
  };
  const open = await askChat(`${url("chat.localhost")}live/socket`, { authority });
  assert.deepEqual([open.status, open.problem], [401, undefined]);
  assert.equal(asked?.url, "/live/socket");
  assert.equal(asked?.headers["sec-websocket-protocol"], "switchboard.v1");
  for (const [status, body, said] of [
    [401, "who are you?", /with 401$/],
    [
      503,
      '{"error":{"code":"full","message":"this node has all the connections it may have"}}',
      /503 \(this node has all/,
    ],
    [200, "a page", /with 200$/],
  ] as const) {
    upgraded = { status, body };
    assert.match((await askChat(`${url("chat.localhost")}live/socket`, { authority })).problem ?? "", said);
  }
});

test("an address where nobody is, one that never answers, one whose certificate is another's", async () => {
  assert.equal(
    (await askPanel("https://panel.localhost:1", { authority })).problem,
    "does not answer (connection refused)",
  );
  answer = () => {};
  const silent = await askPanel(url("panel.localhost"), { authority, timeoutMs: 300 });
  assert.equal(silent.problem, "does not answer (no answer within 0.3 s)");
  answer = json(200, {});
  assert.match((await askPanel(url("panel.localhost"), {})).problem ?? "", /does not answer \(.*certificate/);
  assert.match((await askPanel(url("other.localhost"), { authority })).problem ?? "", /does not match/);
});

test("the certificate that is shown: who issued it, until when, and why a client would not take it", async () => {
  const good = await askCertificate(url("panel.localhost"), { authority });
  assert.equal(good.problem, undefined);
  assert.ok(Date.parse(good.validTo!) > Date.now() && Date.parse(good.validFrom!) < Date.now());
  assert.ok(good.issuer);
  assert.match((await askCertificate(url("panel.localhost"), {})).problem ?? "", /is not trusted/);
  assert.equal((await askCertificate(url("other.localhost"), { authority })).problem, "is for another host");
  assert.equal((await askCertificate("https://panel.localhost:1", {})).problem, "was not shown: connection refused");
});

test("a certificate that has expired", async () => {
  const pair = await standInCertificate(undefined, ["panel.localhost"], new Date(Date.now() - 3 * 365 * 86_400_000));
  const old = createServer({ key: pair.key, cert: pair.certificate });
  await new Promise<void>((resolve) => old.listen(0, "127.0.0.1", resolve));
  const { problem } = await askCertificate(`https://panel.localhost:${(old.address() as AddressInfo).port}`, {
    authority: pair.certificate,
  });
  old.close();
  assert.match(problem ?? "", /^has expired at \d{4}-/);
});
