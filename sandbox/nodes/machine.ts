import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { binaries } from "../../lib/paths";
import { allProcesses, removeGroups, serviceProcesses, services } from "./cgroups";
import { type AddressPlan, hostLink, type NodePlan } from "./layout";
import { endProcess, enter, type Inside, isAlive, runningService, startService } from "./service";

const execute = promisify(execFile);

/**
 * A "machine" is a process that sleeps in namespaces of its own and so keeps them alive. Namespaces, the wires between
 * them and everything mounted inside vanish with their last process, so ending the processes leaves nothing behind,
 * also after kill -9.
 */
const keeper = (machine: string) => `${machine}.machine`;

/** The namespaces of the control plane: its network only, since it mounts nothing. */
export async function startControlMachine(): Promise<Inside> {
  await buryIfDead("control");
  const script = "set -e; hostname control; ip link set lo up; exec sleep infinity";
  const { pid } = await startService({
    name: keeper("control"),
    command: ["unshare", "--net", "--uts", "--", "sh", "-c", script],
    program: "sleep",
    // Its namespaces go with it: another one would keep others, in which nothing is.
    restarts: false,
  });
  return { pid, namespaces: ["net", "uts"] };
}

/** The namespaces of a node: network, mounts and host name. */
export async function startNodeMachine(node: NodePlan, folder: string): Promise<Inside> {
  await buryIfDead(node.name);
  for (const part of ["log", "run"]) mkdirSync(`${folder}/${part}`, { recursive: true });
  // The new /run is built aside and moved into place, because what is bound into it may lie below the old one.
  const script = `set -e
    mount -n -t tmpfs -o mode=755 run "$1/run"
    mkdir -p "$1/run/switchboard/node" "$1/run/switchboard/bin"
    mount -n --bind "$1" "$1/run/switchboard/node"
    mount -n --bind "$2" "$1/run/switchboard/bin"
    mount -n --bind "$1/log" /var/log
    mount -n --move "$1/run" /run
    mount -n -t tmpfs -o mode=755 lib /var/lib
    mount -n --make-rshared /
    hostname "$3"
    ip link set lo up
    exec sleep infinity`;
  const { pid } = await startService({
    name: keeper(node.name),
    command: [
      ...(["unshare", "--mount", "--net", "--uts", "--propagation", "private", "--"] as const),
      ...["sh", "-c", script, "sh", folder, binaries, node.name],
    ],
    program: "sleep",
    restarts: false,
  });
  return { pid, namespaces: ["mount", "net", "uts"] };
}

/** A running machine's namespaces, or undefined. */
export function findMachine(machine: string): Inside | undefined {
  const found = runningService(keeper(machine));
  if (!found) return undefined;
  return { pid: found.pid, namespaces: machine === "control" ? ["net", "uts"] : ["mount", "net", "uts"] };
}

/** Runs a command on a machine and returns its output. */
export async function onMachine(machine: Inside | undefined, command: readonly string[]): Promise<string> {
  const [program, ...rest] = enter(machine, command);
  return (await execute(program, rest, { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** Ends what a machine that is gone has left: its processes live on in namespaces that nobody else can reach. */
async function buryIfDead(machine: string): Promise<void> {
  if (runningService(keeper(machine))) return;
  await endAll(() => machineProcesses(machine));
  // As a reboot would: kubelet asks for every container of a group it finds, three seconds each.
  removeGroups(machine);
}

/** Every process of a machine: its services and its pods. */
function machineProcesses(machine: string): number[] {
  const own = services().filter((service) => service.split(".")[0] === machine);
  const pods = allProcesses().filter((pid) => cgroupsOf(pid).includes(`/switchboard/pods/${machine}/`));
  return [...new Set([...own.flatMap(serviceProcesses), ...pods])];
}

/** Kills processes and waits until they are gone, also those that one of them has started meanwhile. */
export async function endAll(find: () => readonly number[]): Promise<void> {
  for (let left = find().filter(isAlive); left.length > 0; left = find().filter(isAlive)) {
    await Promise.all(left.map((pid) => endProcess(pid, "SIGKILL", 0)));
  }
}

/** Wires this machine to the control plane: the API server's address is reachable from here, and nothing else is. */
export async function connectHost(plan: AddressPlan, control: Inside): Promise<void> {
  const inControl = (script: string) => onMachine(control, ["sh", "-ec", script]);
  // With an address of its own: otherwise it takes one of a wire, another whenever a wire comes or goes, and who knew the
  // API server by the old one waits half a minute.
  await inControl(`
    ip link show switch >/dev/null 2>&1 || ip link add switch address 02:00:00:00:00:02 type bridge
    ip addr replace ${plan.control}/24 dev switch
    ip link set switch up`);
  await onMachine(undefined, [
    "sh",
    "-ec",
    `ip link show ${hostLink} >/dev/null 2>&1 || ip link add ${hostLink} type veth peer name host netns ${control.pid}
     ip addr replace ${plan.host}/24 dev ${hostLink}
     ip link set ${hostLink} up`,
  ]);
  await inControl("ip link set host master switch up");
}

/** Wires the nodes to the switch and tells every machine the way to every node's pods. */
export async function connectNodes(
  plan: AddressPlan,
  control: Inside,
  nodes: readonly { readonly plan: NodePlan; readonly machine: Inside }[],
): Promise<void> {
  for (const { plan: node, machine } of nodes) {
    await onMachine(undefined, [
      "sh",
      "-ec",
      `nsenter --target=${machine.pid} --net -- ip link show eth0 >/dev/null 2>&1 ||
         ip link add eth0 netns ${machine.pid} type veth peer name ${node.name} netns ${control.pid}`,
    ]);
    await onMachine(control, [
      "sh",
      "-ec",
      `ip link set ${node.name} master switch up
       ip route replace ${node.pods} via ${node.address} onlink dev switch`,
    ]);
    const others = nodes.filter((other) => other.plan.name !== node.name).map((other) => other.plan);
    await onMachine(machine, [
      "sh",
      "-ec",
      `ip addr replace ${node.address}/24 dev eth0
       ip link set eth0 up
       echo 1 > /proc/sys/net/ipv4/ip_forward
       # The node's own connections need a route to be looked up before kube-proxy's rules send them elsewhere.
       ip route replace ${plan.services} dev eth0
       ip route replace ${plan.loadBalancers} dev eth0
       ${others.map((other) => `ip route replace ${other.pods} via ${other.address} onlink dev eth0`).join("\n")}`,
    ]);
  }
}

function cgroupsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return "";
  }
}
