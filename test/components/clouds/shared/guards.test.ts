import assert from "node:assert/strict";
import { test } from "node:test";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import * as protocol from "@pulumi/pulumi/proto/resource_pb";
import { CallbackServer } from "@pulumi/pulumi/runtime/callbacks";
import { versionProblem as controlPlaneProblem } from "../../../../components/clouds/aws/changes";
import { versionProblem as rdsProblem } from "../../../../components/clouds/aws/postgres";
import { versionProblem as cloudSqlProblem } from "../../../../components/clouds/gcp/postgres";
import { guardedUpdate } from "../../../../components/clouds/shared/guards";
import { Struct } from "../../../../engine/protobuf";
import { record } from "../../../../engine/record/recorder";

type Hook = pulumi.ResourceHook;
type Check = Parameters<typeof guardedUpdate>[1];
type Inputs = Record<string, unknown>;

/** One resource with a guard, and the guard as the engine would call it. */
async function guarded(check: Check) {
  let hooks: Hook[] = [];
  const plan = await record(
    async () => {
      const options = guardedUpdate("thing", check);
      hooks = (options.hooks?.beforeUpdate ?? []) as Hook[];
      new core.ConfigMap("thing", { data: { version: "2" } }, options);
      return {};
    },
    { project: "switchboard", stack: "dev", config: {} },
  );
  assert.equal(plan.of("kubernetes:core/v1:ConfigMap").length, 1);
  assert.equal(hooks.length, 1);
  const call = (oldInputs?: Record<string, unknown>, newInputs?: Record<string, unknown>) =>
    Promise.resolve().then(() =>
      hooks[0]!.callback({ urn: "", id: "", name: "", type: "", oldInputs, newInputs } as never),
    );
  return { hook: hooks[0]!, call };
}

test("a guard runs in a preview too, where the change can still be taken back", async () => {
  const { hook } = await guarded(() => undefined);
  assert.equal(hook.name, "thing-guard");
  assert.equal(hook.opts?.onDryRun, true);
  assert.notEqual(hook.opts?.ignoreErrors, true);
});

test("a guard refuses with the sentence of its check, and lets everything else pass", async () => {
  const { call } = await guarded((before, after) =>
    before.version !== after.version
      ? `thing.version: ${before.version} to ${after.version} is not one step`
      : undefined,
  );
  await assert.rejects(call({ version: "1" }, { version: "3" }), /^Error: thing\.version: 1 to 3 is not one step$/);
  await call({ version: "1" }, { version: "1" });
});

test("a guard that is given no inputs sees empty ones", async () => {
  const seen: unknown[] = [];
  const { call } = await guarded((...inputs) => void seen.push(inputs));
  await call();
  assert.deepEqual(seen, [[{}, {}]]);
});

/** What the engine gets back when it asks the hook about this change, over the SDK's own server for hooks. */
async function answerOf(
  check: Check,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Promise<string> {
  const { hook } = await guarded(check);
  let token = "";
  const engine = {
    registerResourceHook(request: any, done: (error: null, response: unknown) => void) {
      token = request.getCallback().getToken();
      done(null, {});
    },
  };
  const server = new CallbackServer(engine as never) as any;
  try {
    await server.registerResourceHook(hook);
    const request = new protocol.ResourceHookRequest();
    request.setOldInputs(Struct.fromJavaScript(before as never));
    request.setNewInputs(Struct.fromJavaScript(after as never));
    return (await server._callbacks.get(token)(request.serializeBinary())).getError();
  } finally {
    server.shutdown();
  }
}

test("the engine gets the sentence as the hook's error, and no error for what may pass", async () => {
  const check: Check = (before, after) =>
    Number(after.version) > Number(before.version) + 1 ? `version: ${after.version} skips a step` : undefined;
  assert.equal(await answerOf(check, { version: "1.0" }, { version: "3" }), "version: 3 skips a step");
  assert.equal(await answerOf(check, { version: "1" }, { version: "2" }), "");
});

test("a value that a preview does not know is no text, and a secret is hidden from the check", async () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };
  const seen: Record<string, unknown>[] = [];
  await answerOf((_before, after) => void seen.push(after), {}, { version: unknown, password: secret });
  assert.notEqual(typeof seen[0]!.version, "string");
  assert.ok(pulumi.Output.isInstance(seen[0]!.password));
});

/** The rows of the list of bad input that only a comparison with what runs can find. */
const refused: [row: number, check: Check, before: Inputs, after: Inputs, told: string][] = [
  [
    6,
    controlPlaneProblem,
    { version: "1.33" },
    { version: "1.35" },
    'cluster.version: the control plane may move one minor at a time: 1.33 → 1.35; set it to "1.34" first',
  ],
  [
    6,
    controlPlaneProblem,
    { version: "1.35" },
    { version: "1.34" },
    'cluster.version: a control plane cannot go back: 1.35 → 1.34; set it to "1.35" or "1.36"',
  ],
  [6, controlPlaneProblem, { version: "1.34" }, { version: "1.35" }, ""],
  [
    35,
    (before, after) => rdsProblem(before.engineVersion, after.engineVersion, false),
    { engineVersion: "16" },
    { engineVersion: "17" },
    'postgres.version: 17 in the place of 16 would stop the server for the upgrade and could not be undone; set it back to "16", or take a snapshot and set postgres.blueGreenUpdates to true, which upgrades a copy',
  ],
  [
    35,
    (before, after) => rdsProblem(before.engineVersion, after.engineVersion, true),
    { engineVersion: "16" },
    { engineVersion: "17" },
    "",
  ],
];

for (const [row, check, before, after, told] of refused) {
  test(`row ${row}: ${told || `${JSON.stringify(after)} may follow ${JSON.stringify(before)}`}`, async () => {
    assert.equal(await answerOf(check, before, after), told);
  });
}

test("row 35: Cloud SQL takes no new major version in the place of the old one", async () => {
  const check: Check = (before, after) => cloudSqlProblem(before.databaseVersion, after.databaseVersion);
  const told = await answerOf(check, { databaseVersion: "POSTGRES_16" }, { databaseVersion: "POSTGRES_17" });
  assert.match(told, /^postgres\.version: .*17.*16.*; /);
  assert.equal(await answerOf(check, { databaseVersion: "POSTGRES_16" }, { databaseVersion: "POSTGRES_16" }), "");
});
