import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { smallConfig } from "../../../support/config";
import { type Plan, plan, type Registration, secretKey } from "../../../support/plan";
import { project } from "../../../support/project";
import { sample } from "../../../support/samples/gke";
import { allProtectedBut, gkeAlone, gkeSettings } from "./alone";

/** The program on GKE. */
function gkePlan(cluster: object = {}, preview = false): Promise<Plan> {
  return plan(smallConfig({ cluster: { ...sample(), ...cluster }, operations: { stage: "test" } }), { preview });
}

const nameOf = (urn: string) => urn.split("::").pop()!;
const zone = { dnsZone: { name: "example-zone", domain: "example.com" } };
const dataPool = { machineType: "e2-standard-4", role: "data", min: 0, max: 3, spot: true };
const pools = { apps: { machineType: "n4-standard-4", min: 3, max: 6 }, data: dataPool };

describe("a GKE cluster", () => {
  let up: Plan;
  let preview: Plan;
  const one = (name: string, from = up): Registration => {
    const [found, ...others] = from.registrations.filter((entry) => entry.name === name);
    assert.ok(found && others.length === 0, `${name}: ${others.length + (found ? 1 : 0)} resources`);
    return found;
  };
  /** Everything that must be there before a resource: what it names, what names name, and the components' children. */
  const waitsFor = (name: string): Set<string> => {
    const found = new Set<string>();
    const follow = (urns: readonly string[]) => {
      for (const urn of urns) {
        if (found.has(nameOf(urn))) continue;
        found.add(nameOf(urn));
        const entry = up.registrations.find((other) => other.urn === urn);
        if (entry) follow([...entry.dependencies, ...(entry.provider ? [entry.provider.replace(/::[^:]*$/, "")] : [])]);
      }
    };
    const start = one(name);
    follow([...start.dependencies, ...(start.provider ? [start.provider.replace(/::[^:]*$/, "")] : [])]);
    return found;
  };

  before(async () => {
    up = await gkePlan({ ...zone, pools });
    preview = await gkePlan({ ...zone, pools }, true);
  });

  test("a preview and an update register the same resources", () => {
    assert.deepEqual(
      preview.registrations.map(({ urn }) => urn),
      up.registrations.map(({ urn }) => urn),
    );
  });

  test("one provider makes everything of the cloud, in the project and region of the settings, with the stack's labels", () => {
    const [provider, ...others] = up.of("pulumi:providers:gcp");
    assert.equal(others.length, 0);
    assert.equal(provider!.inputs.project, "switchboard-test");
    assert.equal(provider!.inputs.region, "europe-west1");
    assert.deepEqual(JSON.parse(provider!.inputs.defaultLabels), {
      "part-of": "switchboard",
      "managed-by": "pulumi",
      stage: "test",
    });
    const cloud = up.registrations.filter(({ type }) => type.startsWith("gcp:"));
    assert.ok(cloud.length >= 19);
    for (const { urn, provider: used } of cloud) assert.ok(used.startsWith(`${provider!.urn}::`), urn);
  });

  test("a child's name starts with its parent's", () => {
    for (const { urn, name, parent } of up.registrations.filter((entry) => entry.urn.includes("GkeCluster"))) {
      if (parent) assert.ok(name.startsWith(`${nameOf(parent)}-`), urn);
    }
  });

  test("nothing is made before the project has been asked who it is", () => {
    const made = up.registrations.filter(({ type }) => type.startsWith("gcp:"));
    for (const { name } of made.filter(
      (entry) => entry.name !== "cluster-project" && entry.name !== "cluster-solver",
    )) {
      assert.ok(waitsFor(name).has("cluster-project"), name);
    }
  });

  const order: [later: string, earlier: string, why: string][] = [
    ["cluster-gke", "cluster-network-subnet", "the cluster is in the network"],
    ["cluster-gke", "cluster-encryption-grant", "GKE may use the key before the cluster needs it"],
    ["cluster-pools-apps", "cluster-gke", "nodes join the cluster"],
    ["cluster-pools-apps", "cluster-network-nat", "nodes pull images from their first minute, and to the last"],
    ["cluster-pools-apps", "cluster-nodes-minimum", "nodes report from their first minute"],
    ["cluster-pools-apps", "cluster-nodes-images", "nodes pull images from their first minute"],
    ["cluster-provider", "cluster-pools-apps", "what is in the cluster is taken apart while there are nodes"],
    ["cluster-provider", "cluster-pools-data", "what is in the cluster is taken apart while there are nodes"],
    ["namespace-namespace", "cluster-pools-apps", "the namespace goes while there are nodes"],
    ["namespace-namespace", "cluster-network-nat", "the namespace goes while nodes reach the internet"],
    ["edge-service", "cluster-entrance-address", "the balancer is given back before its address"],
    ["edge-service", "cluster-pools-apps", "the balancer's controller works on nodes"],
    ["cluster-network-services-connection", "cluster-network-services-range", "the peering uses the range"],
    ["cluster-network-services-range", "cluster-network-vpc", "the range is of the network"],
    ["cluster-solver", "cluster-gke", "the identity pool comes with the cluster"],
    ["cluster-entrance-chat.example.com", "cluster-entrance-address", "the record leads to the address"],
  ];
  for (const [later, earlier, why] of order) {
    test(`${later} is made after ${earlier} and destroyed before it: ${why}`, () => {
      assert.ok(waitsFor(later).has(earlier));
      assert.ok(!waitsFor(earlier).has(later));
    });
  }

  test("the peering of managed services is left behind, and taken up again", () => {
    const { inputs } = one("cluster-network-services-connection");
    assert.equal(inputs.deletionPolicy, "ABANDON");
    assert.equal(inputs.updateOnCreationFail, true);
  });

  test("managed services have the network of the settings", () => {
    const { inputs } = one("cluster-network-services-range");
    assert.deepEqual(
      [inputs.address, inputs.prefixLength, inputs.purpose, inputs.addressType],
      ["10.67.0.0", 20, "VPC_PEERING", "INTERNAL"],
    );
  });

  test("node pools are resources of their own, never a part of the cluster", () => {
    const { inputs, ignoreChanges } = one("cluster-gke");
    assert.equal(inputs.removeDefaultNodePool, true);
    assert.equal(inputs.initialNodeCount, 1);
    for (const key of ["nodePools", "nodeVersion"]) assert.ok(!(key in inputs), key);
    for (const key of ["initialNodeCount", "nodeConfig", "nodePools"]) assert.ok(ignoreChanges.includes(key), key);
  });

  test("what the autoscaler and Google own is not fought over", () => {
    for (const pool of up.of("gcp:container/nodePool:NodePool")) {
      for (const key of ["initialNodeCount", "nodeCount", "version"]) assert.ok(pool.ignoreChanges.includes(key), key);
      assert.equal(pool.inputs.ignoreNodeCountChanges, true);
      assert.ok(!("nodeCount" in pool.inputs) && !("version" in pool.inputs));
    }
  });

  test("a pool says its range over all zones, its role and how its disk is made", () => {
    const apps = one("cluster-pools-apps").inputs;
    assert.deepEqual(apps.autoscaling, { totalMinNodeCount: 3, totalMaxNodeCount: 6, locationPolicy: "BALANCED" });
    assert.equal(apps.initialNodeCount, 1);
    assert.deepEqual(apps.nodeConfig.labels, { "switchboard.dev/role": "apps" });
    assert.ok(!("taints" in apps.nodeConfig));
    assert.equal(apps.nodeConfig.diskType, "hyperdisk-balanced");
    assert.deepEqual(apps.upgradeSettings, { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 });
    const data = one("cluster-pools-data").inputs;
    assert.equal(data.autoscaling.locationPolicy, "ANY");
    assert.equal(data.nodeConfig.spot, true);
    assert.equal(data.nodeConfig.diskType, "pd-balanced");
    assert.deepEqual(data.nodeConfig.taints, [{ key: "switchboard.dev/role", value: "data", effect: "NO_SCHEDULE" }]);
  });

  test("servers with a disk go to the pool of their role, apps to theirs", () => {
    const pods = (name: string) => one(name).inputs.spec.template.spec;
    assert.deepEqual(pods("postgres-server").nodeSelector, { "switchboard.dev/role": "data" });
    assert.equal(pods("postgres-server").tolerations[0].value, "data");
    assert.deepEqual(pods("panel-deployment").nodeSelector, { "switchboard.dev/role": "apps" });
  });

  test("the zones of the settings are the zones of the nodes", async () => {
    const zoned = await gkeAlone(gkeSettings({ zones: ["europe-west1-b", "europe-west1-c"] }));
    assert.deepEqual(one("cluster-gke", zoned).inputs.nodeLocations, ["europe-west1-b", "europe-west1-c"]);
    assert.ok(!("nodeLocations" in one("cluster-gke").inputs));
  });

  test("the kubeconfig is a secret without a credential, for the DNS endpoint", () => {
    const { inputs } = one("cluster-provider");
    const kubeconfig = JSON.parse(inputs.kubeconfig[secretKey]);
    const { server, ...rest } = kubeconfig.clusters[0].cluster;
    assert.match(server, /^https:\/\/gke-[0-9a-f]+-\d+\.europe-west1\.gke\.goog$/);
    assert.deepEqual(rest, {});
    assert.equal(kubeconfig.users[0].user.exec.command, "gke-gcloud-auth-plugin");
    assert.doesNotMatch(inputs.kubeconfig[secretKey], /token"|certificate|password/);
    for (const { urn, inputs } of up.registrations.filter(({ name }) => name !== "cluster-provider"))
      assert.doesNotMatch(JSON.stringify(inputs), /gke\.goog/, urn);
  });

  test("the provider is tied to the cluster's name: another endpoint replaces nothing", () => {
    for (const from of [up, preview]) {
      const { inputs, replaceWith } = one("cluster-provider", from);
      assert.equal(inputs.clusterIdentifier, `gke_switchboard-test_europe-west1_${project}-dev`);
      assert.equal(inputs.context, inputs.clusterIdentifier);
      assert.equal(inputs.enableServerSideApply, "true");
      assert.deepEqual(replaceWith.map(nameOf), ["cluster-gke"]);
    }
  });

  test("the public Service has the reserved address and keeps the client's", () => {
    const { metadata, spec } = one("edge-service").inputs;
    assert.equal(spec.loadBalancerClass, "networking.gke.io/l4-regional-external");
    assert.equal(spec.externalTrafficPolicy, "Local");
    assert.equal(
      metadata.annotations["networking.gke.io/load-balancer-ip-addresses"],
      "cluster-entrance-address-1a2b3c4",
    );
    const address = one("cluster-entrance-address").inputs;
    assert.deepEqual([address.region, address.addressType], ["europe-west1", "EXTERNAL"]);
  });

  test("the hosts of the zone have their records; without a zone there are none, and no right to make one", async () => {
    const records = up
      .of("gcp:dns/recordSet:RecordSet")
      .map(({ inputs }) => [inputs.name, inputs.type, inputs.rrdatas]);
    assert.deepEqual(records, [
      ["chat.example.com.", "A", ["203.0.113.10"]],
      ["panel.example.com.", "A", ["203.0.113.10"]],
    ]);
    const bare = await gkeAlone(gkeSettings());
    assert.deepEqual(
      bare.registrations.filter(({ type }) => type.startsWith("gcp:dns/")),
      [],
    );
  });

  test("cert-manager may change the one zone, as itself", () => {
    assert.deepEqual(one("cluster-solver").inputs, {
      project: "switchboard-test",
      managedZone: "example-zone",
      role: "roles/dns.admin",
      member:
        "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/switchboard-test.svc.id.goog/subject/ns/cert-manager/sa/cert-manager",
    });
  });

  test("a zone of another project is changed there, by an identity of this one", async () => {
    const elsewhere = await gkeAlone(gkeSettings({ dnsZone: { ...zone.dnsZone, project: "names-of-all" } }));
    assert.equal(one("cluster-solver", elsewhere).inputs.project, "names-of-all");
    assert.match(one("cluster-solver", elsewhere).inputs.member, /switchboard-test\.svc\.id\.goog/);
    assert.equal(one("cluster-entrance-panel.example.com", elsewhere).inputs.project, "names-of-all");
  });

  test("a changed machine type replaces neither the cluster nor a pool before its successor is there", async () => {
    const changed = await gkePlan({
      ...zone,
      pools: { ...pools, apps: { ...pools.apps, machineType: "n2-standard-8" } },
    });
    const different = up.registrations
      .filter((entry) => JSON.stringify(entry.inputs) !== JSON.stringify(changed.named(entry.type, entry.name).inputs))
      .map(({ name }) => name);
    assert.deepEqual(different, ["cluster-pools-apps"]);
    const pool = one("cluster-pools-apps", changed);
    // A name that Pulumi makes lets it create first; one that is given would have to go before it can be used again.
    assert.ok(!("name" in pool.inputs) && !("namePrefix" in pool.inputs));
    assert.equal(pool.deleteBeforeReplace, false);
    assert.deepEqual(pool.inputs.nodeDrainConfigs, [{ respectPdbDuringNodePoolDeletion: true }]);
  });

  test("a further pool changes no other resource", async () => {
    const more = { ...pools, extra: { machineType: "e2-standard-2", min: 0, max: 2 } };
    const changed = await gkePlan({ ...zone, pools: more });
    for (const { type, name, inputs } of up.registrations)
      assert.deepEqual(changed.named(type, name).inputs, inputs, name);
  });

  test("pools die with their cluster; what is outside the cluster does not die with the namespace", () => {
    for (const pool of up.of("gcp:container/nodePool:NodePool")) {
      assert.equal(nameOf(pool.deletedWith), "cluster-gke");
      assert.deepEqual(pool.replaceWith.map(nameOf), ["cluster-gke"]);
    }
    for (const { urn, type, deletedWith } of up.registrations) {
      if (type.startsWith("gcp:") && !type.includes("NodePool")) assert.equal(deletedWith, "", urn);
    }
  });

  test("what cannot be had back is protected here and at the cloud, and single things are let go by name", async () => {
    const protectedNames = (from: Plan) => from.registrations.filter(({ protect }) => protect).map(({ name }) => name);
    assert.deepEqual(protectedNames(up), []);
    assert.equal(one("cluster-gke").inputs.deletionProtection, false);

    const production = await gkeAlone(gkeSettings(), { protection: allProtectedBut("cluster-entrance-address") });
    assert.deepEqual(protectedNames(production).sort(), ["cluster-encryption-key", "cluster-gke"]);
    assert.equal(one("cluster-gke", production).inputs.deletionProtection, true);

    const letGo = await gkeAlone(gkeSettings(), { protection: allProtectedBut("cluster-gke") });
    assert.deepEqual(protectedNames(letGo).sort(), ["cluster-encryption-key", "cluster-entrance-address"]);
    assert.equal(one("cluster-gke", letGo).inputs.deletionProtection, false);
  });

  test("names at the cloud keep to its limits, for the longest names that the settings allow", async () => {
    const long = "a".repeat(18);
    const fullName = `switchboard-${"long-".repeat(8)}stack`;
    const named = await gkeAlone(gkeSettings({ pools: { [long]: { ...pools.apps, machineType: "e2-standard-4" } } }), {
      fullName,
    });
    assert.match(one("cluster-gke", named).inputs.name, /^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/);
    assert.match(one("cluster-nodes-account", named).inputs.accountId, /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/);
    const [pool] = named.of("gcp:container/nodePool:NodePool");
    // Pulumi adds a hyphen and seven hex digits.
    assert.ok(pool!.name.length + 8 <= 40, pool!.name);
    for (const { name, type } of named.registrations) {
      if (type.startsWith("gcp:compute/")) assert.ok(name.length + 8 <= 63 && /^[a-z][-a-z0-9]*$/.test(name), name);
    }
  });
});
