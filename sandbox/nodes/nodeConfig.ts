import { stringify } from "yaml";
import { type AddressPlan, clusterDomain, type NodePlan } from "./layout";

/**
 * Paths as a node sees them. Each node has a mount namespace of its own, where /run is an empty file system with the
 * node's folder and the tools bound into it; so every node's paths are the same and short (sockets allow 107 bytes).
 */
export const inNode = {
  folder: "/run/switchboard/node",
  tools: "/run/switchboard/bin",
  keys: "/run/switchboard/node/keys",
  kubelet: "/run/switchboard/node/kubelet",
  volumes: "/run/switchboard/node/volumes",
  containerdSocket: "/run/containerd/containerd.sock",
} as const;

/** containerd 1.6's configuration. */
export function containerdConfig(pauseImage: string): string {
  return `version = 2
root = "${inNode.folder}/containerd"
state = "/run/containerd"
# Snapshotters and monitors that a node does not use, and that would look for tools that are not there.
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = "${inNode.containerdSocket}"

[plugins."io.containerd.internal.v1.opt"]
  path = "${inNode.folder}/containerd/opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Where root lacks CAP_SYS_RESOURCE (most containers and some virtual machines), lowering a score is refused.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${inNode.folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/**
 * The pods' network: one point-to-point wire per pod, so that all traffic is routed and kube-proxy sees it (a bridge
 * would need br_netfilter for that). The record of addresses is volatile, as the pods' wires are.
 */
export function podNetwork(node: NodePlan): string {
  const range = [[{ subnet: node.pods }]];
  return json({
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipam: { type: "host-local", ranges: range, routes: [{ dst: "0.0.0.0/0" }], dataDir: "/run/cni/networks" },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });
}

/** Configuration of the kubelet. */
export function kubeletConfig(plan: AddressPlan, cgroupRoot: string): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${inNode.keys}/ca.crt` },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: `${inNode.keys}/kubelet.crt`,
    tlsPrivateKeyFile: `${inNode.keys}/kubelet.key`,
    containerRuntimeEndpoint: `unix://${inNode.containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot,
    failCgroupV1: false,
    failSwapOn: false,
    clusterDomain,
    clusterDNS: [plan.dnsService],
    // The machine's own resolver cannot be reached from here.
    resolvConf: "",
    volumePluginDir: `${inNode.folder}/plugins`,
    // The nodes share the machine's disk, and percentages of a large disk would end pods on a healthy machine.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1Gi", "imagefs.available": "1Gi" },
    evictionMinimumReclaim: {},
    // Images are loaded, not pulled: one that is collected could not come back.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    serializeImagePulls: false,
    // Start-up in seconds: the nodes' default limits protect a large API server.
    registryPullQPS: 0,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    syncFrequency: "10s",
  });
}

/** Configuration of kube-proxy. */
export function proxyConfig(plan: AddressPlan, node: NodePlan): string {
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: `${inNode.keys}/kube-proxy.kubeconfig` },
    hostnameOverride: node.name,
    mode: "iptables",
    clusterCIDR: plan.pods,
    detectLocalMode: "ClusterCIDR",
    iptables: { syncPeriod: "30s", minSyncPeriod: "200ms" },
    // The table's size belongs to the machine: a network namespace may not change it.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
