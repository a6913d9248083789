import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import "./support/needsSystem";
import { type Outputs, readOutputs } from "./support/outputs";
import { enterChat, logIn, openRoom } from "./support/panel";
import { stackFile } from "./support/stackFile";
import { switchboard } from "./support/switchboard";
import { eventually, get, kubectl, livePods, nodes, npmRun, revisions, startNpm, up } from "./support/system";

let outputs: Outputs;

before(async () => {
  stackFile.keep();
  outputs = await readOutputs();
});
after(() => stackFile.putBack());

test("a migration that fails stops the rollout, shows its log, and the old version goes on", async () => {
  const before = await livePods("panel", "web");
  const source = "test/e2e/fixtures/failing-migration";
  stackFile.set(["switchboard:panel", "image"], { repository: "localhost/switchboard/panel", source });
  const { exitCode, output } = await up();
  assert.notEqual(exitCode, 0);
  assert.match(output, /relation "orders_of_another_product" does not exist/);
  assert.deepEqual(await livePods("panel", "web"), before, "not one pod was touched");
  await logIn(outputs);

  stackFile.putBack();
  assert.equal((await up()).exitCode, 0);
  const { items } = await get("jobs");
  assert.ok(
    items.every((job: any) => !job.status.failed || job.status.succeeded),
    "the failed Job is gone",
  );
});

test("an image that cannot be started ends with its reason; the old pods serve", async () => {
  const before = await livePods("chat", "socket");
  const migrated = (await get("jobs")).items.map((job: any) => job.metadata.name);
  // The panel's image has no chat in it: neither the migration nor the server can start.
  stackFile.set(["switchboard:chat", "image"], { repository: "localhost/switchboard/panel", source: "apps/panel" });
  const { exitCode, output } = await up();
  assert.notEqual(exitCode, 0);
  assert.match(output, /chat-migrate/);
  assert.match(output, /\/app\/bin\/chat/, "the message names what could not be started");
  assert.deepEqual(await livePods("chat", "socket"), before);
  const { client } = await enterChat(outputs, await logIn(outputs));
  client.close();

  stackFile.putBack();
  assert.equal((await up()).exitCode, 0);
  for (const name of migrated)
    assert.ok(
      (await get("jobs")).items.some((job: any) => job.metadata.name === name),
      name,
    );
});

test("a namespace of somebody else is named before anything is made, and left as it is", async () => {
  const before = await revisions();
  const name = "somebody-elses";
  await kubectl("create", "namespace", name);
  try {
    await kubectl("create", "configmap", "theirs", "--namespace", name, "--from-literal=key=value");
    const namespace = JSON.parse(await kubectl("get", "namespace", name, "--output=json"));
    stackFile.set(["switchboard:cluster", "namespace"], name);
    const preview = await switchboard("preview", "dev", "--live");
    assert.notEqual(preview.exitCode, 0);
    const told = /Namespace somebody-elses is in the cluster .* already and was not made by this program/;
    // Lines are broken to the width of the terminal.
    const oneLine = (text: string) => text.replace(/\s+/g, " ");
    assert.match(oneLine(preview.stdout + preview.stderr), told);
    const { exitCode, output } = await up();
    assert.notEqual(exitCode, 0);
    assert.match(oneLine(output), told);
    const after = JSON.parse(await kubectl("get", "namespace", name, "--output=json"));
    assert.deepEqual([after.metadata.labels, after.metadata.uid], [namespace.metadata.labels, namespace.metadata.uid]);
    const { items } = JSON.parse(await kubectl("get", "configmaps,secrets,pods", "--namespace", name, "--output=json"));
    assert.deepEqual(items.map((object: any) => object.metadata.name).sort(), ["kube-root-ca.crt", "theirs"]);
  } finally {
    stackFile.putBack();
    await kubectl("delete", "namespace", name);
  }
  assert.equal((await up()).exitCode, 0);
  assert.deepEqual(await revisions(), before, "what was there is as it was");
});

test("a run that is killed is continued by the next one", async () => {
  const before = await revisions();
  stackFile.set(["switchboard:chat", "env"], { GREETING: "hello" });
  const run = startNpm("up", "dev", "--nodes", String(nodes));
  await eventually("the rollout of the chat", 120, async () => {
    const now = await revisions();
    return now.chat === before.chat ? undefined : true;
  });
  // The whole group at once, as a lost connection or a power cut would.
  process.kill(-run.pid!, "SIGKILL");
  await run;
  const { exitCode, output } = await up();
  assert.equal(exitCode, 0, output);
  assert.equal((await livePods("chat", "socket")).length, 2);
  stackFile.putBack();
  assert.equal((await up()).exitCode, 0);
});

test("a port that is taken is refused with the process that holds it, and the data is still there", async () => {
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "kept");
  const entered = await enterChat(outputs, visitor);
  await entered.client.join(room);
  await entered.client.say(room, "still there");
  entered.client.close();

  assert.equal((await npmRun("down")).exitCode, 0);
  const holder = createServer();
  await new Promise<void>((resolve, reject) => {
    holder.once("error", reject);
    holder.listen(8443, "127.0.0.1", resolve);
  });
  try {
    const { exitCode, output } = await up();
    assert.notEqual(exitCode, 0);
    assert.match(output, /8443/);
    assert.match(output, new RegExp(`\\b${process.pid}\\b`), "the process that holds it");
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }

  assert.equal((await up()).exitCode, 0);
  const again = await enterChat(outputs, await logIn(outputs));
  const joined = await again.client.join(room, 0);
  assert.deepEqual(
    joined.messages.map(({ body }: { body: string }) => body),
    ["still there"],
  );
  again.client.close();
});
