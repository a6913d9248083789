import { spawn } from "node:child_process";
import type { AddressPlan, NodePlan } from "../../../sandbox/nodes/layout";
import { findMachine, onMachine } from "../../../sandbox/nodes/machine";

/** A machine beside the cluster: a network namespace of its own, on a wire to the nodes' switch. */
export interface Outside {
  /** An address of the internet. Here nothing is behind it but this machine. */
  readonly internet: string;
  /** An address of a company's own network, on the same machine. */
  readonly intranet: string;
  /** The ports of both that something listens on. */
  readonly ports: readonly number[];
  readonly end: () => Promise<void>;
}

const link = "outside";
const listener = (ports: readonly number[]) => `
for (const port of ${JSON.stringify(ports)}) require("node:net").createServer((socket) => socket.end()).listen(port, "0.0.0.0");
process.stdout.write("ready");
`;

/** Starts a machine outside the cluster, and tells every node the way to it. */
export async function startOutside(plan: AddressPlan, nodes: readonly NodePlan[]): Promise<Outside> {
  const [internet, intranet, ports] = ["1.1.1.1", "192.168.77.1", [80, 443]] as const;
  const control = findMachine("control");
  if (!control) throw new Error("the nodes do not run");
  const address = `${plan.prefix}.0.250`;
  const onNodes = async (...command: string[]) => {
    for (const { name } of nodes) await onMachine(findMachine(name), command);
  };

  const child = spawn("unshare", ["--net", "--", process.execPath, "-e", listener(ports)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve, reject) => child.stdout.once("data", resolve).once("end", reject));
  const machine = { pid: child.pid!, namespaces: ["net"] as const };
  const wayBack = nodes.map((node) => `ip route add ${node.pods} via ${node.address}`);
  await onMachine(control, [
    ...["sh", "-ec"],
    `ip link add ${link} type veth peer name eth0 netns ${machine.pid}; ip link set ${link} master switch up`,
  ]);
  await onMachine(machine, [
    ...["sh", "-ec"],
    [
      ...["ip link set lo up", `ip addr add ${internet}/32 dev lo`, `ip addr add ${intranet}/32 dev lo`],
      ...[`ip addr add ${address}/24 dev eth0`, "ip link set eth0 up", ...wayBack],
    ].join("; "),
  ]);
  for (const place of [internet, intranet]) await onNodes("ip", "route", "replace", place, "via", address);
  return {
    ...{ internet, intranet, ports },
    end: async () => {
      for (const place of [internet, intranet]) await onNodes("ip", "route", "delete", place);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}
