import "./support/needsSystem";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { PodIdentity } from "../../components/contracts";
import { networkRules } from "../../components/network/networkRules";
import { type AddressPlan, addressPlan, type NodePlan, nodePlans } from "../../sandbox/nodes/layout";
import { findMachine } from "../../sandbox/nodes/machine";
import { runningService } from "../../sandbox/nodes/service";
import { reaches } from "../support/reachability";
import { type Actor, actors, dismissStandIns, identityIn, standInFor } from "./support/actors";
import { type Answer, podProcesses, tryFrom } from "./support/connections";
import { type Outside, startOutside } from "./support/outside";
import { apply, eventually, get, kubectl, namespace, patience } from "./support/system";

// Real packets: each connection is tried from the pod's own network, and the kernel of its node decides. What is
// expected comes from the policies that the cluster has, by a reading of them that neither made nor enforces them.

/** Seconds of silence that count as a refusal: a second packet has gone unanswered too. */
const silence = 2;

interface Probe {
  readonly to: string;
  readonly host: string;
  readonly port: number;
  readonly udp?: boolean;
  readonly allowed: boolean;
}

let specs: Record<string, any>;
let everybody: Actor[];
/** Ports of pods by the kind of pod and the name: a Service may call them so. */
let named: Record<string, number>;
let plan: AddressPlan;
let nodes: readonly NodePlan[];

before(async () => {
  const found: any[] = (await get("nodes")).items;
  const [address] = found.flatMap(({ status }) => status.addresses).map((one) => one.address as string);
  plan = addressPlan(address!.split(".").slice(0, 2).join("."));
  nodes = nodePlans(plan, found.length);
  const { items } = await get("networkpolicies");
  specs = Object.fromEntries(items.map(({ metadata, spec }: any) => [metadata.name, spec]));
  const kinds = Object.values(specs).flatMap((spec) => identityIn(spec.podSelector.matchLabels) ?? []);
  const live = new Set((await actors()).map(({ identity }) => kindOf(identity)));
  await standInFor(kinds.filter((kind) => !live.has(kindOf(kind))));
  everybody = await actors();
  named = Object.fromEntries(
    (await get("pods", "--selector=app.kubernetes.io/component")).items.flatMap(({ metadata, spec }: any) =>
      spec.containers.flatMap(({ ports = [] }: any) =>
        ports.map(({ name, containerPort }: any) => [`${kindOf(identityIn(metadata.labels)!)} ${name}`, containerPort]),
      ),
    ),
  );
  for (const kind of kinds) assert.ok(everybody.some(({ identity }) => kindOf(identity) === kindOf(kind)));
});
after(dismissStandIns);

function kindOf({ name, component }: PodIdentity): string {
  return `${name}-${component}`;
}

function numberOf(identity: PodIdentity, port: number | string): number {
  const number = typeof port === "number" ? port : named[`${kindOf(identity)} ${port}`];
  assert.ok(number, `${kindOf(identity)} has no port ${port}`);
  return number;
}

function ports(): number[] {
  const inRules = Object.values(specs).flatMap(({ ingress = [], egress = [] }) =>
    [...ingress, ...egress].flatMap((rule: any) => (rule.ports ?? []).map(({ port }: any) => port as number)),
  );
  return [...new Set([...inRules, ...everybody.flatMap((actor) => actor.ports)])].sort((a, b) => a - b);
}

/** Tries them from one place and says which came out otherwise than expected. */
async function surprises(from: string, pid: number, probes: readonly Probe[]): Promise<string[]> {
  const wanted = probes.map(({ host, port, udp, allowed }) => ({
    ...{ host, port, udp },
    seconds: allowed ? 5 * patience : silence,
  }));
  const answers: Answer[] = await tryFrom(pid, wanted);
  return probes.flatMap(({ to, port, udp, allowed }, index) => {
    const answer = answers[index]!;
    // A port that nobody listens on answers too: what is tried is the way there.
    if (allowed ? ["connected", "closed"].includes(answer) : answer === "silent") return [];
    return [`${from} → ${to}:${port}${udp ? "/udp" : ""} must be ${allowed ? "allowed" : "refused"}: ${answer}`];
  });
}

