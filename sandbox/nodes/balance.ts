import { addressAt } from "./layout";

/** What a load balancer needs to know of a Service. */
export interface BalancedService {
  /** `namespace/name`. */
  readonly key: string;
  /** When it was made (RFC 3339); the oldest is reached through the loopback ports. */
  readonly created: string;
  readonly ports: readonly BalancedPort[];
  /** The address that its status has now. */
  readonly address?: string;
  /** With `externalTrafficPolicy: Local`: the nodes that have a ready endpoint; otherwise undefined. */
  readonly localNodes?: readonly string[];
}

/** A port of a Service. */
export interface BalancedPort {
  readonly port: number;
  /** The port that every node (with a local policy: every node with an endpoint) takes it at. */
  readonly nodePort?: number;
}

/** A node that may take traffic. */
export interface BalancedNode {
  readonly name: string;
  readonly address: string;
}

/** What a load balancer does for a Service. */
export interface Assignment {
  readonly key: string;
  /** The Service's own address. */
  readonly address: string;
  /** The node that takes its traffic, or undefined while none can. */
  readonly via?: BalancedNode;
}

/** Addresses that a network of 256 has to give: without the first and the last. */
const mostServices = 254;

/**
 * Gives each Service of type LoadBalancer an address of its own (two may then use the same port) and a node that takes
 * its traffic. What a Service has it keeps while it can: its address always, its node while that is ready.
 *
 * @param network where addresses are taken from, for example `10.213.1.0/24`
 * @param before the assignments so far
 */
export function assign(
  network: string,
  services: readonly BalancedService[],
  nodes: readonly BalancedNode[],
  before: readonly Assignment[] = [],
): Assignment[] {
  const all = Array.from({ length: mostServices }, (_, index) => addressAt(network, index + 1));
  const sorted = [...services].sort(byAge);
  const taken = new Map<string, string>();
  for (const service of sorted) {
    const { address } = service;
    if (address && all.includes(address) && ![...taken.values()].includes(address)) taken.set(service.key, address);
  }
  const free = all.filter((address) => ![...taken.values()].includes(address));
  const assignments: Assignment[] = [];
  for (const service of sorted) {
    const address = taken.get(service.key) ?? free.shift();
    // With no address left the Service stays pending, as with any other load balancer that has none.
    if (!address) continue;
    const able = ableNodes(service, nodes);
    const last = before.find((assignment) => assignment.key === service.key)?.via;
    const via = able.find((node) => node.name === last?.name) ?? able[0];
    assignments.push({ key: service.key, address, ...(via && { via }) });
  }
  return assignments;
}

/**
 * Where connections to a port of the oldest Service that has it may go: every node that can take them, each time
 * beginning with another one. Nodes are named by their own address and port, not by the Service's address, so that a
 * connection stays where it is when the Service's traffic moves.
 *
 * @param turn a number that grows by one with each connection
 */
export function targetsFor(
  port: number,
  services: readonly BalancedService[],
  nodes: readonly BalancedNode[],
  turn: number,
): { host: string; port: number }[] {
  const front = [...services].sort(byAge).find(({ ports }) => ports.some((one) => one.port === port));
  const nodePort = front?.ports.find((one) => one.port === port)?.nodePort;
  if (!front || nodePort === undefined) return [];
  const able = ableNodes(front, nodes);
  return able.map((_, index) => ({ host: able[(index + turn) % able.length]!.address, port: nodePort }));
}

function ableNodes(service: BalancedService, nodes: readonly BalancedNode[]): BalancedNode[] {
  return nodes.filter((node) => !service.localNodes || service.localNodes.includes(node.name));
}

function byAge(a: BalancedService, b: BalancedService): number {
  return a.created < b.created ? -1 : a.created > b.created ? 1 : a.key < b.key ? -1 : 1;
}
