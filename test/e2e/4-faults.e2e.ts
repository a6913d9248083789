// First: it says whose data the services are, before anything reads it.
import "./support/needsSystem";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { serviceProcesses } from "../../sandbox/nodes/cgroups";
import {
  endService,
  isAlive,
  runningService,
  serviceLog,
  startService,
  waitForService,
} from "../../sandbox/nodes/service";
import { type Outputs, readOutputs } from "./support/outputs";
import { enterChat, enterOnTwoNodes, logIn, openRoom } from "./support/panel";
import { eventually, get, kubectl, livePods } from "./support/system";

let outputs: Outputs;
before(async () => {
  outputs = await readOutputs();
});

/** Ends pods at once, without their grace. */
async function kill(...names: string[]): Promise<void> {
  await kubectl("delete", "pod", "--grace-period=0", "--force", ...names);
}

async function rolledOut(deployment: string): Promise<void> {
  await kubectl("rollout", "status", `deployment/${deployment}`, "--timeout=600s");
}

test("a session survives the death of every panel pod that could have made it", async () => {
  const visitor = await logIn(outputs);
  assert.equal((await visitor.send("/rooms")).status, 200);
  const before = await livePods("panel", "web");
  await kill(...before.map(({ name }) => name));
  await rolledOut("panel");
  await eventually("the same session on new pods", 60, async () => {
    const answer = await visitor.send("/rooms");
    return answer.status === 200 ? true : undefined;
  });
  const after = await livePods("panel", "web");
  assert.ok(
    after.every(({ name }) => !before.some((pod) => pod.name === name)),
    "all pods are new",
  );
});

test("an acknowledged message survives the death of the chat pod that took it", async () => {
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "survives");
  const { first, second } = await enterOnTwoNodes(outputs, visitor);
  await Promise.all([first.client.join(room), second.client.join(room)]);
  const acks = [];
  for (let index = 0; index < 20; index++) {
    acks.push(await first.client.say(room, `kept ${index}`));
    // Five messages a second on each of two nodes are a person's.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const victim = (await livePods("chat", "socket")).find(({ ip }) => first.node.endsWith(ip));
  assert.ok(victim, `a pod with the address of ${first.node}`);
  await kill(victim.name);
  await first.client.next("the end of the connection", (frame) => frame.type === "closed", 30);
  await rolledOut("chat");
  const again = await enterChat(outputs, visitor);
  const joined = await again.client.join(room, 0);
  assert.deepEqual(
    joined.messages.map(({ seq, body }: { seq: number; body: string }) => [seq, body]),
    acks.map(({ seq }, index) => [seq, `kept ${index}`]),
  );
  const late = await again.client.say(room, "after the death");
  await second.client.next("the message of the new pod", (frame) => frame.type === "message" && frame.seq === late.seq);
  again.client.close();
  second.client.close();
});

test("a resend of an acknowledged message is acknowledged the same and shown once", async () => {
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "once");
  const { client } = await enterChat(outputs, visitor);
  await client.join(room);
  const ack = await client.say(room, "only once");
  const other = await enterChat(outputs, visitor);
  await other.client.join(room);
  const second = await other.client.say(room, "only once", ack.id);
  assert.equal(second.seq, ack.seq);
  const joined = await (await enterChat(outputs, visitor)).client.join(room, 0);
  assert.equal(joined.messages.length, 1);
  client.close();
  other.client.close();
});

test("a rollout of the chat closes connections with 1012 after telling them to come back", async () => {
  const visitor = await logIn(outputs);
  const clients = await Promise.all(Array.from({ length: 6 }, () => enterChat(outputs, visitor)));
  await kubectl("rollout", "restart", "deployment/chat");
  await rolledOut("chat");
  for (const { client } of clients) {
    const drain = await client.next("drain", (frame) => frame.type === "drain", 90);
    assert.ok(drain.reconnectAfterMs >= 0);
    const end = await client.next("end", (frame) => frame.type === "closed", 90);
    assert.equal(end.code, 1012);
  }
});

