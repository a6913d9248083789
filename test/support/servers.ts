import ipaddr from "ipaddr.js";
import type { Plan } from "./plan";
import type { Target } from "./reachability";

/**
 * Where the database and Redis of an update are, by the variable that names their host: pods of the platform, or an
 * address of each network that the cloud puts managed servers in.
 */
export function serversOf(update: Plan): Record<"PGHOST" | "REDIS_HOST", Target[]> {
  const [panel, chat] = ["panel-deployment", "chat-deployment"].map((name): Record<string, string> => {
    const { template } = update.named("kubernetes:apps/v1:Deployment", name).inputs.spec;
    return Object.fromEntries(template.spec.containers[0].env.map((entry: any) => [entry.name, entry.value]));
  });
  // The chat connects past the pooler, where there is one.
  const env = { ...panel, ...(isPooled(panel!.PGHOST) && chat) };
  const managed = managedAddresses(update);
  const at = (server: string, port: number): Target[] =>
    update.of("kubernetes:apps/v1:StatefulSet").some(({ name }) => name === `${server}-server`)
      ? [{ pods: { name: server, component: "server" }, port }]
      : managed.map((address) => ({ address, port }));
  // A proxy beside the container goes to a port of its own (https://cloud.google.com/sql/docs/postgres/sql-proxy).
  const proxied = /^(127\.0\.0\.1|localhost)$/.test(String(env.PGHOST));
  return {
    PGHOST: at("postgres", proxied ? 3307 : Number(env.PGPORT)),
    REDIS_HOST: at("redis", Number(env.REDIS_PORT)),
  };
}

/** Whether a host is the pooler in front of the database. */
const isPooled = (host: unknown) => String(host).startsWith("postgres-pooler-");

/** Whether a pod's containers find the database by the pooler, in their own variables or those of a ConfigMap. */
export function usesPooler(update: Plan, containers: readonly any[]): boolean {
  const named = containers.flatMap(({ envFrom = [] }) => envFrom.map(({ configMapRef }: any) => configMapRef?.name));
  const maps = update
    .of("kubernetes:core/v1:ConfigMap")
    .filter(({ inputs }) => inputs.metadata.name !== undefined && named.includes(inputs.metadata.name));
  const own = containers.flatMap(({ env = [] }) => env.filter(({ name }: any) => name === "PGHOST"));
  return [...maps.map(({ inputs }) => inputs.data.PGHOST), ...own.map(({ value }) => value)].some(isPooled);
}

/** The tenth address of each network for managed servers. */
function managedAddresses(update: Plan): string[] {
  const ranges = update
    .of("gcp:compute/globalAddress:GlobalAddress")
    .map(({ inputs }) => `${inputs.address}/${inputs.prefixLength}`);
  const subnets = update
    .of("aws:ec2/subnet:Subnet")
    .filter(({ name }) => name.startsWith("cluster-network-data-"))
    .map(({ inputs }) => inputs.cidrBlock as string);
  return [...ranges, ...subnets].map((network) => {
    const [address] = ipaddr.IPv4.parseCIDR(network);
    const octets = address.toByteArray();
    return [...octets.slice(0, 3), octets[3]! + 10].join(".");
  });
}
