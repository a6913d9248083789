import type { Connection, PodIdentity } from "../../contracts";
import type { CloudNativePgSettings } from "./settings";

/** Where Postgres listens, and where the operator asks an instance how it is. */
export const ports = { postgres: 5432, status: 8000 } as const;

/** The pods and jobs of a `Cluster`, by the one label that the operator gives all of them. */
export function instancesOf(cluster: string): PodIdentity {
  return { name: "postgres", component: "server", labels: { "cnpg.io/cluster": cluster } };
}

/**
 * What the servers need of the network beside their clients
 * (https://cloudnative-pg.io/documentation/current/networking/): the operator reaches them, they reach each other, and
 * all of them the API server, from which they learn who is written to. One that reaches neither stops itself.
 */
export function operatorConnections(
  instances: PodIdentity,
  { operator, apiServer }: Pick<CloudNativePgSettings, "operator" | "apiServer">,
): Connection[] {
  const among = Object.values(ports).map((port) => ({ pods: instances, port }));
  return [
    ...[operator, instances].flatMap((from) => among.map((to): Connection => ({ from, to }))),
    ...apiServer.networks.flatMap((network) =>
      apiServer.ports.map(
        (port): Connection => ({
          from: instances,
          to: network === "internet" ? { internet: true, port } : { cidr: network.cidr, port },
        }),
      ),
    ),
  ];
}
