import type * as inputs from "@pulumi/kubernetes/types/input";
import type { ClusterDns } from "../contracts";

type EgressRule = inputs.networking.v1.NetworkPolicyEgressRule;

/**
 * Who answers in the distributions that are known: the policy of any cluster lets pods ask these. It is asked after a
 * Service's address was exchanged for a pod's, so it has to name pods and the ports that they themselves listen on
 * (`targetPort`).
 */
export const knownResolvers: readonly NonNullable<ClusterDns["pods"]>[] = [
  // CoreDNS as nearly everybody has it: kubeadm, kind, k3s, RKE2, MicroK8s, Talos, EKS, AKS, and kube-dns of GKE. Gardener's
  // listens on 8053, because it may not bind a port that only root has (gardener/gardener, component/networking/coredns).
  { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" }, ports: [53, 8053] },
  // NodeLocal DNSCache whose pods have addresses of their own: by a redirect of Cilium and GKE's Dataplane V2, on which it is
  // there by default in later releases (https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache).
  { namespace: "kube-system", podLabels: { "k8s-app": "node-local-dns" }, ports: [53] },
  // OpenShift (https://docs.openshift.com/container-platform/latest/networking/dns-operator.html).
  {
    namespace: "openshift-dns",
    podLabels: { "dns.operator.openshift.io/daemonset-dns": "default" },
    ports: [5353],
  },
];

/** Address that NodeLocal DNSCache has on every node where it is installed. */
const nodeLocalAddress = "169.254.20.10/32";

/** What every pod may ask: the resolvers that are known, and those that the settings name. */
export function dnsRules(named?: ClusterDns): EgressRule[] {
  const resolvers = named?.pods ? [...knownResolvers, named.pods] : knownResolvers;
  const cidrs = [nodeLocalAddress, ...(named?.cidrs ?? [])];
  return [
    ...resolvers.map(
      ({ namespace, podLabels, ports }): EgressRule => ({
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
            podSelector: { matchLabels: { ...podLabels } },
          },
        ],
        ports: both(ports),
      }),
    ),
    { to: [...new Set(cidrs)].map((cidr) => ({ ipBlock: { cidr } })), ports: both([53]) },
  ];
}

function both(ports: readonly number[]) {
  return ports.flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ protocol, port })));
}
