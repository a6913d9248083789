import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Plan, secretKey } from "./support/plan";
import { layerKey } from "./support/project";
import { planOf } from "./support/sharedPlans";
import { everyStack } from "./support/stacks";

/** What holds data that a person would miss, or without which what holds it cannot be read or reached again. */
const stateful = [
  "kubernetes:core/v1:Namespace",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:core/v1:PersistentVolumeClaim",
  "gcp:container/cluster:Cluster",
  "gcp:kms/cryptoKey:CryptoKey",
  "gcp:compute/address:Address",
  "gcp:sql/databaseInstance:DatabaseInstance",
  "gcp:redis/instance:Instance",
  "gcp:memorystore/instance:Instance",
  "aws:eks/cluster:Cluster",
  "aws:eks/accessEntry:AccessEntry",
  "aws:ec2/eip:Eip",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:kms/key:Key",
  "aws:rds/instance:Instance",
  "aws:elasticache/replicationGroup:ReplicationGroup",
];

/** Of some types only a part: addresses that DNS records lead to and not those of NAT gateways, the deployer's own entry, the log of who did what. */
const named: Readonly<Record<string, RegExp>> = {
  "kubernetes:core/v1:Namespace": /^namespace-/,
  "aws:eks/accessEntry:AccessEntry": /-deployer$/,
  "aws:ec2/eip:Eip": /^cluster-entrance-/,
  "aws:cloudwatch/logGroup:LogGroup": /-control-plane$/,
};

/** The cloud's own guard against deletion, where it has one. */
const ownGuards = ["deletionProtection", "deletionProtectionEnabled"];

for (const { name, stack, config, kind, namespace, secretKeys } of everyStack()) {
  describe(`every resource of ${name}`, () => {
    const operations = config[layerKey("operations")] as { protect?: boolean; unprotected?: string[] };
    const { protect: production = false, unprotected = [] } = operations;
    let preview: Plan;
    let update: Plan;
    before(async () => {
      preview = await planOf({ stack, config, secretKeys });
      update = await planOf({ stack, config, secretKeys }, false);
    });
    const ofCloud = ({ registrations }: Plan) => registrations.filter(({ type }) => /^(gcp|aws):/.test(type));

    test("stands in the cloud of its cluster and in no other", () => {
      const packages = new Set(ofCloud(preview).map(({ type }) => type.split(":")[0]));
      assert.deepEqual([...packages], kind === "existing" ? [] : [kind === "gke" ? "gcp" : "aws"]);
    });

    test("has a provider that the program made: one for the cloud, one for the cluster, none by default", () => {
      for (const { urn, type, provider, custom } of preview.registrations) {
        if (!custom || type.startsWith("pulumi:providers:")) continue;
        assert.notEqual(provider, "", urn);
        assert.ok(provider.includes(`pulumi:providers:${type.split(":")[0]}::`), `${urn} with ${provider}`);
      }
      const clouds = preview.registrations.filter(({ type }) => /^pulumi:providers:(gcp|aws)$/.test(type));
      assert.equal(clouds.length, kind === "existing" ? 0 : 1);
      for (const { parent } of clouds) assert.match(parent, /::cluster$/);
    });

    test("carries the labels of its stack: by itself in the cluster, by the provider in the cloud", () => {
      const { stage = "dev" } = config[layerKey("operations")] as { stage?: string };
      for (const { type, inputs } of preview.registrations) {
        if (!/^pulumi:providers:(gcp|aws)$/.test(type)) continue;
        const given = inputs.defaultLabels ?? inputs.defaultTags;
        const labels = typeof given === "string" ? JSON.parse(given) : given;
        const expected = { "part-of": "switchboard", "managed-by": "pulumi", stage };
        for (const [key, value] of Object.entries(expected)) assert.equal((labels.tags ?? labels)[key], value, key);
      }
    });

    test("is protected where it holds what cannot be made again, by Pulumi and by its cloud", () => {
      const held = preview.registrations.filter(
        ({ type, name }) => stateful.includes(type) && (named[type]?.test(name) ?? true),
      );
      assert.ok(held.length >= 1);
      for (const { urn, name, protect } of held) assert.equal(protect, production && !unprotected.includes(name), urn);
      for (const { urn, inputs, protect } of ofCloud(preview)) {
        for (const guard of ownGuards) {
          const value = inputs[guard] ?? inputs.settings?.[guard];
          if (value !== undefined) assert.equal(value, protect, `${urn} ${guard}`);
        }
      }
      for (const { urn, protect, type } of preview.registrations)
        assert.ok(!protect || stateful.includes(type), `${urn} is protected and not in the list`);
    });

    test("dies with what it is in, and what is in the cloud does not die with what is in the cluster", () => {
      const home = preview.named("kubernetes:core/v1:Namespace", "namespace-namespace");
      assert.equal(home.deletedWith, "");
      const clusters = preview.registrations
        .filter(({ type }) => /^(gcp:container|aws:eks)\/cluster:Cluster$/.test(type))
        .map(({ urn }) => urn);
      assert.equal(clusters.length, kind === "existing" ? 0 : 1);
      for (const entry of preview.registrations) {
        if (!entry.type.startsWith("kubernetes:") || entry === home) continue;
        // A Certificate is taken away while cert-manager is still there (components/ingress/certificates/acme.ts).
        if (entry.type === "kubernetes:cert-manager.io/v1:Certificate") continue;
        const inside = entry.inputs.metadata?.namespace === namespace;
        assert.equal(entry.deletedWith, inside ? home.urn : (clusters[0] ?? ""), entry.urn);
      }
      for (const { urn, deletedWith } of ofCloud(preview))
        assert.ok(["", ...clusters].includes(deletedWith), `${urn} dies with ${deletedWith}`);
    });

    test("has no secret in clear, in an update that knows them all", () => {
      const secrets = new Set(secretTexts([...update.registrations.map(({ inputs }) => inputs), update.outputs]));
      assert.ok(secrets.size >= 2);
      for (const { urn, inputs } of update.registrations) assertFree(inputs, secrets, urn);
      assertFree(update.outputs, secrets, "outputs");
    });

    test("is encrypted where it is stored and where it is sent", () => {
      for (const entry of ofCloud(preview)) encryption[entry.type]?.(entry.inputs, entry.urn);
    });

    test("is no database that the internet reaches", () => {
      for (const entry of ofCloud(preview)) privacy[entry.type]?.(entry.inputs, entry.urn);
    });

    test("looks at changes that its cloud would refuse half-way", () => {
      for (const { urn, type, hooks } of preview.registrations) {
        if (
          /^(aws:rds\/instance:Instance|gcp:sql\/databaseInstance:DatabaseInstance|aws:eks\/cluster:Cluster)$/.test(
            type,
          )
        )
          assert.ok(hooks.length > 0, urn);
      }
    });
  });
}

