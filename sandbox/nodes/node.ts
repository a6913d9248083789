import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binaries } from "../../lib/paths";
import type { Api } from "./api";
import { nodeGroup } from "./cgroups";
import { apiServer, type ControlKeys } from "./controlPlane";
import { mountDisks } from "./disk";
import { nodeImages } from "./images";
import { kubeconfig } from "./kubeconfig";
import type { AddressPlan, NodePlan } from "./layout";
import { onMachine } from "./machine";
import { containerdConfig, inNode, kubeletConfig, podNetwork, proxyConfig } from "./nodeConfig";
import { writeSecret } from "./pki";
import { policiesUser, startPolicies } from "./podPolicies";
import { type Inside, startService, waitForService } from "./service";
import { folders } from "./state";

/** Names of a node's services, in the order in which they start. */
export function nodeServices(node: string): string[] {
  return ["containerd", "kube-network-policies", "kubelet", "kube-proxy"].map((service) => `${node}.${service}`);
}

/** Writes what a node reads at its start. Returns the files by name. */
export async function writeNodeFiles(plan: AddressPlan, node: NodePlan, keys: ControlKeys): Promise<NodeFiles> {
  const folder = folders.node(node.name);
  const [config, secrets] = [join(folder, "config"), join(folder, "keys")];
  for (const part of [config, secrets, join(folder, "cni"), join(folder, "volumes")]) {
    mkdirSync(part, { recursive: true, mode: 0o700 });
  }
  const [kubelet, proxy, policies] = await Promise.all([
    keys.authority.issue({
      file: `kubelet-${node.name}`,
      commonName: `system:node:${node.name}`,
      organization: "system:nodes",
      hosts: [node.name, node.address],
    }),
    keys.authority.issue({ file: "kube-proxy", commonName: "system:kube-proxy" }),
    keys.authority.issue({ file: "kube-network-policies", commonName: policiesUser }),
  ]);
  const files: NodeFiles = {
    containerd: join(config, "containerd.toml"),
    kubelet: join(config, "kubelet.yaml"),
    proxy: join(config, "kube-proxy.yaml"),
    policies: join(secrets, "kube-network-policies.kubeconfig"),
    keys: [join(secrets, "kubelet.crt"), join(secrets, "kubelet.kubeconfig"), join(secrets, "kube-proxy.kubeconfig")],
  };
  copyFileSync(kubelet.certificate, join(secrets, "kubelet.crt"));
  copyFileSync(kubelet.key, join(secrets, "kubelet.key"));
  copyFileSync(keys.authority.certificate, join(secrets, "ca.crt"));
  const server = apiServer(plan);
  writeSecret(join(secrets, "kubelet.kubeconfig"), kubeconfig(server, keys.authority.certificate, kubelet));
  writeSecret(join(secrets, "kube-proxy.kubeconfig"), kubeconfig(server, keys.authority.certificate, proxy));
  writeSecret(files.policies, kubeconfig(server, keys.authority.certificate, policies));
  writeFileSync(files.containerd, containerdConfig(nodeImages.pause));
  writeFileSync(files.kubelet, kubeletConfig(plan, nodeGroup(node.name)));
  writeFileSync(files.proxy, proxyConfig(plan, node));
  writeFileSync(join(folder, "cni", "10-pods.conflist"), podNetwork(node));
  return files;
}

/** A node's files that decide how its services behave. */
export interface NodeFiles {
  readonly containerd: string;
  readonly kubelet: string;
  readonly proxy: string;
  readonly policies: string;
  readonly keys: readonly string[];
}

/** Starts the container runtime of a node and waits until it answers. Needs no API server. */
export async function startRuntime(node: NodePlan, machine: Inside, files: NodeFiles): Promise<void> {
  const name = `${node.name}.containerd`;
  await startService({
    name,
    inside: machine,
    command: ["containerd", "--config", `${inNode.folder}/config/containerd.toml`, "--log-level", "warn"],
    files: [files.containerd],
  });
  await waitForService(name, "containerd answered", () =>
    onMachine(machine, ["ctr", "--address", inNode.containerdSocket, "version"]).then(
      () => true,
      () => false,
    ),
  );
}

/**
 * Starts the agent for network policies, the kubelet and kube-proxy of a node.
 * @returns when the kubelet started (milliseconds, whole seconds), or 0 when it ran already
 */
export async function startNodeServices(node: NodePlan, machine: Inside, files: NodeFiles): Promise<number> {
  const tool = (name: string) => `${inNode.tools}/${name}`;
  await mountDisks(machine, node.name);
  // Before the first pod: what it may not do, it may not do from its first packet on.
  await startPolicies(node, machine, files.policies);
  const since = Math.floor(Date.now() / 1000) * 1000;
  const { started } = await startService({
    name: `${node.name}.kubelet`,
    inside: machine,
    command: [
      tool("kubelet"),
      ...[`--config=${inNode.folder}/config/kubelet.yaml`, `--kubeconfig=${inNode.keys}/kubelet.kubeconfig`],
      ...[`--root-dir=${inNode.kubelet}`, `--hostname-override=${node.name}`, `--node-ip=${node.address}`],
      ...[`--node-labels=topology.kubernetes.io/region=local,topology.kubernetes.io/zone=${node.zone}`],
    ],
    files: [join(binaries, "kubelet"), files.kubelet, ...files.keys],
  });
  await startService({
    name: `${node.name}.kube-proxy`,
    inside: machine,
    command: [tool("kube-proxy"), `--config=${inNode.folder}/config/kube-proxy.yaml`],
    files: [join(binaries, "kube-proxy"), files.proxy, ...files.keys],
  });
  return started ? since : 0;
}

interface NodeObject {
  readonly spec: { readonly unschedulable?: boolean };
  readonly status: { readonly conditions?: readonly { type: string; status: string; lastHeartbeatTime: string }[] };
}

/** Whether a node is ready, by word that is not older than `since` (a stopped node's last word was "ready"). */
export async function isReady(api: Api, node: string, since = 0): Promise<boolean> {
  const found = await api.get<NodeObject>(`/api/v1/nodes/${node}`).catch(() => undefined);
  const condition = found?.status.conditions?.find(({ type }) => type === "Ready");
  return condition?.status === "True" && Date.parse(condition.lastHeartbeatTime) >= since;
}
