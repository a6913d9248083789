import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import "./support/needsSystem";
import { Visitor } from "./support/client";
import { Example } from "./support/example";
import { sendRequests } from "./support/ledger";
import { readOutputs } from "./support/outputs";
import { eventually } from "./support/system";

/** How an example is looked at. */
interface Look {
  readonly name: string;
  /** The app that gets a second version, the file of it that changes, and how. */
  readonly app: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** What its first page says in the second version. */
  readonly says: RegExp;
  /** Does at the first version what its people do, as a visitor of the first page. */
  readonly use: (visitor: Visitor) => Promise<void>;
  /** What the console of an app answers. @default the app has none */
  readonly console?: readonly [app: string, expression: string, answer: RegExp];
}

const looks: readonly Look[] = [
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
];

for (const look of looks) {
  describe(`the example ${look.name}`, () => {
    const example = new Example(look.name);
    before(() => example.forget());
    after(() => example.forget());

    test("comes up from its file, does what it is for, and status says that it is well", async () => {
      const { exitCode, output } = await example.up();
      assert.equal(exitCode, 0, output);
      await look.use(await example.visitor());
      const { panelUrl, certificateAuthority } = await readOutputs();
      const panel = await new Visitor(panelUrl, certificateAuthority).send("/login");
      assert.equal(panel.status, 200, "the development stack beside it is reached as before");
      const status = await example.switchboard("status");
      assert.equal(status.exitCode, 0, status.stdout + status.stderr);
    });

    test("a second, different version replaces the first and fails not one request", async (context) => {
      example.secondVersion(look.app, look.file, (text) => text.replace(look.from, look.to));
      const { url, authority } = await example.address();
      const requests = sendRequests({ url, authority }, 4, true);
      const { exitCode, output } = await example.up();
      const { sent, failed } = await requests.stop();
      assert.equal(exitCode, 0, output);
      context.diagnostic(`${sent} requests, ${failed.length} failed`);
      assert.ok(sent > 50, `${sent} requests`);
      assert.deepEqual(failed, []);
      // A pod of before takes requests for some seconds more, over connections that NGINX has to it.
      const visitor = await example.visitor();
      await eventually("the second version answers", 30, async () =>
        look.says.test((await visitor.send("/")).body) ? true : undefined,
      );
    });

    test("console, logs, diagram and cost are those of its apps", async () => {
      const [app, expression, answer] = look.console ?? [look.app, "1", /^$/];
      const said = await example.switchboard("console", app, "-e", expression);
      assert.equal(said.exitCode === 0, look.console !== undefined, said.stderr);
      assert.match(said.stdout, answer);
      const drawn = await example.switchboard("diagram");
      assert.match(drawn.stdout, new RegExp(`"${look.app} · `));
      const cost = await example.switchboard("cost");
      assert.match(cost.stdout, new RegExp(`Stack ${look.name} runs on a cluster that exists`));
      const logs = await example.switchboard("logs", "--since", "15m");
      assert.equal(logs.exitCode, 0, logs.stderr);
      assert.ok(
        logs.stdout.split("\n").some((line) => line.includes(look.app)),
        logs.stdout.slice(-2000),
      );
    });

    test("destroy leaves nothing of it", async () => {
      const { exitCode, output } = await example.destroy();
      assert.equal(exitCode, 0, output);
      await assert.rejects(example.kubectl("get", "namespace", look.name), /not found/i);
    });
  });
}
