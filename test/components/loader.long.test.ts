import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { type Program, type Registered, type RegisteredHook, runProgram } from "../bench/monitor";
import { repository } from "../support/plan";

const folder = mkdtempSync(join(tmpdir(), "switchboard-loader-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;

/** A program under the loader, as `pulumi up` would start it. */
function program(text: string, env: Record<string, string> = {}): Program {
  const entry = join(folder, `program-${written++}.ts`);
  writeFileSync(entry, `import * as pulumi from "@pulumi/pulumi";\n${text}\n`);
  const nodeArgs = ["--require", join(repository, "components/loader.cjs")];
  return { entry, folder, stack: "dev", config: {}, nodeArgs, env };
}

suite("a program under the loader", () => {
  test("registers hooks, and the engine can call them", async () => {
    const said: string[] = [];
    const text = `
      import { guardedUpdate } from ${JSON.stringify(join(repository, "components/clouds/shared/guards"))};
      const guard = guardedUpdate("server", (before, after) => {
        const [old, wanted] = [before.version as string, after.version as string];
        return wanted < old ? \`server.version: \${wanted} is older than \${old}; use \${old}\` : undefined;
      });
      new pulumi.CustomResource("test:index:Server", "server", { version: "16" }, guard);`;
    const onHooked = async (_resource: Registered, hooks: readonly RegisteredHook[]) => {
      assert.deepEqual(
        hooks.map(({ name, onDryRun }) => [name, onDryRun]),
        [["server-guard", true]],
      );
      said.push(await hooks[0]!.beforeUpdate({ version: "17" }, { version: "16" }));
      said.push(await hooks[0]!.beforeUpdate({ version: "15" }, { version: "16" }));
    };
    const { registered } = await runProgram(program(text), { onHooked });
    assert.deepEqual(said, ["server.version: 16 is older than 17; use 17", ""]);
    assert.ok(registered.some(({ name }) => name === "server"));
  });

  test("loads nothing that serializes functions or drives the CLI", async () => {
    const unwanted = ["typescript", "@npmcli/arborist", "@opentelemetry/api", "@pulumi/pulumi/automation"];
    await runProgram(
      program(`
        process.on("exit", () => {
          const loaded = Object.keys(require.cache);
          for (const name of ${JSON.stringify(unwanted)}) {
            const found = loaded.find((path) => path.includes(\`/node_modules/\${name}/\`));
            if (found) console.error(\`loaded \${found}\`);
            // An error thrown here would be caught by the SDK.
            if (found) process.exitCode = 1;
          }
        });`),
    );
  });

  test("has every part of the SDK and of zod once it is asked for", async () => {
    await runProgram(
      program(`
        import { z } from "zod";
        if (typeof pulumi.automation.LocalWorkspace.createStack !== "function") throw new Error("no automation API");
        if (!("construct" in pulumi.provider) && !("main" in pulumi.provider)) throw new Error("no component providers");
        if (!Object.keys(pulumi.automation).includes("LocalWorkspace")) throw new Error("no names");
        z.config(z.locales.de());
        const { error } = z.number().safeParse("x");
        if (!error!.issues[0]!.message.startsWith("Ungültige")) throw new Error(error!.issues[0]!.message);`),
    );
  });

  test("that serializes a function ends with the switch that makes it possible", async () => {
    const text = `
      const provider: pulumi.dynamic.ResourceProvider = { create: async () => ({ id: "1" }) };
      class Made extends pulumi.dynamic.Resource {
        constructor(name: string) {
          super(provider, name, {});
        }
      }
      new Made("made");`;
    await assert.rejects(
      runProgram(program(text)),
      /serializeClosure is left out .*set SWITCHBOARD_FULL_RUNTIME=1 to load it/,
    );
    const { registered } = await runProgram(program(text, { SWITCHBOARD_FULL_RUNTIME: "1" }));
    assert.match(String(registered.find(({ name }) => name === "made")?.inputs.__provider), /create/);
  });

  test("that waits for a promise that never ends fails", async () => {
    const text = `new pulumi.CustomResource("test:index:Server", "server", { never: new Promise(() => {}) });`;
    await assert.rejects(runProgram(program(text)), /The Pulumi runtime detected that \d+ promises? .* still active/);
  });
});

test("a run that goes on for long gets the optimizing compiler, a usual one does not", () => {
  const work = (milliseconds: number) =>
    `const hot = (n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum; };
     const end = Date.now() + ${milliseconds};
     (function go() { hot(1e5); if (Date.now() < end) setImmediate(go); })();`;
  const optimized = (milliseconds: number, by: RegExp) => {
    const args = ["--no-opt", "--trace-opt", "--require", "./components/loader.cjs", "-e", work(milliseconds)];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: repository, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return by.test(stdout);
  };
  assert.equal(optimized(1, /\[completed .*TURBOFAN/), false);
  // Node.js 24 has a second one, Maglev, which `--no-opt` leaves on.
  assert.equal(optimized(6_000, /\[completed .*JSFunction hot .*(TURBOFAN|MAGLEV)/), true);
});