/** The same from every pod, a few pods at a time. */
async function everywhere(probesOf: (from: Actor) => readonly Probe[]): Promise<{ wrong: string[]; probes: Probe[] }> {
  const left = [...everybody];
  const [wrong, probes]: [string[], Probe[]] = [[], []];
  const worker = async () => {
    for (let from = left.shift(); from; from = left.shift()) {
      const own = probesOf(from);
      probes.push(...own);
      wrong.push(...(await surprises(from.name, from.pid, own)));
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return { wrong, probes };
}

const allowed = (probes: readonly Probe[]) => probes.filter((probe) => probe.allowed).length;

test("between pods, what a policy allows is reached, on one node and across nodes, and nothing else is", async () => {
  const numbers = ports();
  const crossings = new Set<boolean>();
  const { wrong, probes } = await everywhere((from) =>
    everybody
      .filter((to) => to !== from)
      .flatMap((to) =>
        numbers.map((port): Probe => {
          const opens = reaches(specs, from.identity, { pods: to.identity, port });
          if (opens) crossings.add(from.node === to.node);
          return { to: to.name, host: to.address, port, allowed: opens };
        }),
      ),
  );
  assert.deepEqual(wrong, []);
  assert.ok(allowed(probes) >= 20 && allowed(probes) < probes.length / 4, `${allowed(probes)} of ${probes.length}`);
  assert.equal(crossings.size, 2, "an allowed connection on one node, and one across nodes");
});

test("through a Service a pod reaches what it may reach behind it, and no other Service", async () => {
  const { items } = await get("services");
  const { wrong, probes } = await everywhere((from) =>
    items
      .filter(({ spec }: any) => spec.clusterIP !== "None" && identityIn(spec.selector))
      .flatMap(({ metadata, spec }: any) =>
        spec.ports.map(
          ({ port, targetPort }: any): Probe => ({
            ...{ to: metadata.name, host: spec.clusterIP, port },
            allowed: reaches(specs, from.identity, {
              pods: identityIn(spec.selector)!,
              port: numberOf(identityIn(spec.selector)!, targetPort),
            }),
          }),
        ),
      ),
  );
  assert.deepEqual(wrong, []);
  assert.ok(allowed(probes) > 0 && allowed(probes) < probes.length, `${allowed(probes)} of ${probes.length}`);
});

test("every pod asks the cluster's DNS, and neither its other ports, the API server nor another node", async () => {
  const { items } = await get("pods", "--namespace=kube-system", "--selector=k8s-app=kube-dns");
  const resolvers: string[] = items.map(({ status }: any) => status.podIP);
  const { wrong } = await everywhere((from) => [
    { to: "DNS", host: plan.dnsService, port: 53, allowed: true },
    { to: "DNS", host: plan.dnsService, port: 53, udp: true, allowed: true },
    ...resolvers.flatMap((host) => [
      { to: "a DNS pod", host, port: 53, udp: true, allowed: true },
      ...[8080, 8181].map((port) => ({ to: "a DNS pod", host, port, allowed: false })),
    ]),
    { to: "the API server's Service", host: plan.apiService, port: 443, allowed: false },
    { to: "the API server", host: plan.control, port: 6443, allowed: false },
    ...nodes
      .filter(({ name }) => name !== from.node)
      .map(({ name, address }) => ({ to: `${name}'s kubelet`, host: address, port: 10250, allowed: false })),
  ]);
  assert.deepEqual(wrong, []);
});

test("from another namespace and another node only NGINX is reached; a node reaches its own pods", async () => {
  const numbers = ports();
  const toAll = (isAllowed: (to: Actor, port: number) => boolean): Probe[] =>
    everybody.flatMap((to) =>
      numbers.map((port) => ({ to: to.name, host: to.address, port, allowed: isAllowed(to, port) })),
    );
  const asOutside = (to: Actor, port: number) => reaches(specs, "outside", { pods: to.identity, port });
  const { items } = await get("pods", "--namespace=kube-system", "--selector=k8s-app=kube-dns");
  const elsewhere = podProcesses().get(items[0].metadata.uid)!;
  const tries = await Promise.all([
    surprises(
      "kube-system",
      elsewhere,
      toAll((to, port) => asOutside(to, port)),
    ),
    ...nodes.map(({ name }) =>
      surprises(
        name,
        findMachine(name)!.pid,
        // The kubelet's probes come from the node itself.
        toAll((to, port) => to.node === name || asOutside(to, port)),
      ),
    ),
  ]);
  assert.deepEqual(tries.flat(), []);
});

test("an agent that is killed comes back, and decides as before", async () => {
  const from = everybody.find(({ identity }) => kindOf(identity) === "panel-web")!;
  const name = `${from.node}.kube-network-policies`;
  const killed = runningService(name)!.pid;
  process.kill(killed, "SIGKILL");
  await eventually("another agent", 30, async () => {
    const now = runningService(name)?.pid;
    return now !== undefined && now !== killed ? true : undefined;
  });
  const probes = everybody
    .filter((to) => to !== from)
    .flatMap((to) =>
      to.ports.map((port): Probe => {
        const opens = reaches(specs, from.identity, { pods: to.identity, port });
        return { to: to.name, host: to.address, port, allowed: opens };
      }),
    );
  assert.deepEqual(await surprises(from.name, from.pid, probes), []);
});

test("`egress: internet` opens the ports that it names to the internet, and to no private network", async () => {
  const from = everybody.find(({ identity }) => kindOf(identity) === "panel-web")!;
  const other = everybody.find(({ identity }) => kindOf(identity) === "chat-socket")!;
  const connection = { from: from.identity, to: { internet: true, port: 443 }, chosen: true } as const;
  const [name, spec] = Object.entries(networkRules([connection])).find(([policy]) => policy.startsWith("egress-"))!;
  const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace }, spec };
  const outside: Outside = await startOutside(plan, nodes);
  const probes = (isOpen: boolean): Probe[] =>
    [outside.internet, outside.intranet].flatMap((host) =>
      outside.ports.map((port) => ({
        ...{ to: host, host, port },
        allowed: isOpen && host === outside.internet && port === 443,
      })),
    );
  try {
    // Without a policy in the way all of it is there: the node itself reaches it.
    const node = findMachine(from.node)!.pid;
    const there = probes(false).map((probe) => ({ ...probe, allowed: true }));
    assert.deepEqual(await surprises(from.node, node, there), []);
    assert.deepEqual(await surprises(from.name, from.pid, probes(false)), []);
    await apply(policy);
    const [open] = probes(true).filter((probe) => probe.allowed);
    await eventually("the way out", 30, async () =>
      (await surprises(from.name, from.pid, [open!])).length === 0 ? true : undefined,
    );
    assert.deepEqual(await surprises(from.name, from.pid, probes(true)), []);
    assert.deepEqual(await surprises(other.name, other.pid, probes(false)), [], "another app stays inside");
  } finally {
    await kubectl("delete", "networkpolicy", name, "--ignore-not-found");
    await outside.end();
  }
});
