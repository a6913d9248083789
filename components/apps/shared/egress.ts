import type { Connection, Destination, PodIdentity } from "../../contracts";
import type { Egress } from "../../schema/values/egress";

/** The connections that the settings open for a kind of pod. */
export function egressConnections(from: PodIdentity, egress: readonly Egress[]): Connection[] {
  return egress.flatMap(({ to, ports }) => ports.map((port) => ({ from, to: destinationOf(to, port), chosen: true })));
}

function destinationOf(to: Egress["to"], port: number): Destination {
  return to === "internet" ? { internet: true, port } : { ...to, port };
}