type Inputs = Record<string, any>;
type Rule = (inputs: Inputs, urn: string) => void;

/** What each kind of resource must say of encryption. */
const encryption: Readonly<Record<string, Rule>> = {
  "gcp:container/cluster:Cluster": ({ databaseEncryption }, urn) => {
    assert.equal(databaseEncryption.state, "ENCRYPTED", urn);
    assert.ok(databaseEncryption.keyName, urn);
  },
  "gcp:sql/databaseInstance:DatabaseInstance": ({ settings }, urn) =>
    assert.match(settings.ipConfiguration.sslMode, /^(ENCRYPTED_ONLY|TRUSTED_CLIENT_CERTIFICATE_REQUIRED)$/, urn),
  "gcp:redis/instance:Instance": ({ authEnabled, transitEncryptionMode }, urn) => {
    assert.equal(authEnabled, true, urn);
    assert.equal(transitEncryptionMode, "SERVER_AUTHENTICATION", urn);
  },
  "gcp:memorystore/instance:Instance": ({ transitEncryptionMode }, urn) =>
    assert.equal(transitEncryptionMode, "SERVER_AUTHENTICATION", urn),
  "gcp:kms/cryptoKey:CryptoKey": ({ rotationPeriod }, urn) => assert.ok(rotationPeriod, urn),
  "aws:kms/key:Key": ({ enableKeyRotation }, urn) => assert.equal(enableKeyRotation, true, urn),
  "aws:eks/cluster:Cluster": ({ encryptionConfig }, urn) => {
    assert.ok(encryptionConfig.provider.keyArn, urn);
    assert.deepEqual(encryptionConfig.resources, ["secrets"], urn);
  },
  "aws:rds/instance:Instance": ({ storageEncrypted, kmsKeyId, performanceInsightsKmsKeyId }, urn) => {
    assert.equal(storageEncrypted, true, urn);
    assert.ok(kmsKeyId && performanceInsightsKmsKeyId, urn);
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": (inputs, urn) => {
    assert.equal(String(inputs.atRestEncryptionEnabled), "true", urn);
    assert.equal(inputs.transitEncryptionEnabled, true, urn);
    assert.equal(inputs.transitEncryptionMode, "required", urn);
    assert.ok(inputs.kmsKeyId, urn);
  },
  "aws:cloudwatch/logGroup:LogGroup": ({ kmsKeyId, retentionInDays }, urn) => {
    assert.ok(kmsKeyId, urn);
    assert.ok(retentionInDays > 0, urn);
  },
  "aws:ec2/launchTemplate:LaunchTemplate": ({ blockDeviceMappings, metadataOptions }, urn) => {
    assert.ok(blockDeviceMappings.length > 0, urn);
    for (const { ebs } of blockDeviceMappings) assert.equal(String(ebs.encrypted), "true", urn);
    assert.equal(metadataOptions.httpTokens, "required", urn);
    assert.equal(metadataOptions.httpPutResponseHopLimit, 1, urn);
  },
};

