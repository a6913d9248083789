import { kindOf, type Resource, unknown } from "../../engine/resources/resource";
import { type Architecture, type Box, balancer, idOf, listOf } from "./model";

/** What stands around the pods: the cluster, servers that a cloud keeps, the load balancer. */
export interface Surroundings {
  readonly cluster: Architecture["cluster"];
  readonly boxes: readonly Box[];
  /** Servers outside the cluster, with the ports by which a network policy means them. */
  readonly servers: readonly { readonly id: string; readonly ports: readonly number[] }[];
  /** What the load balancer leads to, and at which ports the world reaches it. */
  readonly entrance?: { readonly to: string; readonly ports: readonly number[] };
}

interface Server {
  readonly box: Box;
  readonly ports: readonly number[];
}

export function surroundingsOf(resources: readonly Resource[]): Surroundings {
  const servers = resources.flatMap((resource) => managed[resource.type]?.(resource) ?? []);
  const service = resources.find(
    ({ type, inputs }) => type === "kubernetes:core/v1:Service" && inputs.spec?.type === "LoadBalancer",
  );
  const names = hostsOf(resources);
  return {
    cluster: {
      title: clusterTitle(resources),
      pools: resources.flatMap((resource) => pools[resource.type]?.(resource) ?? []),
    },
    boxes: [...servers.map(({ box }) => box), ...(service ? [balancerOf(service, names)] : [])],
    servers: servers.map(({ box, ports }) => ({ id: box.id, ports })),
    ...(service && {
      entrance: {
        to: idOf(service.inputs.spec.selector ?? {}),
        ports: listOf(service.inputs.spec.ports).map(({ port }) => Number(port)),
      },
    }),
  };
}

/** Managed servers by type. Ports: of Cloud SQL directly and through its proxy, of Memorystore with TLS. */
const managed: Readonly<Record<string, (resource: Resource) => Server[]>> = {
  "gcp:sql/databaseInstance:DatabaseInstance": ({ inputs: { settings, databaseVersion } }) =>
    server("postgres", "Cloud SQL", [5432, 3307], versioned("Postgres", databaseVersion), [
      settings?.tier,
      settings?.availabilityType === "REGIONAL" && "two zones",
    ]),
  "gcp:redis/instance:Instance": ({ inputs }) =>
    server("redis", "Memorystore", [6378, 6379], versioned("Redis", inputs.redisVersion), [
      `${inputs.memorySizeGb} GiB`,
      inputs.tier === "STANDARD_HA" && "two zones",
    ]),
  "aws:rds/instance:Instance": ({ inputs }) =>
    server("postgres", "RDS", [5432], `Postgres ${inputs.engineVersion}`, [
      inputs.instanceClass,
      inputs.multiAz === true && "two zones",
    ]),
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ inputs }) =>
    server(
      "redis",
      "ElastiCache",
      [6379],
      `${inputs.engine === "valkey" ? "Valkey" : "Redis"} ${inputs.engineVersion}`,
      [inputs.nodeType, inputs.multiAzEnabled === true && `${inputs.numCacheClusters} zones`],
    ),
};

function server(name: string, product: string, ports: readonly number[], version: string, facts: unknown[]): Server[] {
  const details = [version, facts.filter((fact) => typeof fact === "string" && fact !== unknown).join(", ")];
  const box = { id: `${name}-managed`, title: `${name} · ${product}`, details, role: "data", inside: false } as const;
  return [{ box, ports }];
}

/** `Postgres 17` of `POSTGRES_17`, `Redis 7.2` of `REDIS_7_2`. */
function versioned(name: string, version: unknown): string {
  return `${name} ${String(version)
    .replace(/^[A-Z]+_/, "")
    .replaceAll("_", ".")}`;
}

/** Node pools by type: how many of which machine. */
const pools: Readonly<Record<string, (resource: Resource) => string[]>> = {
  "gcp:container/nodePool:NodePool": ({ name, inputs }) => {
    const { autoscaling, nodeConfig, nodeCount } = inputs;
    const [min, max] = [autoscaling?.totalMinNodeCount ?? nodeCount, autoscaling?.totalMaxNodeCount ?? nodeCount];
    return [pool(name, min, max, nodeConfig?.machineType, nodeConfig?.spot === true)];
  },
  "aws:eks/nodeGroup:NodeGroup": ({ name, inputs }) => {
    const { scalingConfig, instanceTypes, capacityType } = inputs;
    const machines = Array.isArray(instanceTypes) ? instanceTypes.join(" or ") : instanceTypes;
    return [pool(name, scalingConfig?.minSize, scalingConfig?.maxSize, machines, capacityType === "SPOT")];
  },
};

function pool(name: string, min: unknown, max: unknown, machine: unknown, spot: boolean): string {
  const count = min === max ? String(min) : `${min} to ${max}`;
  return `${name.replace(/^cluster-pools-/, "")}: ${count} × ${machine}${spot ? ", spot" : ""}`;
}

function clusterTitle(resources: readonly Resource[]): string {
  const of = (type: string) => resources.find((resource) => resource.type === type)?.inputs;
  const known = (value: unknown) => (typeof value === "string" && value !== unknown ? value : undefined);
  const google = of("gcp:container/cluster:Cluster");
  if (google) return join("GKE", google.releaseChannel?.channel?.toLowerCase(), known(google.location));
  const amazon = of("aws:eks/cluster:Cluster");
  if (amazon) return join(`EKS ${amazon.version}`, known(of("pulumi:providers:aws")?.region));
  return join("Kubernetes", known(of("pulumi:providers:kubernetes")?.context));
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
