import type { ClusterDns } from "../../contracts";

/** Who answers for names, as the settings of an existing cluster say it. */
export interface NamedDns {
  readonly namespace?: string | undefined;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly port: number;
  /** As networks of one address. */
  readonly addresses: readonly string[];
}

/** What the network policies are told; undefined where the settings name nobody. */
export function dnsOf({ namespace, podLabels, port, addresses }: NamedDns): ClusterDns | undefined {
  if (namespace === undefined && addresses.length === 0) return undefined;
  return { pods: namespace === undefined ? undefined : { namespace, podLabels, ports: [port] }, cidrs: addresses };
}
