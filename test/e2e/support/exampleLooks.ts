import assert from "node:assert/strict";
import type { Visitor } from "./client";
import type { Example } from "./example";
import { Regular } from "./ledger";
import type { Outputs } from "./outputs";
import { enterChat, logIn, newPeople, newPerson, openRoom } from "./panel";
import { eventually } from "./system";

/** How an example is looked at. */
export interface Look {
  readonly name: string;
  /** The app that people reach, which gets a second version: the file of it that changes, and how. */
  readonly app: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Another app that gets one in the same `up`. @default none */
  readonly beside?: { readonly app: string; readonly file: string; readonly from: string; readonly to: string };
  /** A page that answers 200. @default the first one */
  readonly page?: string;
  /** What this page says in the second version. */
  readonly says: RegExp;
  /** Does at the first version what its people do, as a visitor of the first page. */
  readonly use: (visitor: Visitor, example: Example) => Promise<void>;
  /** Uses it while the second version comes; gives what looks afterwards that nothing was lost. @default requests alone */
  readonly during?: (example: Example) => Promise<() => Promise<string>>;
  /** What the console of an app answers. @default the app has none */
  readonly console?: readonly [app: string, expression: string, answer: RegExp];
}

/** Every folder of `examples/`. */
export const looks: readonly Look[] = [
  {
    name: "node-api",
    app: "api",
    file: "server.js",
    from: "greeting: GREETING",
    to: "greeting: GREETING, second: true",
    says: /"second":true/,
    async use(visitor) {
      assert.match((await visitor.send("/")).body, /"greeting":"hello"/);
      assert.equal((await visitor.send("/nothing")).status, 404);
    },
    console: ["api", "process.env.GREETING", /^hello$/m],
  },
  {
    name: "rails",
    app: "desk",
    file: "app/views/tickets/index.html.erb",
    from: "<h1>Desk</h1>",
    to: "<h1>Second desk</h1>",
    says: /<h1>Second desk<\/h1>/,
    async use(visitor) {
      const { status } = await visitor.send("/tickets", { form: { title: "The printer is on fire" } });
      assert.equal(status, 303);
      await eventually("Sidekiq has answered it", 60, async () =>
        /The printer is on fire \(answered\)/.test((await visitor.send("/")).body) ? true : undefined,
      );
    },
    console: ["desk", "Ticket.pluck(:title)", /\["The printer is on fire"\]/],
  },
  {
    name: "three-tier",
    app: "web",
    file: "index.html",
    from: "<h1>Notes</h1>",
    to: "<h1>Second notes</h1>",
    says: /<h1>Second notes<\/h1>/,
    async use(visitor) {
      assert.match((await visitor.send("/")).body, /<h1>Notes<\/h1>/);
      assert.equal((await visitor.send("/api/notes")).body.trim(), "[]");
      const kept = await visitor.send("/api/notes", {
        json: { text: "buy milk" },
      });
      assert.equal(kept.status, 201);
      assert.match((await visitor.send("/api/notes")).body, /"text":"buy milk"/);
    },
    console: ["backend", "count()", /^1$/m],
  },
  {
    name: "websocket-tls-sidecar",
    app: "board",
    file: "root/index.html",
    from: "<h1>Board</h1>",
    to: "<h1>Second board</h1>",
    says: /<h1>Second board<\/h1>/,
    async use(visitor) {
      const { status, body } = await visitor.send("/examples/websocket/echo.xhtml");
      assert.equal(status, 200, body);
      assert.equal(await visitor.echo("/examples/websocket/echoProgrammatic", "over TLS"), "over TLS");
    },
  },
  {
    name: "panel-and-chat",
    app: "panel",
    file: "views/login.eta",
    from: "Log in to your team",
    to: "Second log-in to your team",
    says: /Second log-in/,
    page: "/login",
    beside: {
      app: "chat",
      file: "priv/status/index.html",
      from: "<h1>Chat</h1>",
      to: "<h1>Second chat</h1>",
    },
    async use(visitor, example) {
      assert.equal((await visitor.send("/readyz")).status, 404, "the probes are for the cluster alone");
      const outputs = await example.panelAndChat();
      const administrator = await logIn(outputs);
      const room = await openRoom(administrator, "example");
      const ben = await newPerson(outputs, administrator, "Ben");
      const [one, two] = [await enterChat(outputs, administrator), await enterChat(outputs, ben)];
      await Promise.all([one.client.join(room), two.client.join(room)]);
      await one.client.say(room, "Is anybody there?");
      await two.client.next("the question", ({ type, body }) => type === "message" && body === "Is anybody there?");
      await two.client.say(room, "Here!");
      await one.client.next("the answer", ({ type, body }) => type === "message" && body === "Here!");
      for (const { client } of [one, two]) client.close();
      await eventually("the workers have done their job", 60, async () =>
        (await administrator.send("/activity")).body.includes(room) ? true : undefined,
      );
    },
    during: (example) => example.panelAndChat().then(talk),
    console: ["chat", "length(Node.list())", /^1$/m],
  },
];

/** Three people who talk, until it is asked what became of every message. */
async function talk(outputs: Outputs): Promise<() => Promise<string>> {
  const administrator = await logIn(outputs);
  const room = await openRoom(administrator, "release");
  const names = ["Ann", "Bob", "Cleo"];
  const visitors = await newPeople(outputs, administrator, names);
  const people = visitors.map((visitor, index) => new Regular(outputs, visitor, room, names[index]!));
  await eventually("everyone is in the room", 30, async () =>
    people.every(({ connections }) => connections > 0) ? true : undefined,
  ).catch(async (error: Error) => {
    // Or they would try for ever.
    await Promise.allSettled(people.map((person) => person.stop(0)));
    throw error;
  });
  return async () => {
    // Pods of before send their people away until they end.
    await eventually("everyone was sent to another pod", 90, async () =>
      people.every(({ connections }) => connections >= 2) ? true : undefined,
    );
    for (const person of people) await person.stop();
    const acknowledged = people.flatMap((person) => [...person.acknowledged.values()]);
    assert.equal(new Set(acknowledged).size, acknowledged.length, "each message is stored once");
    for (const { seen } of people) {
      const gaps = seen.filter((seq, index) => index > 0 && seq !== seen[index - 1]! + 1);
      assert.deepEqual(gaps, [], "no gap and no repetition");
    }
    return `${acknowledged.length} messages acknowledged`;
  };
}
