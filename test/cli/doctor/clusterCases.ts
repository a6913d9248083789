import type { Case } from "./case";
import { foreign, kubeDns, printed, refused } from "./fakeHosts";

const services = "kubectl --context lab get services --all-namespaces --output json";
const daemonSets = "kubectl --context lab get daemonsets.apps --all-namespaces --output json";
const nodes = "kubectl --context lab get nodes --output json";
const ready = { conditions: [{ type: "Ready", status: "True" }] };
/** A node of a cluster that was made with kubeadm. */
const bare = { metadata: { name: "one", labels: {} }, status: { ...ready, nodeInfo: { kubeletVersion: "v1.35.1" } } };
/** A Service that has asked for a balancer on these ports. */
const balanced = (name: string, namespace: string, ...ports: number[]) => ({
  metadata: { name, namespace },
  spec: { type: "LoadBalancer", ports: ports.map((port) => ({ port, protocol: "TCP" })) },
  status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } },
});
const set = (name: string, spec: object) => ({
  metadata: { name, namespace: "kube-system" },
  spec: { template: { spec } },
});

/** What can be wrong with a cluster that somebody else runs. */
export const clusterCases: readonly Case[] = [
  [
    "no cluster",
    "lab",
    foreign,
    {
      "kubectl --context lab version --output json": refused("The connection to the server 127.0.0.1:6443 was refused"),
    },
    "failed",
    /context lab.*was refused/,
    /another context/,
  ],
  [
    "an old cluster",
    "lab",
    foreign,
    { "kubectl --context lab version --output json": printed({ serverVersion: { gitVersion: "v1.27.3" } }) },
    "failed",
    /1\.27\.3; 1\.29 or newer/,
    /upgrade/,
  ],
  [
    "no right",
    "lab",
    foreign,
    { "kubectl --context lab auth can-i create secrets --namespace switchboard": printed("no\n") },
    "failed",
    /may not create secrets/,
    /ClusterRole admin/,
  ],
  [
    "a namespace of somebody else",
    "lab",
    foreign,
    {
      "kubectl --context lab get namespaces --field-selector metadata.name=switchboard --output json": printed({
        items: [{ metadata: { name: "switchboard", labels: { team: "shop" } } }],
      }),
    },
    "failed",
    /namespace switchboard was not made by this program/,
    /cluster\.namespace/,
  ],
  [
    "a node away",
    "lab",
    foreign,
    {
      "kubectl --context lab get nodes --output json": printed({
        items: [
          {
            ...{ metadata: { name: "two" }, spec: { providerID: "openstack:///2" } },
            status: { conditions: [{ type: "Ready", status: "Unknown" }] },
          },
        ],
      }),
    },
    "advice",
    /1 of 1 nodes are not ready: two/,
    /describe/,
  ],
  [
    "no default storage class",
    "lab",
    foreign,
    { "kubectl --context lab get storageclasses --output json": printed({ items: [{ metadata: { name: "slow" } }] }) },
    "failed",
    /no default storage class/,
    /slow/,
  ],
  [
    "k3s#1107: Traefik has the ports on every node",
    "lab",
    foreign,
    {
      [services]: printed({ items: [kubeDns, balanced("traefik", "kube-system", 8080, 8443)] }),
      [daemonSets]: printed({ items: [set("svclb-traefik-1a2b3c4d", {})] }),
    },
    "failed",
    /port (8443|8080) of every node is taken by Service kube-system\/traefik/,
    /set edge\.(https|http)Port to a free port, or take .*--disable traefik/,
  ],
  [
    "an ingress with host ports",
    "lab",
    foreign,
    { [daemonSets]: printed({ items: [set("ingress-nginx", { containers: [{ ports: [{ hostPort: 8443 }] }] })] }) },
    "failed",
    /port 8443 of every node is taken by DaemonSet kube-system\/ingress-nginx/,
    /edge\.httpsPort/,
  ],
  [
    "nothing gives a Service its address",
    "lab",
    foreign,
    { [nodes]: printed({ items: [bare] }) },
    "failed",
    /nothing in the cluster gives a Service of type LoadBalancer an address/,
    /MetalLB or kube-vip.*NodePort/,
  ],
  [
    "kind gives none by itself",
    "lab",
    foreign,
    { [nodes]: printed({ items: [{ ...bare, spec: { providerID: "kind://docker/lab/one" } }] }) },
    "advice",
    /would stay Pending/,
    /cloud-provider-kind/,
  ],
  [
    "MetalLB without addresses",
    "lab",
    {
      ...foreign,
      "kubectl --context lab get ipaddresspools.metallb.io --all-namespaces --output json": printed({ items: [] }),
    },
    { "kubectl --context lab get --raw /apis": printed({ groups: [{ name: "metallb.io" }] }) },
    "failed",
    /MetalLB has no pool/,
    /IPAddressPool/,
  ],
  [
    "every node is passed over",
    "lab",
    foreign,
    {
      [nodes]: printed({
        items: [
          {
            metadata: { name: "one", labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } },
            ...{ spec: { providerID: "openstack:///1" }, status: ready },
          },
        ],
      }),
    },
    "failed",
    /every node has the label node\.kubernetes\.io\/exclude/,
    /kubectl label node one/,
  ],
  [
    "names are answered by pods that no distribution has",
    "lab",
    foreign,
    {
      [services]: printed({
        items: [
          {
            metadata: { name: "coredns", namespace: "names" },
            spec: { selector: { app: "coredns" }, ports: [{ port: 53, protocol: "UDP", targetPort: 1053 }] },
          },
        ],
      }),
    },
    "failed",
    /pods of names with app: coredns on port 1053, which the network policies shut/,
    /cluster\.dns: \{namespace: names, podLabels: \{app: coredns\}, port: 1053\}/,
  ],
  [
    "gardener#2745: a cache on each node at the address of the DNS Service",
    "lab",
    foreign,
    {
      [daemonSets]: printed({
        items: [
          set("node-local-dns", {
            hostNetwork: true,
            containers: [{ args: ["-localip", "169.254.20.10,10.43.0.10", "-conf", "/etc/Corefile"] }],
          }),
        ],
      }),
    },
    "failed",
    /node-local-dns\) answers for names at 10\.43\.0\.10/,
    /cluster\.dns\.addresses: \[10\.43\.0\.10\]/,
  ],
];