test("the database comes back by itself, with what was acknowledged, and the apps do not restart", async () => {
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "database");
  const entered = await enterChat(outputs, visitor);
  await entered.client.join(room);
  const ack = await entered.client.say(room, "before the crash");
  const restarts = async () =>
    (await get("pods", "--selector=app.kubernetes.io/name in (panel,chat)")).items
      .filter((pod: any) => pod.status.phase === "Running" && !pod.metadata.deletionTimestamp)
      .map((pod: any) => `${pod.metadata.name} ${pod.status.containerStatuses[0].restartCount}`)
      .sort();
  await eventually("the pods of the rollout before are gone", 120, async () => {
    const { items } = await get("pods", "--selector=app.kubernetes.io/name in (panel,chat)");
    return items.some((pod: any) => pod.metadata.deletionTimestamp) ? undefined : true;
  });
  const before = await restarts();
  await kill("postgres-0");
  await eventually("the room's history after the crash", 90, async () => {
    const { client } = await enterChat(outputs, visitor);
    try {
      const joined = await client.join(room, 0);
      return joined.messages.some(({ seq }: { seq: number }) => seq === ack.seq) ? true : undefined;
    } finally {
      client.close();
    }
  });
  assert.deepEqual(await restarts(), before);
  entered.client.close();
});

test("processes of the local nodes that are killed come back by themselves, and no pod restarts", async () => {
  const visitor = await logIn(outputs);
  const restarts = async () =>
    (await get("pods", "--all-namespaces")).items
      .filter((pod: any) => pod.status.phase === "Running")
      .map((pod: any) => `${pod.metadata.name} ${pod.status.containerStatuses.map((one: any) => one.restartCount)}`)
      .sort();
  const onFirst = (await livePods("panel", "web")).find(({ node }) => node === "node-1");
  assert.ok(onFirst, "a pod of the panel on the first node");
  const before = await restarts();
  const names = ["node-1.containerd", "node-1.kubelet", "control.kube-apiserver", "control.etcd", "host.load-balancer"];
  for (const name of names) {
    const killed = runningService(name)!.pid;
    process.kill(killed, "SIGKILL");
    await eventually(`another process of ${name}, and all that it serves`, 60, async () => {
      const now = runningService(name)?.pid;
      if (now === undefined || now === killed) return undefined;
      // Through the API server, the kubelet and the container runtime; then through the load balancer.
      await kubectl("exec", onFirst.name, "--", "node", "--version");
      const { items } = await get("nodes", "--all-namespaces");
      const isReady = ({ status }: any) =>
        status.conditions.some((one: any) => one.type === "Ready" && one.status === "True");
      return items.every(isReady) && (await visitor.send("/rooms")).status === 200 ? true : undefined;
    });
    assert.match(readFileSync(serviceLog(name), "utf8"), new RegExp(`${name} ended by signal 9 after `));
  }
  assert.deepEqual(await restarts(), before);
});

test("a service that cannot start is reported with its reason, and nothing goes on trying", async () => {
  const name = "host.test";
  const service = { name, command: ["sleep", "infinity"] as const };
  const { pid } = await startService(service);
  assert.deepEqual(await startService(service), { pid, started: false });
  const supervisors = serviceProcesses(name).filter((one) => one !== pid);
  await endService(name, 10_000);
  assert.ok(supervisors.length > 0 && ![pid, ...supervisors].some(isAlive));

  try {
    await assert.rejects(startService({ name, command: ["/missing"] }), /host\.test could not be started: .*not found/);
    // It starts, and then finds what it does not like.
    const command = ["sh", "-c", "echo no such disk; exec timeout 1 tail -f /dev/null"] as const;
    // Not sleep, which the supervisor itself waits with.
    await startService({ name, command, program: "timeout" });
    await assert.rejects(
      waitForService(name, "it answered", () => Promise.resolve(false)),
      /host\.test ended before it answered: .*no such disk/,
    );
    assert.deepEqual(serviceProcesses(name).filter(isAlive), []);
  } finally {
    // What goes on trying would keep every later command from the nodes.
    await endService(name, 2_000);
  }
});
