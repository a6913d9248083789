/** What of a cluster's objects tells who gives a Service of type LoadBalancer its address. */
export interface BalancerSigns {
  readonly nodes: readonly SeenNode[];
  readonly services: readonly SeenService[];
  readonly daemonSets: readonly SeenDaemonSet[];
  /** Groups of the API. */
  readonly groups: readonly string[];
}

export interface SeenNode {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly providerID?: string };
  readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string } };
}

export interface SeenService {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly port: number;
      readonly protocol?: string;
      readonly nodePort?: number;
      readonly targetPort?: number | string;
    }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly object[] } };
}

export interface SeenDaemonSet {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly hostNetwork?: boolean;
        readonly containers?: readonly {
          readonly name?: string;
          readonly args?: readonly string[];
          readonly ports?: readonly { readonly hostPort?: number }[];
        }[];
      };
    };
  };
}

/** Who gives addresses. */
export interface Balancer {
  readonly name: string;
  /** Every Service has the same addresses, those of the nodes or of this machine, so that each port is one Service's. */
  readonly shared: boolean;
}

/** Clouds by the beginning of a node's `providerID`, whose controllers make a balancer. */
const clouds =
  /^(aws|gce|azure|digitalocean|hcloud|openstack|linode|oci|ocid1|scaleway|vultr|ibm|exoscale|cloudstack|metal|equinixmetal|upcloud):?/;

/** Development clusters whose tool passes ports of this machine on by itself. */
const desktops: Readonly<Record<string, string>> = {
  "docker-desktop": "Docker Desktop",
  orbstack: "OrbStack",
};

/** The implementation of load balancers that a cluster has, as far as its objects tell; undefined where none is seen. */
export function balancerOf({ nodes, services, daemonSets, groups }: BalancerSigns): Balancer | undefined {
  // MetalLB and its like first: who installs one has taken k3s' own away.
  if (groups.includes("metallb.io")) return { name: "MetalLB", shared: false };
  if (groups.includes("purelb.io")) return { name: "PureLB", shared: false };
  if (groups.includes("network.kubesphere.io")) return { name: "OpenELB", shared: false };
  if (daemonSets.some(({ metadata }) => metadata.name.startsWith("kube-vip")))
    return { name: "kube-vip", shared: false };
  const isK3s = nodes.some(({ status }) => status?.nodeInfo?.kubeletVersion?.includes("+k3s"));
  if (daemonSets.some(({ metadata }) => metadata.name.startsWith("svclb-")))
    return { name: "servicelb of k3s", shared: true };
  const desktop = nodes.map(({ metadata }) => desktops[metadata.name]).find(Boolean);
  if (desktop) return { name: desktop, shared: true };
  const cloud = nodes.map(({ spec }) => clouds.exec(spec?.providerID ?? "")?.[1]).find(Boolean);
  if (cloud) return { name: `the controller of ${cloud}`, shared: false };
  const given = services.some(({ status }) => (status?.loadBalancer?.ingress ?? []).length > 0);
  if (given) return { name: "what has given other Services their addresses", shared: false };
  // Without any Service that asked for it, servicelb leaves no trace.
  return isK3s ? { name: "servicelb of k3s, unless it was switched off", shared: true } : undefined;
}
