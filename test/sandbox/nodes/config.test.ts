import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { dnsRules } from "../../../components/network/dns";
import { addons, rights } from "../../../sandbox/nodes/addons";
import { pathOf } from "../../../sandbox/nodes/api";
import { addressPlan, nodePlan } from "../../../sandbox/nodes/layout";
import { containerdConfig, inNode, kubeletConfig, podNetwork, proxyConfig } from "../../../sandbox/nodes/nodeConfig";
import { policiesUser, policyRules } from "../../../sandbox/nodes/podPolicies";

const plan = addressPlan("10.213");
const node = nodePlan(plan, 2);

test("the kubelet proves who calls, puts its pods into the node's group and keeps loaded images", () => {
  const config = parse(kubeletConfig(plan, "/switchboard/pods/node-2"));
  assert.deepEqual(config.authentication.anonymous, { enabled: false });
  assert.equal(config.authorization.mode, "Webhook");
  assert.equal(config.cgroupRoot, "/switchboard/pods/node-2");
  assert.deepEqual(config.clusterDNS, [plan.dnsService]);
  assert.equal(config.imageGCHighThresholdPercent, 100);
  assert.equal(config.failCgroupV1, false);
});

test("pods get addresses of the node's range, over routed wires", () => {
  const [wire] = JSON.parse(podNetwork(node)).plugins;
  assert.equal(wire.type, "ptp");
  assert.deepEqual(wire.ipam.ranges, [[{ subnet: "10.213.129.0/24" }]]);
});

test("kube-proxy leaves the machine's connection table alone", () => {
  const config = parse(proxyConfig(plan, node));
  assert.equal(config.mode, "iptables");
  assert.deepEqual(config.conntrack, { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" });
});

test("sockets of a node fit into the 107 bytes that the kernel allows", () => {
  assert.ok(`${inNode.kubelet}/pod-resources/kubelet.sock`.length < 80);
  assert.match(containerdConfig("localhost/switchboard/pause:1"), /sandbox_image = "localhost\/switchboard\/pause:1"/);
});

test("every object of the cluster's own has a path, a restricted container and no two the same", () => {
  const objects = [...rights(), ...addons(plan, 2)];
  const paths = objects.map(pathOf);
  assert.equal(new Set(paths).size, paths.length);
  for (const object of objects.filter(({ kind }) => kind === "Deployment")) {
    const { containers } = (object.spec as { template: { spec: { containers: Record<string, unknown>[] } } }).template
      .spec;
    for (const { securityContext } of containers) {
      assert.deepEqual((securityContext as { capabilities: unknown }).capabilities, { drop: ["ALL"] });
    }
  }
  const dns = objects.find(({ kind, metadata }) => kind === "Service" && metadata.name === "kube-dns");
  assert.equal((dns!.spec as { clusterIP: string }).clusterIP, plan.dnsService);
  const storage = objects.find(({ kind }) => kind === "StorageClass");
  assert.deepEqual(storage?.metadata.annotations, { "storageclass.kubernetes.io/is-default-class": "true" });
});

test("one node has one DNS server, more have two", () => {
  const replicas = (nodes: number) => {
    const found = addons(plan, nodes).find(
      ({ metadata, kind }) => kind === "Deployment" && metadata.name === "coredns",
    );
    return (found!.spec as { replicas: number }).replicas;
  };
  assert.deepEqual([replicas(1), replicas(2), replicas(5)], [1, 2, 2]);
});

test("the cluster's DNS listens where the policies of every cluster let pods ask", () => {
  const objects = addons(plan, 1);
  const service = objects.find(({ kind, metadata }) => kind === "Service" && metadata.name === "kube-dns")!;
  const { selector, ports } = service.spec as {
    selector: Record<string, string>;
    ports: { protocol: string; targetPort: number }[];
  };
  for (const { protocol, targetPort } of ports) {
    const open = dnsRules().filter(({ ports }) =>
      (ports as { protocol: string; port: number }[]).some(
        (one) => one.protocol === protocol && one.port === targetPort,
      ),
    );
    const peers = open.flatMap(({ to }) => to as { podSelector?: { matchLabels: Record<string, string> } }[]);
    assert.ok(
      peers.some(({ podSelector }) => JSON.stringify(podSelector?.matchLabels) === JSON.stringify(selector)),
      `${protocol} ${targetPort}`,
    );
  }
});

test("first packets of a node's pods go to its agent, those of the node itself do not, and nothing passes without it", () => {
  const rules = policyRules(node).split("\n");
  const [established, local, ...queued] = rules.filter((rule) => rule.startsWith("-A "));
  assert.match(established!, /ESTABLISHED,RELATED -j RETURN$/);
  assert.match(local!, /--src-type LOCAL -j RETURN$/);
  assert.deepEqual(
    queued.map((rule) => rule.replace(/^-A \S+ /, "")),
    ["-s", "-d"].map((end) => `${end} 10.213.129.0/24 -j NFQUEUE --queue-num 100`),
  );
});

test("the agent for network policies may read what it decides by, and nothing else", () => {
  const role = rights().find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === policiesUser)!;
  const rules = role.rules as { resources: string[]; verbs: string[] }[];
  assert.deepEqual(rules.flatMap(({ resources }) => resources).sort(), ["namespaces", "networkpolicies", "pods"]);
  assert.ok(rules.every(({ verbs }) => verbs.every((verb) => ["list", "watch"].includes(verb))));
});
