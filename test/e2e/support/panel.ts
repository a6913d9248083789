import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ChatClient, Visitor } from "./client";
import type { Outputs } from "./outputs";

/** How the first administrator logs in once the password of the stack is changed, which the panel asks for at once. */
export function chosenLogin({ firstLogin }: Outputs): { email: string; password: string } {
  return { email: firstLogin.email, password: `${firstLogin.password}-chosen` };
}

/**
 * A visitor who is logged in as the first administrator. The first one ever chooses a password instead of the stack's.
 * Waits where the edge limits attempts.
 */
export async function logIn(outputs: Outputs): Promise<Visitor> {
  const visitor = await enter(outputs, chosenLogin(outputs));
  if (visitor) return visitor;
  return enterFirst(outputs, outputs.firstLogin, chosenLogin(outputs).password);
}

/** Signs a person up who then logs in for the first time. */
export async function newPerson(outputs: Outputs, administrator: Visitor, name: string): Promise<Visitor> {
  const given = await signUp(administrator, name);
  return enterFirst(outputs, given, `${given.password}-chosen`);
}

/**
 * Signs people up, one after the other: ten passwords checked at once on two processors starve what else is tried.
 */
export async function newPeople(
  outputs: Outputs,
  administrator: Visitor,
  names: readonly string[],
): Promise<Visitor[]> {
  const people: Visitor[] = [];
  for (const name of names) people.push(await newPerson(outputs, administrator, name));
  return people;
}

/** A visitor who logs in with a password that has to be changed, and changes it. */
async function enterFirst(outputs: Outputs, fields: { email: string; password: string }, next: string) {
  const visitor = await enter(outputs, fields);
  assert.ok(visitor, `the first password of ${fields.email} is right`);
  const answer = await visitor.submit("/account/password", { current: fields.password, next, again: next });
  assert.ok([302, 303].includes(answer.status), `choosing a password answers ${answer.status}`);
  return visitor;
}

/** A visitor who is logged in; undefined when the password is wrong. */
async function enter(outputs: Outputs, fields: { email: string; password: string }): Promise<Visitor | undefined> {
  for (let attempt = 0; ; attempt++) {
    const visitor = new Visitor(outputs.panelUrl, outputs.certificateAuthority);
    const answer = await visitor.submit("/login", fields);
    if (answer.status === 401) return undefined;
    if (answer.status !== 429) {
      assert.ok([302, 303].includes(answer.status), `log-in answers ${answer.status}`);
      return visitor;
    }
    assert.ok(attempt < 5, "the limit does not end");
    const seconds = Number(answer.headers["retry-after"] ?? 10);
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds + 1000));
  }
}

/** Opens a room and gives its slug. */
export async function openRoom(visitor: Visitor, prefix = "room"): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString("hex")}`;
  const answer = await visitor.submit("/rooms", { name });
  assert.ok([302, 303].includes(answer.status), `opening a room answers ${answer.status}`);
  return name;
}

/** Signs a user up, as an administrator does, and gives what that user is told: an address and a temporary password. */
export async function signUp(visitor: Visitor, name: string): Promise<{ email: string; password: string }> {
  const email = `${name.toLowerCase()}-${randomBytes(4).toString("hex")}@example.com`;
  const answer = await visitor.submit("/users", { email, name, role: "member" });
  assert.equal(answer.status, 201, answer.body);
  const password = /id="temporary-password">([^<]+)</.exec(answer.body)?.[1];
  assert.ok(password, "the page shows a temporary password");
  return { email, password };
}

/** A token for the chat, as the chat page's script gets it. */
export async function chatToken(visitor: Visitor): Promise<string> {
  const page = await visitor.send("/chat");
  const token = /data-form-token="([^"]+)"/.exec(page.body)?.[1] ?? "";
  const answer = await visitor.send("/chat/token", { method: "POST", headers: { "csrf-token": token } });
  assert.equal(answer.status, 200, answer.body);
  return JSON.parse(answer.body).token;
}

/** A chat client of this visitor that has been welcomed, with the node that serves it. */
export async function enterChat(outputs: Outputs, visitor: Visitor): Promise<{ client: ChatClient; node: string }> {
  const client = new ChatClient(
    outputs.chatUrl,
    await chatToken(visitor),
    outputs.certificateAuthority,
    outputs.panelUrl,
  );
  const welcome = await client.next("welcome", (frame) => frame.type === "welcome");
  return { client, node: welcome.node };
}

/** Two clients on two different chat pods. */
export async function enterOnTwoNodes(outputs: Outputs, visitor: Visitor) {
  const first = await enterChat(outputs, visitor);
  for (let attempt = 0; attempt < 30; attempt++) {
    const second = await enterChat(outputs, visitor);
    if (second.node !== first.node) return { first, second };
    second.client.close();
  }
  throw new Error(`thirty connections in a row went to ${first.node}`);
}
