import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import "../support/needsSystem";
import { pulumi } from "../support/outputs";
import { stackFile } from "../support/stackFile";
import { kubectl, npmRun, revisions, stateFolder, up } from "../support/system";

const official = { SWITCHBOARD_KUBERNETES_PROVIDER: "official" };
const local = { SWITCHBOARD_KUBERNETES_PROVIDER: "local" };

before(() => stackFile.keep());
after(() => stackFile.putBack());

/** What a live preview with one kind of provider would change. */
async function changes(provider: Record<string, string>): Promise<string[]> {
  const { exitCode, output } = await npmRun("preview", ["dev", "--live", "--json"], provider);
  assert.equal(exitCode, 0, output);
  const { changes } = JSON.parse(output.slice(output.indexOf("\n{") + 1)) as {
    changes: { operation: string; urn: string }[];
  };
  return changes.map(({ operation, urn }) => `${operation} ${urn.split("::").at(-1)}`).sort();
}

/** Changes a setting with one kind of provider, and finds that nothing but the panel and the edge was rolled. */
async function change(provider: Record<string, string>, greeting: string): Promise<void> {
  const before = await revisions();
  stackFile.set(["switchboard:panel", "env"], { GREETING: greeting });
  // A ConfigMap is replaced, and what reads it rolled.
  stackFile.set(["switchboard:edge", "limits", "bodySize"], greeting === "one" ? "11m" : "12m");
  const { exitCode, output } = await up(provider);
  assert.equal(exitCode, 0, output);
  const now = await revisions();
  assert.deepEqual(
    Object.keys(now)
      .filter((name) => now[name] !== before[name])
      .sort(),
    ["edge", "panel", "workers"],
  );
  assert.match(await kubectl("get", "deployment", "panel", "--output=yaml"), new RegExp(`value: ${greeting}`));
}

test("a system that one kind of provider made is the same to the other", async () => {
  assert.deepEqual(await changes(official), []);
  assert.deepEqual(await changes(local), []);
});

test("either goes on with what the other has changed", async () => {
  await change(local, "one");
  assert.deepEqual(await changes(official), []);
  await change(official, "two");
  assert.deepEqual(await changes(local), []);
  stackFile.putBack();
  assert.equal((await up(local)).exitCode, 0);
  assert.deepEqual(await changes(official), []);
  assert.match((await up(official)).output, /nothing to change/);
});

test("a state of an older stand-in is refused, and one up of the local one makes it fit", async () => {
  const file = join(stateFolder, "older.json");
  assert.equal((await pulumi("stack", "export", "--file", file)).exitCode, 0);
  const written = readFileSync(file, "utf8");
  const state = JSON.parse(written);
  for (const { outputs = {} } of state.deployment.resources) {
    for (const key of ["__inputs", "__initialApiVersion", "__fieldManager"]) delete outputs[key];
  }
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  assert.equal((await pulumi("stack", "import", "--file", file)).exitCode, 0);

  const before = await revisions();
  const refused = await up(official);
  assert.notEqual(refused.exitCode, 0);
  assert.match(refused.output, /dev was deployed by an older local stand-in .* so nothing was done/);
  assert.match(refused.output, /once: SWITCHBOARD_KUBERNETES_PROVIDER=local switchboard up dev/);
  assert.equal((await up(local)).exitCode, 0);
  assert.deepEqual(await changes(official), []);
  assert.deepEqual(await revisions(), before);

  // The objects of this system have the official provider's managers, which what comes next must find again.
  writeFileSync(file, written, { mode: 0o600 });
  assert.equal((await pulumi("stack", "import", "--file", file)).exitCode, 0);
  rmSync(file);
  assert.match((await up(official)).output, /nothing to change/);
});
