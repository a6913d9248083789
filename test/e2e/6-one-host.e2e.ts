import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Browser, chromium } from "playwright-core";
import "./support/needsSystem";
import { Visitor } from "./support/client";
import { readOutputs } from "./support/outputs";
import { chosenLogin, enterChat, logIn, openRoom } from "./support/panel";
import { stackFile } from "./support/stackFile";
import { switchboard } from "./support/switchboard";
import { patience, up } from "./support/system";

const edge = "switchboard:edge";
let browser: Browser;

before(async () => {
  stackFile.keep();
  stackFile.set([edge, "chat"], { host: "panel.localhost", path: "/live" });
  assert.equal((await up()).exitCode, 0);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
});
after(async () => {
  await browser?.close();
  stackFile.putBack();
  assert.equal((await up()).exitCode, 0, "the two hosts are back");
});

test("one host for both: a person logs in, and the page's message arrives at somebody else", async () => {
  const outputs = await readOutputs();
  assert.equal(outputs.chatUrl, "wss://panel.localhost:8443/live/socket");
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "one-host");
  const { client } = await enterChat(outputs, visitor);
  await client.join(room);

  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000 * patience);
  await page.goto(outputs.panelUrl);
  await page.getByLabel("E-mail address").fill(chosenLogin(outputs).email);
  await page.getByLabel("Password", { exact: true }).fill(chosenLogin(outputs).password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await page.goto(`${outputs.panelUrl}/chat?room=${room}`);
  await page
    .locator("#status")
    .filter({ hasText: /connected/i })
    .waitFor();
  await page.getByLabel("Message", { exact: true }).fill("From one host");
  await page.keyboard.press("Enter");
  await client.next("the page's message", (frame) => frame.type === "message" && frame.body === "From one host");
  await client.say(room, "To the page");
  await page.getByText("To the page").waitFor();
  client.close();
});

test("below the path there is the WebSocket and nothing else, and the panel keeps all its pages", async () => {
  const outputs = await readOutputs();
  const visitor = new Visitor(outputs.panelUrl, outputs.certificateAuthority);
  const answer = await visitor.send("/live?a=1");
  assert.deepEqual([answer.status, answer.headers.location], [308, "https://panel.localhost:8443/live/?a=1"]);
  for (const path of ["/live/", "/live/cluster", "/live/status.json", "/live/readyz", "/live/%63luster"])
    assert.equal((await visitor.send(path)).status, 404, path);
  assert.equal((await visitor.send("/live/socket")).status, 426, "the chat itself answers there");
  // The panel's, which asks strangers to log in.
  for (const path of ["/lively", "/chat", "/socket"])
    assert.match(String((await visitor.send(path)).headers["x-request-id"]), /^[0-9a-f]{32}$/, path);
  const { exitCode, stdout } = await switchboard("status", "dev", "--wait", "600");
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /wss:\/\/panel\.localhost:8443\/live\/socket +answers/);
});
