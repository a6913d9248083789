import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import "./needsSystem";
import { Visitor } from "./client";
import { Example } from "./example";
import { looks } from "./exampleLooks";
import { sendRequests } from "./ledger";
import { readOutputs } from "./outputs";
import { eventually } from "./system";

/** The suite of an example, from its file to nothing. @throws where nobody has said how it is looked at */
export function lookAt(name: string): void {
  const look = looks.find((one) => one.name === name);
  if (!look) throw new Error(`nobody has said how the example ${name} is looked at`);
  describe(`the example ${look.name}`, () => {
    const example = new Example(look.name);
    before(() => example.forget());
    after(() => example.forget());

    test("comes up from its file, does what it is for, and status says that it is well", async () => {
      const { exitCode, output } = await example.up();
      assert.equal(exitCode, 0, output);
      await look.use(await example.visitor(look.app), example);
      const { panelUrl, certificateAuthority } = await readOutputs();
      const panel = await new Visitor(panelUrl, certificateAuthority).send("/login");
      assert.equal(panel.status, 200, "the development stack beside it is reached as before");
      const status = await example.switchboard("status");
      assert.equal(status.exitCode, 0, status.stdout + status.stderr);
    });

    test("a second, different version replaces the first and fails not one request", async (context) => {
      for (const { app, file, from, to } of [look, ...(look.beside ? [look.beside] : [])])
        example.secondVersion(app, file, (text) => text.replace(from, to));
      const { page = "/" } = look;
      const { url, authority } = await example.address(look.app);
      const used = await look.during?.(example);
      const requests = sendRequests({ url: new URL(page, url).href, authority }, 4, true);
      const { exitCode, output } = await example.up();
      const { sent, failed } = await requests.stop();
      assert.equal(exitCode, 0, output);
      if (used) context.diagnostic(await used());
      context.diagnostic(`${sent} requests, ${failed.length} failed`);
      assert.ok(sent > 50, `${sent} requests`);
      assert.deepEqual(failed, []);
      // A pod of before takes requests for some seconds more, over connections that NGINX has to it.
      const visitor = await example.visitor(look.app);
      await eventually("the second version answers", 30, async () =>
        look.says.test((await visitor.send(page)).body) ? true : undefined,
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
