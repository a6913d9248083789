import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { forgetLocalObjects, forgetLostNodes, isLocal } from "../../../../cli/commands/up/localStacks";
import type { Engine } from "../../../../engine";
import type { StateResource } from "../../../../engine/resources/fromState";
import { temporaryFolder } from "../../../../lib/temporary";
import { UserError } from "../../../../lib/userError";

const folder = temporaryFolder("stacks");
const file = (name: string) => join(folder, name);
const resource = (type: string, inputs = {}): StateResource => ({ type, urn: `urn:pulumi:${type}`, inputs });
const provider = (clusterIdentifier: string) => resource("pulumi:providers:kubernetes", { clusterIdentifier });
const secrets = { type: "passphrase", state: { salt: "v1:salt" } };
const state = (...resources: StateResource[]) => ({
  version: 3,
  deployment: {
    ...{ manifest: {}, secrets_providers: secrets, resources },
    pending_operations: [{ type: "creating", resource: resource("kubernetes:core/v1:Service") }],
  },
});

/** A Pulumi that exports a state, and takes another one in once it is free of a lock. */
function engine(exported: object | undefined, locked = ""): Engine {
  writeFileSync(file("exported"), JSON.stringify(exported) ?? "");
  if (locked) writeFileSync(file("lock"), `error: the stack is currently locked by 1 lock(s).\n  it.json: ${locked}\n`);
  const executable = file("pulumi");
  writeFileSync(
    executable,
    `#!/bin/sh
echo "$*" >> ${file("calls")}
case "$1 $2" in
"stack export") [ -s ${file("exported")} ] && cat ${file("exported")} && exit; echo "error: no stack named 'dev' found" >&2; exit 1;;
"stack import") [ -f ${file("lock")} ] && cat ${file("lock")} >&2 && exit 1; cat > ${file("imported")};;
"cancel --yes") rm ${file("lock")};;
esac
`,
    { mode: 0o755 },
  );
  return {
    ...{ executable, env: {}, origin: "path", note: "a script" },
    ...{ plugins: "local", kubernetes: "local", misplaced: [] },
  };
}

beforeEach(() => {
  for (const name of ["lock", "imported", "calls"]) rmSync(file(name), { force: true });
});
const calls = () => readFileSync(file("calls"), "utf8").trim().split("\n");
const forget = (...given: Parameters<typeof engine>) => forgetLocalObjects(engine(...given), () => {});

test("the objects of nodes that are gone are forgotten, and the key of the secret settings stays", async () => {
  assert.deepEqual(await forget(state(provider("switchboard-local"), resource("kubernetes:core/v1:Secret"))), ["dev"]);
  assert.deepEqual(JSON.parse(readFileSync(file("imported"), "utf8")), {
    version: 3,
    deployment: { manifest: {}, secrets_providers: secrets, resources: [], pending_operations: [] },
  });
});

test("a stack that is not there, or holds nothing, or has objects elsewhere is left as it is", async () => {
  for (const exported of [undefined, state(), state(provider("switchboard-local"), provider("k3d-mine"))]) {
    assert.deepEqual(await forget(exported), []);
    assert.deepEqual(calls(), ["stack export --stack dev --non-interactive"]);
    assert.ok(!existsSync(file("imported")));
    rmSync(file("calls"));
  }
});

test("one that has a cloud's resources beside its objects is not of the local nodes alone", () => {
  assert.equal(isLocal(state(provider("switchboard-local"))), true);
  assert.equal(isLocal(state(provider("switchboard-local"), resource("pulumi:providers:gcp"))), false);
});

test("an up forgets lost nodes and says so; a backend that the person chose may hold somebody else's, and is not asked", async () => {
  const notes: string[] = [];
  const progress = {
    step: <T>(_: string, work: (report: () => void) => Promise<T>) => work(() => {}),
    note: (text: string) => void notes.push(text),
  };
  const found = engine(state(provider("switchboard-local")));
  await forgetLostNodes(found, progress);
  assert.ok(!existsSync(file("calls")));
  await forgetLostNodes({ ...found, env: { PULUMI_BACKEND_URL: "file:///own" } }, progress);
  assert.ok(existsSync(file("imported")));
  assert.match(notes.join(), /^the nodes that stack dev was on are gone, with their data/);
});

test("the lock of a run that was killed is taken away first", async () => {
  const nobody = 2 ** 22 + 1;
  const lock = `created by me@${hostname()} (pid ${nobody}) at 2026-11-21T13:53:45Z`;
  assert.deepEqual(await forget(state(provider("switchboard-local")), lock), ["dev"]);
  assert.deepEqual(
    calls().map((call) => call.split(" --")[0]),
    ["stack export", "stack import", "cancel", "stack import"],
  );
  assert.ok(existsSync(file("imported")));
});

test("the lock of somebody who is at work is left alone", async () => {
  const lock = "created by you@another-machine (pid 1) at 2026-11-21T13:53:45Z";
  await assert.rejects(forget(state(provider("switchboard-local")), lock), (error: UserError) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /another Pulumi changes the stack dev: process 1 on another-machine/);
    assert.match(error.todo, /wait until it has ended/);
    return true;
  });
  assert.ok(!existsSync(file("imported")));
});
