import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import "./support/needsSystem";
import { type Outputs, readOutputs } from "./support/outputs";
import { chosenLogin, enterOnTwoNodes, logIn, openRoom, signUp } from "./support/panel";
import { eventually, patience, stateFolder } from "./support/system";

let outputs: Outputs;
let browser: Browser;
const pictures = process.env.SWITCHBOARD_PICTURES ?? join(stateFolder, "pictures");

before(async () => {
  outputs = await readOutputs();
  mkdirSync(pictures, { recursive: true });
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
});

/** A browser of its own, logged in. The certificate was checked against the stack's authority by the suite before. */
async function logInWithBrowser({ email, password }: { email: string; password: string }): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000 * patience);
  await page.goto(outputs.panelUrl);
  assert.match(page.url(), /\/login/, "a stranger is asked to log in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  return page;
}

/** Chooses a password of one's own, as the first log-in asks for. */
async function choosePassword(page: Page, given: string): Promise<void> {
  assert.match(page.url(), /\/account\/password/, "a temporary password must be changed");
  await page.getByLabel("Password you were given").fill(given);
  const own = `a password of my own ${Date.now()}`;
  await page.getByLabel("New password", { exact: true }).fill(own);
  await page.getByLabel("New password once more").fill(own);
  await page.getByRole("button", { name: "Save password" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/chat"));
}

test("two people in two browsers chat with each other", async () => {
  const administrator = await logIn(outputs);
  const room = await openRoom(administrator, "journey");
  const invited = await signUp(administrator, "Ben");
  const ann = await logInWithBrowser(chosenLogin(outputs));
  const ben = await logInWithBrowser(invited);
  await choosePassword(ben, invited.password);
  for (const page of [ann, ben]) {
    await page.goto(`${outputs.panelUrl}/chat?room=${room}`);
    await page
      .locator("#status")
      .filter({ hasText: /connected/i })
      .waitFor();
  }
  // Browsers cannot choose their pod: one of them connects again until the two are on different ones.
  const nodeOf = async (page: Page) => /10[.\d]+/.exec((await page.locator("#status").textContent()) ?? "")?.[0];
  for (let attempt = 0; attempt < 30 && (await nodeOf(ann)) === (await nodeOf(ben)); attempt++) {
    await ben.reload();
    await ben
      .locator("#status")
      .filter({ hasText: /connected/i })
      .waitFor();
  }
  assert.ok(await nodeOf(ann), "the page says which node serves it");
  assert.notEqual(await nodeOf(ann), await nodeOf(ben), "two chat pods");

  await ann.getByLabel("Message", { exact: true }).fill("Is anybody there?");
  await ann.keyboard.press("Enter");
  await ben.getByText("Is anybody there?").waitFor();
  await ben.getByLabel("Message", { exact: true }).fill("On the other pod!");
  await ben.keyboard.press("Enter");
  await ann.getByText("On the other pod!").waitFor();
  await ann.screenshot({ path: join(pictures, "chat.png") });

  await ann.goto(`${outputs.panelUrl}/activity`);
  await ann.getByText(room).first().waitFor();
  await ann.screenshot({ path: join(pictures, "activity.png") });
});

test("every page of the panel opens, and none shows an alert", async () => {
  const administrator = await logIn(outputs);
  await openRoom(administrator, "pages");
  await signUp(administrator, "Paula");
  const page = await logInWithBrowser(chosenLogin(outputs));
  await page.goto(`${outputs.panelUrl}/health`);
  // Workers say that they work every ten seconds; the page renews itself.
  await page.getByText("Everything works.").waitFor();
  const opened = new Set<string>();
  const alerts: string[] = [];
  const queue = ["/chat", "/account/password"];
  for (let path = queue.shift(); path !== undefined && opened.size < 40; path = queue.shift()) {
    const kind = kindOf(path);
    if (opened.has(kind)) continue;
    opened.add(kind);
    const answer = await page.goto(`${outputs.panelUrl}${path}`);
    if (answer?.status() !== 200) alerts.push(`${path}: status ${answer?.status()}`);
    for (const text of await page.locator("[role=alert], .notice.bad").allTextContents())
      alerts.push(`${path}: ${text.trim()}`);
    const links = await page
      .locator("a[href^='/']")
      .evaluateAll((found) => found.map((link) => link.getAttribute("href")!));
    queue.push(...links);
    await page.screenshot({ path: join(pictures, `page${kind.replaceAll("/", "-")}.png`) });
  }
  assert.deepEqual(alerts, []);
  for (const kind of ["/chat", "/users", "/users/:id", "/rooms", "/activity", "/workers", "/health", "/account"])
    assert.ok(opened.has(kind), `${kind} was not opened: ${[...opened].join(", ")}`);
  for (const kind of ["/account/password", "/account/second-factor"]) assert.ok(opened.has(kind), kind);
});

/** A page without what differs between two of its kind. */
function kindOf(path: string): string {
  return path.replace(/[?#].*$/, "").replace(/[0-9a-f-]{36}/g, ":id");
}

test("a worker did its job: the opened room is in the activity that workers write, once", async () => {
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "worked");
  const lines = await eventually("the room in the activity", 30, async () => {
    const page = await visitor.send("/activity");
    const found = [...page.body.matchAll(/<li data-kind="[^"]*" data-event="[^"]*">[\s\S]*?<\/li>/g)]
      .map(([text]) => text)
      .filter((text) => text.includes(room));
    return found.length > 0 ? found : undefined;
  });
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /workers-[a-z0-9]+-[a-z0-9]+/, "the pod of the workers is named");
});

test("a message of one pod arrives at the other, acknowledged and in order", async () => {
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "nodes");
  const { first, second } = await enterOnTwoNodes(outputs, visitor);
  await Promise.all([first.client.join(room), second.client.join(room)]);
  const bodies = Array.from({ length: 50 }, (_, index) => `message ${index}`);
  for (const body of bodies) {
    await first.client.say(room, body);
    // The chat takes ten messages a second of one person, five on each of two nodes that have a socket of theirs.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await second.client.next("the last message", (frame) => frame.type === "message" && frame.body === bodies.at(-1));
  const got = second.client.frames.filter((frame) => frame.type === "message" && frame.room === room);
  assert.deepEqual(
    got.map(({ body }) => body),
    bodies,
  );
  assert.deepEqual(
    got.map(({ seq }) => seq),
    bodies.map((_, index) => index + 1),
  );
  first.client.close();
  second.client.close();
});
