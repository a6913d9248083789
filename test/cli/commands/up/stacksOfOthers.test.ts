import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { Engine } from "../../../../engine";
import { temporaryFolder } from "../../../../lib/temporary";
import { layerKey } from "../../../support/project";

const folder = temporaryFolder("stacks-of-others");
after(() => rmSync(folder, { recursive: true, force: true }));
// Before anything reads it: the state of whoever runs this is left alone.
process.env.SWITCHBOARD_STATE = folder;

/** A Pulumi whose every stack has an object on the local nodes. */
function engine(env: Record<string, string>): Engine {
  const executable = join(folder, "script");
  const provider = {
    type: "pulumi:providers:kubernetes",
    urn: "urn",
    inputs: { clusterIdentifier: "switchboard-local" },
  };
  writeFileSync(join(folder, "exported"), JSON.stringify({ version: 3, deployment: { resources: [provider] } }));
  const script = `#!/bin/sh
echo "$*" >> ${folder}/calls
case "$1 $2" in "stack export") cat ${folder}/exported;; "stack import") cat >/dev/null;; esac
`;
  writeFileSync(executable, script, { mode: 0o755 });
  return {
    ...{ executable, env, origin: "path", note: "a script" },
    ...{ plugins: "local", kubernetes: "local", misplaced: [] },
  };
}

test("nodes that are gone are forgotten by stacks, too, whose file this copy of the repository does not have", async () => {
  const { forgetLocalObjects } = await import("../../../../cli/commands/up/localStacks");
  const { keptSettingsOf } = await import("../../../../engine/stack/keptSettings");
  const keep = (stack: string, context: string) => {
    mkdirSync(dirname(keptSettingsOf(stack)), { recursive: true });
    const settings = `config:\n  ${layerKey("cluster")}: {kind: existing, context: ${context}}\nencryptionsalt: v1:x\n`;
    writeFileSync(keptSettingsOf(stack), settings);
  };
  keep("shop", "switchboard-local");
  keep("elsewhere", "k3d-mine");
  // A stack that was begun, and one that the repository has, too.
  mkdirSync(join(dirname(keptSettingsOf("shop")), "../begun"));
  keep("dev", "switchboard-local");

  const own = engine({ PULUMI_BACKEND_URL: "file:///own" });
  assert.deepEqual((await forgetLocalObjects(own, () => {})).sort(), ["dev", "shop"]);
  const calls = readFileSync(join(folder, "calls"), "utf8");
  assert.match(calls, /^stack import --stack shop /m);
  assert.doesNotMatch(calls, /elsewhere|begun/);

  rmSync(join(folder, "calls"));
  assert.deepEqual(await forgetLocalObjects(engine({}), () => {}), ["dev"]);
  assert.ok(existsSync(keptSettingsOf("shop")));
});