/** What each kind of resource must say of who reaches it. */
const privacy: Readonly<Record<string, Rule>> = {
  "gcp:container/cluster:Cluster": (inputs, urn) => {
    const { ipEndpointsConfig } = inputs.controlPlaneEndpointsConfig;
    const open = (inputs.masterAuthorizedNetworksConfig?.cidrBlocks ?? []) as { cidrBlock: string }[];
    assert.ok(ipEndpointsConfig.enabled === false || open.length > 0, urn);
    for (const { cidrBlock } of open) assert.doesNotMatch(cidrBlock, /\/0$/, urn);
    assert.equal(inputs.privateClusterConfig?.enablePrivateNodes ?? inputs.nodeConfig?.privateNodes, true, urn);
  },
  "gcp:sql/databaseInstance:DatabaseInstance": ({ settings }, urn) => {
    assert.equal(settings.ipConfiguration.ipv4Enabled, false, urn);
    assert.deepEqual(settings.ipConfiguration.authorizedNetworks ?? [], [], urn);
  },
  "gcp:redis/instance:Instance": ({ connectMode }, urn) => assert.equal(connectMode, "PRIVATE_SERVICE_ACCESS", urn),
  "aws:rds/instance:Instance": ({ publiclyAccessible }, urn) => assert.equal(publiclyAccessible, false, urn),
  "aws:eks/cluster:Cluster": ({ vpcConfig }, urn) => {
    assert.equal(vpcConfig.endpointPrivateAccess, true, urn);
    if (!vpcConfig.endpointPublicAccess) return;
    assert.ok(vpcConfig.publicAccessCidrs.length > 0, urn);
    for (const cidr of vpcConfig.publicAccessCidrs) assert.doesNotMatch(cidr, /\/0$/, urn);
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ({ cidrIpv4, cidrIpv6 }, urn) => {
    // The internet comes in at the balancer and nowhere else.
    if (/\/0$/.test(cidrIpv4 ?? cidrIpv6 ?? "")) assert.match(urn, /::cluster-entrance-/, urn);
  },
};

/** Texts that stand below a secret. A short one may stand elsewhere by chance, and an address is nobody's secret. */
function secretTexts(value: unknown, inSecret = false): string[] {
  if (typeof value === "string")
    return inSecret && value.length >= 20 && !/^(\[unknown\]|https?:|[^@\s]+@[^@\s]+$)/.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => secretTexts(entry, inSecret || key === secretKey));
}

function assertFree(value: unknown, secrets: ReadonlySet<string>, where: string): void {
  if (typeof value === "string") {
    for (const secret of secrets) assert.ok(!value.includes(secret), `${where} shows a secret`);
    assert.doesNotMatch(value, /generated-password|BEGIN (EC |RSA )?PRIVATE KEY/, where);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value))
      if (key !== secretKey) assertFree(entry, secrets, `${where} ${key}`);
  }
}
