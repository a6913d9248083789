/**
 * What public scanners ask of a GKE cluster, by the numbers of the CIS GKE Benchmark 1.6 where it has one, else by the
 * name that the scanners use.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Plan } from "../../../support/plan";
import { gkeAlone, gkeSettings } from "./alone";

/** As open as the settings allow: an endpoint by address, every role of pool, both ways of upgrading. */
const widest = {
  api: { allowedCidrs: ["203.0.113.0/24"] },
  pools: {
    main: { machineType: "e2-standard-4", role: "system", min: 1, max: 3 },
    apps: { machineType: "n4-standard-4", min: 2, max: 6, upgrade: { strategy: "blueGreen" } },
    data: { machineType: "e2-standard-4", role: "data", min: 0, max: 3, spot: true },
  },
};

for (const [what, changes] of [
  ["smallest", {}],
  ["widest", widest],
] as const) {
  describe(`the ${what} GKE cluster`, () => {
    let built: Plan;
    let cluster: any;
    let pools: any[];
    let subnet: any;
    before(async () => {
      built = await gkeAlone(gkeSettings(changes));
      const inputsOf = (type: string) => built.of(type).map(({ inputs }) => inputs);
      [cluster] = inputsOf("gcp:container/cluster:Cluster");
      pools = inputsOf("gcp:container/nodePool:NodePool");
      [subnet] = inputsOf("gcp:compute/subnetwork:Subnetwork");
      assert.equal(pools.length, what === "smallest" ? 1 : 3);
    });
    const everyPool = (check: (pool: any) => void) => () => {
      for (const pool of pools) check(pool);
    };

    test("CIS GKE 5.1.3: nodes only read the registry", () => {
      const roles = built.of("gcp:projects/iAMMember:IAMMember").map(({ inputs }) => inputs.role);
      assert.deepEqual(roles.sort(), ["roles/artifactregistry.reader", "roles/container.defaultNodeServiceAccount"]);
    });

    test(
      "CIS GKE 5.2.1: nodes do not run as Compute Engine's default account",
      everyPool(({ nodeConfig }) => assert.match(nodeConfig.serviceAccount, /-nodes@switchboard-test\.iam/)),
    );

    test("CIS GKE 5.2.2: pods have identities of their own", () => {
      assert.equal(cluster.workloadIdentityConfig.workloadPool, "switchboard-test.svc.id.goog");
    });

    test("CIS GKE 5.3.1: Secrets are encrypted with a key of ours, which is renewed every 90 days", () => {
      const [key] = built.of("gcp:kms/cryptoKey:CryptoKey");
      assert.equal(cluster.databaseEncryption.state, "ENCRYPTED");
      assert.match(cluster.databaseEncryption.keyName, /\/cryptoKeys\/cluster-encryption-key/);
      assert.equal(key!.inputs.rotationPeriod, `${90 * 86_400}s`);
    });

    test(
      "CIS GKE 5.4.1: pods see GKE's metadata server, and none sees the old one",
      everyPool(({ nodeConfig }) => {
        assert.equal(nodeConfig.workloadMetadataConfig.mode, "GKE_METADATA");
        assert.equal(nodeConfig.metadata["disable-legacy-endpoints"], "true");
      }),
    );

    test(
      "CIS GKE 5.5.1: nodes run Container-Optimized OS",
      everyPool(({ nodeConfig }) => assert.equal(nodeConfig.imageType, "COS_CONTAINERD")),
    );

    test(
      "CIS GKE 5.5.2 and 5.5.3: nodes are repaired and upgraded by Google",
      everyPool(({ management }) => assert.deepEqual(management, { autoRepair: true, autoUpgrade: true })),
    );

    test("CIS GKE 5.5.4: versions come from a release channel", () => {
      assert.equal(cluster.releaseChannel.channel, "REGULAR");
    });

    test("CIS GKE 5.5.5 to 5.5.7: nodes are shielded, watch their integrity and boot only what is signed", () => {
      assert.equal(cluster.enableShieldedNodes, true);
      for (const { nodeConfig } of pools) {
        assert.deepEqual(nodeConfig.shieldedInstanceConfig, {
          enableSecureBoot: true,
          enableIntegrityMonitoring: true,
        });
      }
    });

    test("CIS GKE 5.6.1: flow logs are on, also between pods of one node", () => {
      assert.equal(subnet.logConfig.metadata, "INCLUDE_ALL_METADATA");
      assert.ok(subnet.logConfig.flowSampling >= 0.1);
      assert.equal(cluster.enableIntranodeVisibility, true);
    });

    test("CIS GKE 5.6.2: the cluster is VPC-native, in a network without subnets that Google chose", () => {
      assert.equal(cluster.networkingMode, "VPC_NATIVE");
      assert.deepEqual(
        [cluster.ipAllocationPolicy.clusterSecondaryRangeName, cluster.ipAllocationPolicy.servicesSecondaryRangeName],
        subnet.secondaryIpRanges.map(({ rangeName }: { rangeName: string }) => rangeName),
      );
      assert.equal(built.of("gcp:compute/network:Network")[0]!.inputs.autoCreateSubnetworks, false);
      assert.equal(subnet.privateIpGoogleAccess, true);
    });

    test("CIS GKE 5.6.3 and 5.6.4: the API server is reached by its name, and by its address only from named networks", () => {
      const { dnsEndpointConfig, ipEndpointsConfig } = cluster.controlPlaneEndpointsConfig;
      assert.deepEqual(dnsEndpointConfig, {
        allowExternalTraffic: true,
        enableK8sTokensViaDns: false,
        enableK8sCertsViaDns: false,
      });
      const networks = cluster.masterAuthorizedNetworksConfig;
      if (what === "smallest") {
        assert.equal(ipEndpointsConfig.enabled, false);
        assert.equal(cluster.privateClusterConfig.enablePrivateEndpoint, true);
        assert.equal(networks, undefined);
      } else {
        assert.equal(ipEndpointsConfig.enabled, true);
        assert.deepEqual(
          networks.cidrBlocks.map(({ cidrBlock }: { cidrBlock: string }) => cidrBlock),
          ["203.0.113.0/24"],
        );
        assert.equal(networks.gcpPublicCidrsAccessEnabled, false);
        assert.equal(networks.privateEndpointEnforcementEnabled, true);
      }
    });

    test("CIS GKE 5.6.5: nodes are private", () => {
      assert.equal(cluster.privateClusterConfig.enablePrivateNodes, true);
      for (const { networkConfig } of pools) assert.equal(networkConfig.enablePrivateNodes, true);
    });

    test("CIS GKE 5.6.7: network policies are enforced", () => {
      assert.equal(cluster.datapathProvider, "ADVANCED_DATAPATH");
    });

    test("CIS GKE 5.7.1: logs and metrics are kept", () => {
      for (const component of ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"])
        assert.ok(cluster.loggingConfig.enableComponents.includes(component), component);
      assert.ok(cluster.monitoringConfig.enableComponents.includes("SYSTEM_COMPONENTS"));
      assert.equal(cluster.monitoringConfig.managedPrometheus.enabled, true);
    });

    test("CIS GKE 5.8.1 and 5.8.2: nobody logs in by password or client certificate", () => {
      assert.deepEqual(cluster.masterAuth, { clientCertificateConfig: { issueClientCertificate: false } });
    });

    test("CIS GKE 5.8.4: access is by RBAC alone, and none of it for everyone", () => {
      assert.equal(cluster.enableLegacyAbac, false);
      assert.equal(cluster.anonymousAuthenticationConfig.mode, "LIMITED");
      assert.deepEqual(cluster.rbacBindingConfig, {
        enableInsecureBindingSystemAuthenticated: false,
        enableInsecureBindingSystemUnauthenticated: false,
      });
    });

    test("CIS GKE 5.10.1 and 5.10.2: no dashboard and no alpha features", () => {
      for (const key of ["enableKubernetesAlpha", "enableK8sBetaApis"]) assert.ok(!(key in cluster), key);
    });

    test("CIS GKE 5.10.5: the security posture is watched", () => {
      assert.equal(cluster.securityPostureConfig.mode, "BASIC");
    });

    test("the kubelet's read-only port is closed", () => {
      const closed = { insecureKubeletReadonlyPortEnabled: "FALSE" };
      assert.deepEqual(cluster.nodePoolDefaults.nodeConfigDefaults, closed);
      for (const { nodeConfig } of pools) assert.deepEqual(nodeConfig.kubeletConfig, closed);
    });

    test("the cluster stands in a region, with labels and its costs by namespace", () => {
      assert.equal(cluster.location, "europe-west1");
      assert.equal(cluster.costManagementConfig.enabled, true);
    });

    test("no Service takes an address of its own choice (CVE-2020-8554)", () => {
      assert.equal(cluster.serviceExternalIpsConfig.enabled, false);
    });

    test("volumes come from the driver of Persistent Disks", () => {
      assert.equal(cluster.addonsConfig.gcePersistentDiskCsiDriverConfig.enabled, true);
    });

    test("NAT tells of connections that it could not make", () => {
      const [nat] = built.of("gcp:compute/routerNat:RouterNat");
      assert.deepEqual(nat!.inputs.logConfig, { enable: true, filter: "ERRORS_ONLY" });
      // The two exclude each other.
      assert.ok(nat!.inputs.enableDynamicPortAllocation && !nat!.inputs.enableEndpointIndependentMapping);
      for (const ports of [nat!.inputs.minPortsPerVm, nat!.inputs.maxPortsPerVm])
        assert.equal(Math.log2(ports) % 1, 0, `${ports} is a power of two`);
    });
  });
}
