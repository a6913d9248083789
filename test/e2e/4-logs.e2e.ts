import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { before, test } from "node:test";
import "./support/needsSystem";
import { ChatClient, type Visitor } from "./support/client";
import { type Outputs, readOutputs } from "./support/outputs";
import { logIn } from "./support/panel";
import { startSwitchboard, switchboard } from "./support/switchboard";
import { eventually, get, kubectl } from "./support/system";

let outputs: Outputs;
before(async () => {
  outputs = await readOutputs();
});

/** Enters the chat as its page does, and gives the id of the request that the panel answered with the token. */
async function enterChatWithId(visitor: Visitor): Promise<{ client: ChatClient; requestId: string }> {
  const page = await visitor.send("/chat");
  const formToken = /data-form-token="([^"]+)"/.exec(page.body)?.[1] ?? "";
  const answer = await visitor.send("/chat/token", { method: "POST", headers: { "csrf-token": formToken } });
  const { token } = JSON.parse(answer.body);
  const client = new ChatClient(outputs.chatUrl, token, outputs.certificateAuthority, outputs.panelUrl);
  await client.next("welcome", (frame) => frame.type === "welcome");
  return { client, requestId: String(answer.headers["x-request-id"]) };
}

/** The records of `logs --json`. */
const records = (text: string): any[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test("logs: one request from NGINX through the panel to the chat, by one id", async () => {
  const visitor = await logIn(outputs);
  const { client, requestId } = await enterChatWithId(visitor);
  client.close();
  const found = await eventually("the request in all three", 30, async () => {
    const { stdout, stderr } = await switchboard("logs", "--request", requestId, "--json");
    const all = records(stdout);
    // NGINX tells of a socket when it is closed.
    if (all.some(({ fields }) => fields?.path === "/socket")) return all;
    throw new Error(`${stdout}${stderr}`);
  });
  const seen = found.map(({ tier, fields }) => `${tier} ${fields.path ?? fields.msg}`);
  for (const line of [
    "edge /chat/token",
    "panel /chat/token",
    "chat socket opened",
    "chat socket closed",
    "edge /socket",
  ]) {
    assert.ok(seen.includes(line), `${line} in ${seen.join(", ")}`);
  }
  const times = found.map(({ time }) => time);
  assert.deepEqual(times, [...times].sort(), "in the order of time");
  const opened = found.find(({ fields }) => fields.msg === "socket opened");
  assert.equal(opened.fromRequest, requestId);
  assert.ok(
    found.every((record) => [requestId, opened.requestId].includes(record.requestId)),
    "and nothing else",
  );
  const { stdout } = await switchboard("logs", "--request", requestId.slice(0, 12));
  assert.match(stdout, /edge .* POST panel\.localhost\/chat\/token 200 .*id=/);
  assert.match(stdout, /chat .* socket opened .*tokenRequestId=/);
});

test("logs: a request goes on in the job that it left to a worker", async () => {
  const visitor = await logIn(outputs);
  const answer = await visitor.submit("/workers", {}, "/workers/check");
  const requestId = String(answer.headers["x-request-id"]);
  await eventually("the job", 30, async () => {
    const { stdout } = await switchboard("logs", "workers", "panel", "--request", requestId, "--json");
    return records(stdout).some(({ tier, message }) => tier === "workers" && message === "job done") || undefined;
  });
});

test("logs --follow: what happens now, in pods that start while it is followed too", async () => {
  const follow = startSwitchboard("logs", "panel", "--follow", "--json");
  const seen: any[] = [];
  createInterface({ input: follow.stdout! }).on("line", (line) => seen.push(JSON.parse(line)));
  try {
    await logIn(outputs);
    await eventually("a request", 20, async () => seen.find(({ fields }) => fields?.path === "/login"));
    const before = new Set<string>(
      (await get("pods", "--selector=app.kubernetes.io/component=web")).items.map(({ metadata }: any) => metadata.name),
    );
    await kubectl("delete", "pod", [...before][0]!);
    // NGINX keeps its connections to the other pods, so whether the new one gets a request soon is chance.
    await eventually("a pod that was not there before, from its first line", 90, async () =>
      seen.find(({ pod, message }) => !before.has(pod) && /listening/.test(message)),
    );
  } finally {
    follow.kill("SIGINT");
    const { exitCode } = await follow;
    assert.equal(exitCode, 130);
  }
});

test("logs: filters, and an end that is quiet when nobody reads on", async () => {
  const tail = records((await switchboard("logs", "--tail", "5", "--json")).stdout);
  assert.equal(tail.length, 5);
  const levels = records(
    (await switchboard("logs", "panel", "chat", "--level", "warn", "--since", "1h", "--json")).stdout,
  );
  assert.ok(levels.every(({ level }) => level === undefined || ["warn", "error", "fatal"].includes(level)));
  const greeting = records(
    (await switchboard("logs", "chat", "--grep", '"msg":"ready"', "--since", "1d", "--json")).stdout,
  );
  assert.ok(greeting.length > 0 && greeting.every(({ message }) => message === "ready"));
  const head = startSwitchboard("logs", "--since", "1d");
  await new Promise((resolve) => head.stdout!.once("data", resolve));
  head.stdout!.destroy();
  const { exitCode } = await head;
  assert.equal(exitCode, 0);
  const nonsense = await switchboard("logs", "--since", "yesterday");
  assert.equal(nonsense.exitCode, 2);
  assert.match(nonsense.stderr, /yesterday is no duration/);
});
