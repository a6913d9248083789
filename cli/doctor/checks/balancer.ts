import { advice, type Finding, failed, ok } from "../../../components/clouds/shared/doctor/model";
import type { ParsedSettings } from "../../../components/settings/parse";
import { type BalancerSigns, balancerOf, type SeenService } from "./balancerKinds";

/** How the public Service is asked for. */
export interface WishedService {
  readonly namespace: string;
  readonly edge: ParsedSettings["edge"];
}

/** What of a cluster tells that, with MetalLB's pools where it is there. */
export interface Seen extends BalancerSigns {
  /** Number of pools of addresses; undefined without MetalLB, or where nobody may look. */
  readonly pools?: number;
}

const nameOf = ({ metadata }: { readonly metadata: { readonly name: string; readonly namespace: string } }) =>
  `${metadata.namespace}/${metadata.name}`;

/** Whether the public Service would get its ports and an address. */
export function balancerFindings({ namespace, edge }: WishedService, seen: Seen): Finding[] {
  const others = seen.services.filter(({ metadata }) => metadata.namespace !== namespace);
  if (edge.service.type === "NodePort") return nodePorts(edge, others);
  const balancer = balancerOf(seen);
  if (!balancer) return [none(edge, seen)];
  const ports = {
    httpsPort: edge.service.httpsPort ?? edge.httpsPort,
    httpPort: edge.service.httpPort ?? edge.httpPort,
  };
  const taken = balancer.shared ? conflicts(ports, others, seen) : [];
  const more = [
    ...(seen.pools === 0
      ? [failed("MetalLB has no pool of addresses, so the public Service would stay Pending", "make an IPAddressPool")]
      : []),
    ...leftOut(seen),
    ...(balancer.shared && edge.service.address
      ? [
          advice(
            `edge.service.address: ${edge.service.address} is not read by ${balancer.name}, which gives the nodes' own addresses`,
            "remove it, or use MetalLB or kube-vip",
          ),
        ]
      : []),
  ];
  const all = [...taken, ...more];
  return all.length > 0 ? all : [ok(`the public Service gets its address from ${balancer.name}`)];
}

/** Ports that somebody else has on the nodes; k3s' Traefik has 80 and 443 (k3s#1107). */
function conflicts(ports: Readonly<Record<string, number>>, others: readonly SeenService[], seen: Seen): Finding[] {
  return Object.entries(ports).flatMap(([key, port]) => {
    const service = others.find(
      ({ spec }) => spec?.type === "LoadBalancer" && spec.ports?.some((entry) => entry.port === port),
    );
    const host = seen.daemonSets
      .filter(({ metadata }) => !metadata.name.startsWith("svclb-"))
      .find(({ spec }) =>
        spec?.template?.spec?.containers?.some(({ ports: containerPorts }) =>
          containerPorts?.some(({ hostPort }) => hostPort === port),
        ),
      );
    const holder = service ? `Service ${nameOf(service)}` : host ? `DaemonSet ${nameOf(host)}` : undefined;
    if (!holder) return [];
    const traefik = /traefik/.test(holder) ? " (k3s: --disable traefik)" : "";
    return [
      failed(
        `port ${port} of every node is taken by ${holder}, so the public Service would stay Pending`,
        `set edge.${key} to a free port, or take ${holder} away${traefik}`,
      ),
    ];
  });
}

function nodePorts(edge: ParsedSettings["edge"], others: readonly SeenService[]): Finding[] {
  const wished = Object.entries({ httpsNodePort: edge.service.httpsNodePort, httpNodePort: edge.service.httpNodePort });
  const taken = wished.flatMap(([key, port]) => {
    const holder = others.find(
      ({ spec }) => port !== undefined && spec?.ports?.some(({ nodePort }) => nodePort === port),
    );
    return holder
      ? [failed(`edge.service.${key}: ${port} is the node port of Service ${nameOf(holder)}`, "choose another one")]
      : [];
  });
  return taken.length > 0 ? taken : [ok("the node ports of the public Service are free")];
}

function none(edge: ParsedSettings["edge"], { nodes }: Seen): Finding {
  const what = "nothing in the cluster gives a Service of type LoadBalancer an address, so it would stay Pending";
  const others = "install MetalLB or kube-vip, or set edge.service.type to NodePort";
  const named = (pattern: RegExp) =>
    nodes.some(({ metadata, spec }) => pattern.test(`${spec?.providerID ?? ""} ${Object.keys(metadata.labels ?? {})}`));
  if (named(/minikube/)) return advice(what, `run minikube tunnel beside it, or ${others}`);
  if (named(/^kind:/)) return advice(what, `run cloud-provider-kind beside it, or ${others}`);
  const { loadBalancerClass } = edge.service;
  if (loadBalancerClass)
    return advice(what, `see that a controller for the class ${loadBalancerClass} runs, or ${others}`);
  return failed(what, others);
}

/** Nodes by whose label balancers pass them over; a cluster of one control plane has it on its only node. */
const excluded = "node.kubernetes.io/exclude-from-external-load-balancers";
const chosen = "svccontroller.k3s.cattle.io/enablelb";

function leftOut({ nodes }: Seen): Finding[] {
  const has = (label: string) => nodes.filter(({ metadata }) => metadata.labels?.[label] !== undefined);
  if (nodes.length > 0 && has(excluded).length === nodes.length)
    return [
      failed(
        `every node has the label ${excluded}, so a load balancer sends to none`,
        `kubectl label node ${nodes[0]!.metadata.name} ${excluded}-`,
      ),
    ];
  const pool = has(chosen);
  if (pool.length === 0 || pool.length === nodes.length) return [];
  return [
    advice(
      `only ${pool.map(({ metadata }) => metadata.name).join(", ")} take connections from outside (${chosen}). A node without a pod of the proxy refuses them`,
      "label the other nodes too, or have as many pods of the proxy as there are nodes (edge.replicas)",
    ),
  ];
}
