import { factsOf, packageOf } from "../../components/facts";
import { isLoadBalancer } from "../../components/kubernetes/facts/service";
import { kindOf, type Resource, unknown } from "../../engine/resources/resource";
import { type Architecture, type Box, balancer, idOf, listOf } from "./model";

/** What stands around the pods: the cluster, servers that a cloud keeps, the load balancer. */
export interface DiagramContext {
  readonly cluster: Architecture["cluster"];
  readonly boxes: readonly Box[];
  /** Servers outside the cluster, with the ports by which a network policy means them. */
  readonly servers: readonly { readonly id: string; readonly ports: readonly number[] }[];
  /** What the load balancer leads to, and at which ports the world reaches it. */
  readonly publicAddress?: { readonly to: string; readonly ports: readonly number[] };
}

interface Server {
  readonly box: Box;
  readonly ports: readonly number[];
}

export function diagramContextOf(resources: readonly Resource[]): DiagramContext {
  const servers = resources.flatMap(serverOf);
  const service = resources.find(isLoadBalancer);
  const names = hostsOf(resources);
  return {
    cluster: { title: clusterTitle(resources), pools: resources.flatMap(poolOf) },
    boxes: [...servers.map(({ box }) => box), ...(service ? [balancerOf(service, names)] : [])],
    servers: servers.map(({ box, ports }) => ({ id: box.id, ports })),
    ...(service && {
      publicAddress: {
        to: idOf(service.inputs.spec.selector ?? {}),
        ports: listOf(service.inputs.spec.ports).map(({ port }) => Number(port)),
      },
    }),
  };
}

function serverOf({ type, inputs }: Resource): Server[] {
  const managed = factsOf(type)?.managed;
  if (!managed) return [];
  const { tier, product, ports } = managed;
  const facts = managed.details(inputs).filter((fact) => typeof fact === "string" && fact !== unknown);
  const details = [managed.version(inputs), facts.join(", ")];
  return [
    { box: { id: `${tier}-managed`, title: `${tier} · ${product}`, details, role: "data", inside: false }, ports },
  ];
}

/** A node pool: how many of which machine. */
function poolOf({ type, name, inputs }: Resource): string[] {
  const pool = factsOf(type)?.machines?.pool(inputs);
  if (!pool) return [];
  const { least, most, machine, spot } = pool;
  const count = least === most ? String(least) : `${least} to ${most}`;
  return [`${name.replace(/^cluster-pools-/, "")}: ${count} × ${machine}${spot ? ", spot" : ""}`];
}

function clusterTitle(resources: readonly Resource[]): string {
  const inputsOf = (type: string) => resources.find((resource) => resource.type === type)?.inputs;
  for (const { type, inputs } of resources) {
    const made = factsOf(type)?.cluster;
    if (made) return join(...made.title(inputs, inputsOf(`pulumi:providers:${packageOf(type)}`) ?? {}));
  }
  const context = inputsOf("pulumi:providers:kubernetes")?.context;
  return join("Kubernetes", typeof context === "string" && context !== unknown ? context : undefined);
}

function join(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(", ");
}

function balancerOf({ inputs }: Resource, hosts: readonly string[]): Box {
  const annotations = Object.keys(inputs.metadata?.annotations ?? {});
  const kind =
    inputs.spec.loadBalancerClass === "networking.gke.io/l4-regional-external"
      ? "Google's, layer 4"
      : annotations.some((name) => name.startsWith("service.beta.kubernetes.io/aws-load-balancer"))
        ? "Network Load Balancer"
        : "Service of type LoadBalancer";
  const shared = hosts.length > 0 ? [`${hosts.length} DNS ${hosts.length === 1 ? "record" : "records"}`] : [];
  return { id: balancer, title: "load balancer", details: [kind, ...shared], role: "door", inside: false };
}

/** Names for which the stack makes DNS records. */
function hostsOf(resources: readonly Resource[]): string[] {
  const records = resources.filter(({ type }) => ["RecordSet", "Record"].includes(kindOf(type)));
  return [...new Set(records.map(({ inputs }) => String(inputs.name).replace(/\.$/, "")))].sort();
}
