import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { addons } from "../../../sandbox/nodes/addons";
import { pathOf } from "../../../sandbox/nodes/api";
import { addressPlan, nodePlan } from "../../../sandbox/nodes/layout";
import { containerdConfig, inNode, kubeletConfig, podNetwork, proxyConfig } from "../../../sandbox/nodes/nodeConfig";

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
  const objects = addons(plan, 2);
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
