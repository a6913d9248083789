import assert from "node:assert/strict";
import { test } from "node:test";
import { dnsOf } from "../../../components/clouds/existing/dns";
import type { ClusterDns } from "../../../components/contracts";
import { networkRules } from "../../../components/network/networkRules";
import { SettingsError } from "../../../components/settings/parse";
import { reaches, type Target } from "../../support/reachability";
import { planOf } from "../../support/sharedPlans";
import { settingsOf } from "../../support/stackSettings";
import { everyStack } from "../../support/stacks";
import { parse } from "../settings/stack";

const panel = { name: "panel", component: "web" };
const connections = [{ from: panel, to: { cidr: "10.9.0.0/16", port: 5432 } }];

const pods = (namespace: string, labels: Record<string, string>, port: number): Target => ({
  elsewhere: { namespace, labels },
  port,
});
const kubeDns = { "k8s-app": "kube-dns" };

/** Where a pod's question really goes, by distribution: the labels of its pods and the port that they listen on. */
const distributions: [name: string, goesTo: Target][] = [
  ["kubeadm, kind, minikube", pods("kube-system", kubeDns, 53)],
  ["k3s", pods("kube-system", { ...kubeDns, "pod-template-hash": "5f5" }, 53)],
  ["RKE2", pods("kube-system", { ...kubeDns, "app.kubernetes.io/name": "rke2-coredns" }, 53)],
  ["GKE with kube-dns", pods("kube-system", kubeDns, 53)],
  ["GKE from 1.34.1, NodeLocal DNSCache on Dataplane V2", pods("kube-system", { "k8s-app": "node-local-dns" }, 53)],
  ["EKS", pods("kube-system", { ...kubeDns, "eks.amazonaws.com/component": "coredns" }, 53)],
  ["Gardener (gardener#2745)", pods("kube-system", { ...kubeDns, "gardener.cloud/role": "system-component" }, 8053)],
  ["NodeLocal DNSCache at its own address", { address: "169.254.20.10", port: 53 }],
  ["OpenShift", pods("openshift-dns", { "dns.operator.openshift.io/daemonset-dns": "default" }, 5353)],
];

test("every pod may ask for names on the distributions that are known", () => {
  for (const [name, target] of distributions)
    assert.equal(reaches(networkRules(connections), panel, target), true, name);
});

test("that opens nothing else there, and no other address", () => {
  const rules = networkRules(connections);
  const shut: Target[] = [
    pods("kube-system", kubeDns, 443),
    pods("kube-system", { "k8s-app": "metrics-server" }, 53),
    pods("other", kubeDns, 53),
    pods("openshift-dns", { "dns.operator.openshift.io/daemonset-dns": "default" }, 53),
    { address: "169.254.20.10", port: 80 },
    { address: "169.254.169.254", port: 53 },
    { address: "10.96.0.10", port: 53 },
    { address: "8.8.8.8", port: 53 },
  ];
  for (const target of shut) assert.equal(reaches(rules, panel, target), false, JSON.stringify(target));
});

test("what is not known is said: a cache at the address of the DNS Service, pods of another name", () => {
  const dns: ClusterDns = {
    pods: { namespace: "names", podLabels: { app: "resolver" }, ports: [1053] },
    cidrs: ["10.96.0.10/32", "fd00::a/128"],
  };
  const rules = networkRules(connections, dns);
  for (const target of [
    { address: "10.96.0.10", port: 53 },
    { address: "fd00::a", port: 53 },
    pods("names", { app: "resolver" }, 1053),
    ...distributions.map(([, target]) => target),
  ])
    assert.equal(reaches(rules, panel, target), true, JSON.stringify(target));
  assert.equal(reaches(rules, panel, { address: "10.96.0.11", port: 53 }), false);
  assert.equal(reaches(rules, panel, pods("names", { app: "resolver" }, 53)), false);
});

for (const stack of everyStack())
  test(`${stack.name}: pods may ask for names by UDP and by TCP, and what the settings name`, async () => {
    const preview = await planOf(stack);
    const { spec } = preview.named("kubernetes:networking.k8s.io/v1:NetworkPolicy", "policies-dns").inputs;
    assert.deepEqual(spec.podSelector, {}, "every pod");
    for (const { ports } of spec.egress) {
      const of = (wanted: string) =>
        ports.filter(({ protocol }: any) => protocol === wanted).map(({ port }: any) => port);
      assert.deepEqual(of("UDP"), of("TCP"));
    }
    const { cluster } = settingsOf(stack);
    const named = cluster.kind === "existing" ? dnsOf(cluster.dns) : undefined;
    for (const [name, target] of distributions) assert.equal(reaches({ dns: spec }, panel, target), true, name);
    for (const cidr of named?.cidrs ?? [])
      assert.equal(reaches({ dns: spec }, panel, { address: cidr.split("/")[0]!, port: 53 }), true, cidr);
    const own = named?.pods;
    if (own)
      assert.equal(reaches({ dns: spec }, panel, pods(own.namespace, { ...own.podLabels }, own.ports[0]!)), true);
  });

test("half of a resolver, and what is no address, are told", () => {
  const wrong: [object, RegExp][] = [
    [{ namespace: "names" }, /cluster\.dns\.podLabels: is not set, and namespace alone names no pods/],
    [{ podLabels: { app: "x" } }, /cluster\.dns\.namespace: is not set, and podLabels alone/],
    [{ addresses: ["10.96.0.0/12"] }, /cluster\.dns\.addresses.*"10\.96\.0\.0\/12" is not an address/],
    [{ addresses: ["dns.example.com"] }, /is not an address/],
    [{ port: 0 }, /cluster\.dns\.port/],
  ];
  for (const [dns, pattern] of wrong)
    assert.throws(
      () =>
        parse((raw) => {
          raw.cluster.dns = dns;
        }),
      (error: SettingsError) => error instanceof SettingsError && pattern.test(error.message),
      JSON.stringify(dns),
    );
});
