import assert from "node:assert/strict";
import { test } from "node:test";
import { type BalancerSigns, balancerOf } from "../../../cli/doctor/checks/balancerKinds";

const nothing: BalancerSigns = { nodes: [], services: [], daemonSets: [], groups: ["apps"] };
const node = (name: string, providerID = "", kubeletVersion = "v1.35.1") => ({
  ...{ metadata: { name }, spec: { providerID } },
  status: { nodeInfo: { kubeletVersion } },
});
const set = (name: string) => ({ metadata: { name, namespace: "kube-system" } });
const given = {
  metadata: { name: "web", namespace: "shop" },
  status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } },
};

/** What each cluster shows, who gives addresses there, and whether all Services share them. */
const clusters: [name: string, signs: Partial<BalancerSigns>, balancer: RegExp | undefined, shared?: boolean][] = [
  ["kubeadm on bare metal", { nodes: [node("one")] }, undefined],
  ["kind", { nodes: [node("one", "kind://docker/kind/one")] }, undefined],
  ["k3s", { nodes: [node("one", "k3s://one", "v1.35.1+k3s1")] }, /servicelb of k3s, unless/, true],
  ["k3s with Traefik", { daemonSets: [set("svclb-traefik-1a2b")] }, /^servicelb of k3s$/, true],
  [
    "k3s with MetalLB in its place",
    { nodes: [node("one", "k3s://one", "v1.35.1+k3s1")], groups: ["metallb.io"] },
    /MetalLB/,
    false,
  ],
  ["kube-vip", { nodes: [node("one")], daemonSets: [set("kube-vip-ds")] }, /kube-vip/, false],
  ["Docker Desktop", { nodes: [node("docker-desktop")] }, /Docker Desktop/, true],
  ["AKS", { nodes: [node("one", "azure:///subscriptions/1")] }, /azure/, false],
  ["OpenStack", { nodes: [node("one", "openstack:///1")] }, /openstack/, false],
  ["Hetzner", { nodes: [node("one", "hcloud://1")] }, /hcloud/, false],
  ["somebody unknown who has given addresses", { nodes: [node("one")], services: [given] }, /other Services/, false],
];

for (const [name, signs, balancer, shared] of clusters)
  test(name, () => {
    const found = balancerOf({ ...nothing, ...signs });
    if (!balancer) return assert.equal(found, undefined);
    assert.match(found!.name, balancer);
    assert.equal(found!.shared, shared);
  });
