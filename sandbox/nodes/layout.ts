import { isIPv4 } from "node:net";

/** Domain of the cluster's own names. */
export const clusterDomain = "cluster.local";
/** The host's end of the wire to the nodes. The other end is the nodes' switch, in the control plane's namespace. */
export const hostLink = "sb0";

/** The addresses of one cluster, all inside one /16 that nothing else on this machine uses. */
export interface AddressPlan {
  /** First two octets, for example `10.213`. */
  readonly prefix: string;
  /** Everything below is inside this network. */
  readonly network: string;
  /** This machine, as the nodes see it. */
  readonly host: string;
  /** The API server. */
  readonly control: string;
  /** Addresses for Services of type LoadBalancer. */
  readonly loadBalancers: string;
  readonly services: string;
  /** The first Service address: the API server, as pods see it. */
  readonly apiService: string;
  readonly dnsService: string;
  readonly pods: string;
}

/** One node: a machine of its own as far as Kubernetes can tell. */
export interface NodePlan {
  /** `node-1`, `node-2` … */
  readonly name: string;
  readonly address: string;
  /** The range that its pods get their addresses from. */
  readonly pods: string;
  /** The zone it says it is in, so that spreading over zones can be tried. */
  readonly zone: string;
}

/** The most nodes that the address plan has room for. */
export const mostNodes = 16;

/** The address plan inside `<prefix>.0.0/16`. */
export function addressPlan(prefix: string): AddressPlan {
  return {
    prefix,
    network: `${prefix}.0.0/16`,
    host: `${prefix}.0.1`,
    control: `${prefix}.0.2`,
    loadBalancers: `${prefix}.1.0/24`,
    services: `${prefix}.16.0/20`,
    apiService: `${prefix}.16.1`,
    dnsService: `${prefix}.16.10`,
    pods: `${prefix}.128.0/17`,
  };
}

/** The node with this number, counted from 1. */
export function nodePlan(plan: AddressPlan, number: number): NodePlan {
  if (!Number.isInteger(number) || number < 1 || number > mostNodes) {
    throw new Error(`node number ${number}: must be a whole number from 1 to ${mostNodes}`);
  }
  return {
    name: `node-${number}`,
    address: `${plan.prefix}.0.${10 + number}`,
    pods: `${plan.prefix}.${127 + number}.0/24`,
    zone: `local-${String.fromCharCode(96 + number)}`,
  };
}

/** The first `count` nodes. */
export function nodePlans(plan: AddressPlan, count: number): NodePlan[] {
  return Array.from({ length: count }, (_, index) => nodePlan(plan, index + 1));
}

/** Candidates for the cluster's network, in the order they are tried; rare choices first. */
export const prefixes: readonly string[] = [
  ...Array.from({ length: 30 }, (_, index) => `10.${213 + index}`),
  ...Array.from({ length: 12 }, (_, index) => `172.${20 + index}`),
];

/**
 * The first candidate that overlaps none of the networks in use.
 * @param used networks (`a.b.c.d/n`) and single addresses of this machine's routes and links
 */
export function freePrefix(used: readonly string[]): string | undefined {
  return prefixes.find((prefix) => !used.some((network) => overlaps(`${prefix}.0.0/16`, network)));
}

/** Whether two IPv4 networks share an address. A default route (`/0`) is no use of an address and never overlaps. */
export function overlaps(a: string, b: string): boolean {
  const [one, two] = [parseNetwork(a), parseNetwork(b)];
  if (!one || !two || one.bits === 0 || two.bits === 0) return false;
  const shift = 32 - Math.min(one.bits, two.bits);
  return Math.floor(one.address / 2 ** shift) === Math.floor(two.address / 2 ** shift);
}

/** The `index`-th address of a network, counted from its first. */
export function addressAt(network: string, index: number): string {
  const parsed = parseNetwork(network);
  if (!parsed) throw new Error(`network ${JSON.stringify(network)}: must look like 10.213.1.0/24`);
  return [24, 16, 8, 0].map((shift) => Math.floor((parsed.address + index) / 2 ** shift) % 256).join(".");
}

function parseNetwork(text: string): { address: number; bits: number } | undefined {
  const [address = "", bits = "32"] = text.split("/");
  if (!isIPv4(address) || !/^\d+$/.test(bits) || Number(bits) > 32) return undefined;
  return { address: address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0), bits: Number(bits) };
}
