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

const listener = (ports: readonly number[]) => `
for (const port of ${JSON.stringify(ports)}) require("node:net").createServer((socket) => socket.end()).listen(port, "0.0.0.0");
process.stdout.write("ready");
`;

/** How a network namespace is wired to the nodes. */
export interface Wiring {
  /** A process in the namespace. With its last process the wire goes too. */
  readonly pid: number;
  /** Name of the wire at the switch. */
  readonly link: string;
  /** Last number of its own address in the nodes' network. */
  readonly number: number;
  /** Further addresses of it, that pods connect to. */
  readonly places: readonly string[];
}

/**
 * Wires a network namespace to the nodes' switch, and tells every node the way to its addresses.
 *
 * @returns what takes the ways away again
 */
export async function wire(
  plan: AddressPlan,
  nodes: readonly NodePlan[],
  { pid, link, number, places }: Wiring,
): Promise<() => Promise<void>> {
  const control = findMachine("control");
  if (!control) throw new Error("the nodes do not run");
  const address = `${plan.prefix}.0.${number}`;
  const onNodes = async (...command: string[]) => {
    for (const { name } of nodes) await onMachine(findMachine(name), command);
  };
  await onMachine(control, [
    ...["sh", "-ec"],
    `ip link add ${link} type veth peer name eth0 netns ${pid}; ip link set ${link} master switch up`,
  ]);
  const wayBack = nodes.map((node) => `ip route add ${node.pods} via ${node.address}`);
  await onMachine({ pid, namespaces: ["net"] }, [
    ...["sh", "-ec"],
    [
      ...["ip link set lo up", ...places.map((place) => `ip addr add ${place}/32 dev lo`)],
      ...[`ip addr add ${address}/24 dev eth0`, "ip link set eth0 up", ...wayBack],
    ].join("; "),
  ]);
  for (const place of places) await onNodes("ip", "route", "replace", place, "via", address);
  return async () => {
    for (const place of places) await onNodes("ip", "route", "delete", place);
  };
}

/** Starts a machine outside the cluster, and tells every node the way to it. */
export async function startOutside(plan: AddressPlan, nodes: readonly NodePlan[]): Promise<Outside> {
  const [internet, intranet, ports] = ["1.1.1.1", "192.168.77.1", [80, 443]] as const;
  const child = spawn("unshare", ["--net", "--", process.execPath, "-e", listener(ports)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve, reject) => child.stdout.once("data", resolve).once("end", reject));
  const unwire = await wire(plan, nodes, {
    ...{ pid: child.pid!, link: "outside", number: 250 },
    places: [internet, intranet],
  });
  return {
    ...{ internet, intranet, ports },
    end: async () => {
      await unwire();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}
