/** Who answers for the names of a cluster, where that is not known of its distribution. */
export interface ClusterDns {
  /** Pods with the ports that they listen on. */
  readonly pods:
    | {
        readonly namespace: string;
        readonly podLabels: Readonly<Record<string, string>>;
        readonly ports: readonly number[];
      }
    | undefined;
  /** Addresses that answer on port 53 and are no pod's: of a cache on the node, or of the DNS Service where it has that. */
  readonly cidrs: readonly string[];
}
