import assert from "node:assert/strict";
import { test } from "node:test";
import "./support/needsSystem";
import { forgetHands } from "./support/byHand";
import { startSwitchboard, switchboard } from "./support/switchboard";
import { eventually, get, kubectl } from "./support/system";

/** Pods that were made by hand: those of a console or of a job, by the component that only they have. */
async function ownPods(): Promise<string[]> {
  const { items } = await get("pods", "--selector=app.kubernetes.io/component=console");
  return items.filter(({ metadata }: any) => !metadata.deletionTimestamp).map(({ metadata }: any) => metadata.name);
}

/** Restarts of everything that serves, by pod; what is on its way out serves no more. */
async function restarts(): Promise<Map<string, number>> {
  const { items } = await get("pods", "--selector=app.kubernetes.io/component in (web,socket,worker,proxy)");
  const staying = items.filter(({ metadata }: any) => !metadata.deletionTimestamp);
  return new Map(staying.map(({ metadata, status }: any) => [metadata.name, status.containerStatuses[0].restartCount]));
}

test("consoles answer in the live image, in pods of their own that go away", async () => {
  const before = await restarts();
  const users = await switchboard("console", "panel", "-e", "(await models.users.listUsers(db)).length");
  assert.equal(users.exitCode, 0, users.stderr);
  assert.match(users.stdout.trim(), /^[1-9]\d*$/);
  const nodes = await switchboard("console", "chat", "-e", "length([node() | Node.list()])");
  assert.equal(nodes.exitCode, 0, nodes.stderr);
  assert.equal(nodes.stdout.trim(), "2");
  const spoken = await switchboard("console", "chat", "-e", ":init.get_argument(:proto_dist)");
  assert.match(spoken.stdout, /inet_tls/, "nodes and consoles speak TLS to each other");
  const wrong = await switchboard("console", "panel", "-e", "nothingOfThatName");
  assert.notEqual(wrong.exitCode, 0);
  assert.match(wrong.stderr + wrong.stdout, /nothingOfThatName is not defined/);
  await eventually("the consoles' pods are gone", 60, async () => (await ownPods()).length === 0 || undefined);
  for (const [name, count] of await restarts()) assert.equal(count, before.get(name) ?? 0, name);
});

test("a console whose client is killed is ended by Kubernetes", async () => {
  const client = startSwitchboard("console", "panel", "--ttl", "20s", "-e", "new Promise(() => {})");
  client.catch(() => {});
  await eventually("the console's pod runs", 60, async () => (await ownPods()).length === 1 || undefined);
  client.kill("SIGKILL");
  await eventually("its time is over", 90, async () => {
    const { items } = await get(
      "pods",
      "--selector=app.kubernetes.io/component=console",
      "--field-selector=status.phase=Running",
    );
    return items.length === 0 || undefined;
  });
});

test("run gives a command the app's configuration, and its exit code back", async () => {
  const good = await switchboard("run", "panel", "--", "node", "-e", "console.log('stage ' + process.env.STAGE)");
  assert.equal(good.exitCode, 0, good.stderr);
  assert.match(good.stdout, /stage dev/);
  const bad = await switchboard("run", "panel", "--", "node", "-e", "process.exit(7)");
  assert.equal(bad.exitCode, 7, bad.stderr);
  const late = await switchboard("run", "panel", "--timeout", "5s", "--", "node", "-e", "setInterval(() => {}, 1000)");
  assert.equal(late.exitCode, 124, late.stderr);
  const words = await switchboard("run", "panel", "--", "node src/main.js cleanup");
  assert.notEqual(words.exitCode, 0);
});

test("drift finds what was changed by hand, and says when nothing was", async () => {
  const none = await switchboard("drift", "dev");
  assert.equal(none.exitCode, 0, none.stdout + none.stderr);
  const deployment = "deployment/workers";
  const { spec } = await get(deployment);
  await kubectl("scale", deployment, `--replicas=${spec.replicas + 1}`);
  try {
    const { exitCode, stdout, stderr } = await switchboard("drift", "dev", "--json");
    assert.equal(exitCode, 3, stderr);
    const said = JSON.parse(stdout);
    assert.equal(said.drifted, true);
    assert.match(JSON.stringify(said.resources), /workers-deployment.*spec\.replicas/s);
    const { stdout: markdown } = await switchboard("drift", "dev", "--markdown");
    assert.match(markdown, /replicas/);
  } finally {
    await kubectl("scale", deployment, `--replicas=${spec.replicas}`);
    await forgetHands(deployment);
  }
  const again = await switchboard("drift", "dev");
  assert.equal(again.exitCode, 0, again.stdout);
});
