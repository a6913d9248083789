import assert from "node:assert/strict";
import { before, test } from "node:test";
import "./support/needsSystem";
import { logInPage, Regular, sendRequests } from "./support/ledger";
import { type Outputs, readOutputs } from "./support/outputs";
import { enterChat, logIn, newPeople, openRoom } from "./support/panel";
import { eventually, get, kubectl } from "./support/system";

let outputs: Outputs;
before(async () => {
  outputs = await readOutputs();
});

/** Rolls every pod of a deployment, as a new version would, and waits until the old ones are gone. */
async function release(deployment: string): Promise<void> {
  await kubectl("rollout", "restart", `deployment/${deployment}`);
  await kubectl("rollout", "status", `deployment/${deployment}`, "--timeout=600s");
  const name = deployment === "workers" ? "panel" : deployment;
  await eventually(`the old pods of ${deployment} are gone`, 150, async () => {
    const { items } = await get("pods", `--selector=app.kubernetes.io/name=${name}`);
    return items.some((pod: any) => pod.metadata.deletionTimestamp) ? undefined : true;
  });
}

for (const [deployment, keepAlive] of [
  ["panel", true],
  ["edge", false],
] as const) {
  test(`a release of ${deployment} fails not one request`, async (context) => {
    const requests = sendRequests(logInPage(outputs), 8, keepAlive);
    await release(deployment);
    const { sent, failed } = await requests.stop();
    context.diagnostic(`${sent} requests, ${failed.length} failed`);
    assert.ok(sent > 500, `${sent} requests`);
    assert.deepEqual(failed, []);
  });
}

test("a release of the chat loses no message, and everyone sees each of them once, in order", async (context) => {
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "release");
  const names = Array.from({ length: 10 }, (_, index) => `person${index}`);
  const visitors = await newPeople(outputs, visitor, names);
  const people = visitors.map((person, index) => new Regular(outputs, person, room, names[index]!));
  await eventually("everyone is in the room", 30, async () =>
    people.every(({ connections }) => connections > 0) ? true : undefined,
  );
  await release("chat");
  for (const person of people) await person.stop();

  const acknowledged = people.flatMap((person) => [...person.acknowledged]);
  const stored = new Map<string, number[]>();
  const { client } = await enterChat(outputs, visitor);
  client.send({ type: "join", room, after: 0 });
  const highest = Math.max(...acknowledged.map(([, seq]) => seq));
  await client.next(
    "the last message",
    (frame) => frame.type === "joined" && frame.messages.some(({ seq }: any) => seq === highest),
    30,
  );
  for (const { body, seq } of client.frames
    .filter(({ type }) => type === "joined")
    .flatMap(({ messages }) => messages)) {
    stored.set(body, [...(stored.get(body) ?? []), seq]);
  }
  client.close();

  context.diagnostic(
    `${acknowledged.length} messages acknowledged, ${people.reduce((sum, { connections }) => sum + connections, 0)} connections of 10 people`,
  );
  for (const [body, seq] of acknowledged) assert.deepEqual(stored.get(body), [seq], body);
  for (const person of people) {
    assert.ok(person.connections >= 2, "everyone was sent to another pod");
    const gaps = person.seen.filter((seq, index) => index > 0 && seq !== person.seen[index - 1]! + 1);
    assert.deepEqual(gaps, [], "no gap and no repetition");
  }
});
