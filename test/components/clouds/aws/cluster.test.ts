import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { parse } from "yaml";
import { eksPlan, largeCluster } from "../../../support/eksPlan";
import { type Plan, secretKey } from "../../../support/plan";
import { project } from "../../../support/project";

const clusterType = "aws:eks/cluster:Cluster";
const groupType = "aws:eks/nodeGroup:NodeGroup";

describe("a cluster of EKS", () => {
  let small: Plan;
  let large: Plan;
  const theCluster = (plan: Plan = large) => plan.named(clusterType, "cluster-control-plane-cluster").inputs;
  const amazon = (plan: Plan = large) => plan.registrations.filter(({ type }) => type.startsWith("aws:"));
  before(async () => {
    small = await eksPlan();
    large = await eksPlan(largeCluster(), { isProtected: true });
  });

  test("credentials for another account are refused", () => {
    for (const plan of [small, large]) {
      const [provider, ...others] = plan.of("pulumi:providers:aws");
      assert.deepEqual(others, []);
      assert.equal(provider!.name, "cluster-account");
      assert.deepEqual(JSON.parse(provider!.inputs.allowedAccountIds), ["012345678901"]);
      assert.equal(provider!.inputs.region, "eu-west-1");
      assert.deepEqual(JSON.parse(provider!.inputs.defaultTags), {
        tags: { "part-of": "switchboard", "managed-by": "pulumi", stage: "test" },
      });
    }
  });

  test("everything is made with that provider, below the cluster, by names that begin with its own", () => {
    const provider = large.named("pulumi:providers:aws", "cluster-account").urn;
    for (const entry of amazon()) {
      assert.ok(entry.provider.startsWith(`${provider}::`), entry.urn);
      assert.ok(entry.parent.includes("switchboard:cluster:EksCluster"), entry.urn);
      assert.ok(entry.name.startsWith("cluster-"), entry.urn);
    }
    for (const entry of large.registrations) {
      const parent = large.registrations.find(({ urn }) => urn === entry.parent);
      if (parent && entry.parent.includes("EksCluster")) assert.ok(entry.name.startsWith(parent.name), entry.urn);
    }
  });

  test("CIS EKS 2.1.1: all logs of the control plane are written, and kept for a time", () => {
    assert.deepEqual(theCluster().enabledClusterLogTypes, [
      "api",
      "audit",
      "authenticator",
      "controllerManager",
      "scheduler",
    ]);
    const { inputs } = large.named("aws:cloudwatch/logGroup:LogGroup", "cluster-logs-control-plane");
    assert.equal(inputs.name, `/aws/eks/${project}-dev/cluster`);
    assert.equal(inputs.retentionInDays, 90);
    assert.ok(inputs.kmsKeyId);
  });

  test("CIS EKS 3.1: pods cannot take the node's role from its metadata", () => {
    const templates = large.of("aws:ec2/launchTemplate:LaunchTemplate");
    assert.equal(templates.length, 4);
    for (const { inputs } of templates) {
      assert.equal(inputs.metadataOptions.httpTokens, "required");
      assert.equal(inputs.metadataOptions.httpPutResponseHopLimit, 1);
      assert.equal(inputs.imageId, undefined, "EKS chooses the image");
      assert.equal(inputs.userData, undefined);
      assert.equal(inputs.keyName, undefined, "nobody logs in");
    }
    for (const { inputs } of large.of(groupType)) assert.equal(inputs.remoteAccess, undefined);
  });

  test("CIS EKS 4.1: access is by entries alone, and who makes the cluster has none beside them", () => {
    assert.deepEqual(theCluster().accessConfig, {
      authenticationMode: "API",
      bootstrapClusterCreatorAdminPermissions: false,
    });
    assert.equal(
      large.registrations.some(({ inputs }) => inputs?.metadata?.name === "aws-auth"),
      false,
    );
    const rights = large
      .of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
      .map(({ name, inputs }) => [name, inputs.principalArn.split("/").at(-1), inputs.policyArn]);
    const policy = "arn:aws:eks::aws:cluster-access-policy";
    assert.deepEqual(rights, [
      [
        "cluster-access-administrator-AWSReservedSSO_Admin_0123-right",
        "AWSReservedSSO_Admin_0123",
        `${policy}/AmazonEKSClusterAdminPolicy`,
      ],
      ["cluster-access-deployer-right", "deployer", `${policy}/AmazonEKSClusterAdminPolicy`],
      ["cluster-access-viewer-support-right", "support", `${policy}/AmazonEKSViewPolicy`],
    ]);
    assert.equal(large.of("aws:eks/accessEntry:AccessEntry").length, rights.length);
  });

  test("CIS EKS 5.1.2 and 5.1.3: nodes may join and pull, and nothing else", () => {
    const policies = large
      .of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .filter(({ name }) => name.startsWith("cluster-pools-node"))
      .map(({ inputs }) => inputs.policyArn);
    assert.deepEqual(policies.sort(), [
      "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
      "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
    ]);
    assert.deepEqual(
      large.of("aws:iam/rolePolicy:RolePolicy").filter(({ name }) => name.startsWith("cluster-pools")),
      [],
    );
  });

  test("CIS EKS 5.3.1: Secrets are encrypted with a key that is the stack's own and renews itself", () => {
    const { inputs } = large.named("aws:kms/key:Key", "cluster-encryption-key");
    assert.equal(inputs.enableKeyRotation, true);
    assert.equal(inputs.deletionWindowInDays, 30);
    const [config] = [theCluster().encryptionConfig];
    assert.deepEqual(config.resources, ["secrets"]);
    assert.match(config.provider.keyArn, /^arn:aws:kms:.*cluster-encryption-key$/);
  });

  test("CIS EKS 5.4.1 and 5.4.2: the API server has a private address, and a public one for named networks only", () => {
    const { vpcConfig } = theCluster(small);
    assert.equal(vpcConfig.endpointPrivateAccess, true);
    assert.equal(vpcConfig.endpointPublicAccess, false);
    assert.equal(vpcConfig.publicAccessCidrs, undefined);
    assert.deepEqual(theCluster().vpcConfig.publicAccessCidrs, ["198.51.100.0/24"]);
    const inside = large.named(
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "cluster-control-plane-from-10-8-0-0-16",
    );
    assert.deepEqual([inside.inputs.cidrIpv4, inside.inputs.fromPort, inside.inputs.toPort], ["10.8.0.0/16", 443, 443]);
  });

  test("CIS EKS 5.4.3: nodes are private", () => {
    for (const { inputs } of large.of(groupType))
      for (const id of inputs.subnetIds) assert.match(id, /^cluster-network-private-/);
    for (const id of theCluster().vpcConfig.subnetIds) assert.match(id, /^cluster-network-private-/);
    for (const { inputs } of large.of("aws:ec2/subnet:Subnet")) assert.equal(inputs.mapPublicIpOnLaunch, false);
  });

  test("CIS EKS 5.4.4: network policies are enforced", () => {
    const { inputs } = large.named("aws:eks/addon:Addon", "cluster-network-addons-vpc-cni");
    assert.deepEqual(JSON.parse(inputs.configurationValues), { enableNetworkPolicy: "true" });
  });

  test("disks and volumes are encrypted with the stack's key", () => {
    for (const { inputs } of large.of("aws:ec2/launchTemplate:LaunchTemplate")) {
      const [{ deviceName, ebs }] = inputs.blockDeviceMappings;
      assert.equal(deviceName, "/dev/xvda");
      assert.equal(ebs.volumeType, "gp3");
      assert.equal(ebs.encrypted, "true");
      assert.match(ebs.kmsKeyId, /cluster-encryption-key$/);
      assert.deepEqual(
        inputs.tagSpecifications.map((entry: any) => entry.resourceType),
        ["instance", "volume", "network-interface"],
      );
      for (const { tags } of inputs.tagSpecifications) assert.equal(tags.stage, "test");
    }
    const { inputs } = large.named("kubernetes:storage.k8s.io/v1:StorageClass", "cluster-controllers-volumes");
    assert.equal(inputs.parameters.encrypted, "true");
    assert.match(inputs.parameters.kmsKeyId, /cluster-encryption-key$/);
    assert.equal(inputs.volumeBindingMode, "WaitForFirstConsumer");
    assert.equal(inputs.allowVolumeExpansion, true);
    const claims = large.registrations.flatMap(({ inputs }) => inputs?.spec?.volumeClaimTemplates ?? []);
    for (const { spec } of claims) assert.equal(spec.storageClassName, inputs.metadata.name);
  });

  test("controllers are told what they cannot ask the node, and get no more rights than their part", () => {
    const { values } = large.named("kubernetes:helm.sh/v3:Release", "cluster-controllers-balancer-release").inputs;
    assert.deepEqual(
      [values.clusterName, values.region, values.vpcId],
      [`${project}-dev`, "eu-west-1", "cluster-network-vpc-id"],
    );
    assert.equal(values.enableServiceMutatorWebhook, false);
    assert.equal(values.enableBackendSecurityGroup, false);
    const scaler = large.named("kubernetes:helm.sh/v3:Release", "cluster-controllers-autoscaler-release").inputs.values;
    assert.deepEqual([scaler.awsRegion, scaler.image.tag], ["eu-west-1", "v1.36.0"]);
    const identities = large
      .of("aws:eks/podIdentityAssociation:PodIdentityAssociation")
      .map(({ inputs }) => [inputs.namespace, inputs.serviceAccount]);
    assert.deepEqual(identities, [
      ["kube-system", "cluster-autoscaler"],
      ["kube-system", "aws-load-balancer-controller"],
      ["cert-manager", "cert-manager"],
    ]);
  });

  test("add-ons have the versions that the settings name", async () => {
    const plan = await eksPlan(largeCluster({ addonVersions: { coredns: "v1.12.4-eksbuild.1" } }));
    const versions = plan.of("aws:eks/addon:Addon").map(({ inputs }) => [inputs.addonName, inputs.addonVersion]);
    assert.equal(versions.length, 6);
    for (const [name, version] of versions)
      assert.equal(version, name === "coredns" ? "v1.12.4-eksbuild.1" : undefined, name);
  });

  test("what holds data, and the public addresses, are protected here and at the cloud", () => {
    const isProtected = (plan: Plan) =>
      amazon(plan)
        .filter(({ protect }) => protect)
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(isProtected(large), [
      "cluster-access-deployer",
      "cluster-control-plane-cluster",
      "cluster-encryption-key",
      "cluster-entrance-address-eu-west-1a",
      "cluster-entrance-address-eu-west-1b",
      "cluster-entrance-address-eu-west-1c",
      "cluster-logs-control-plane",
      "cluster-logs-network",
    ]);
    assert.equal(theCluster().deletionProtection, true);
    assert.deepEqual(isProtected(small), []);
    assert.equal(theCluster(small).deletionProtection, false);
  });

  test("support ends when the settings say, and a failing zone can be left", () => {
    assert.deepEqual(theCluster().upgradePolicy, { supportType: "STANDARD" });
    assert.deepEqual(theCluster().zonalShiftConfig, { enabled: true });
    assert.equal(theCluster().bootstrapSelfManagedAddons, false);
  });

  test("the kubeconfig is a secret without a credential in it, tied to the cluster by fixed text", () => {
    const { inputs, replaceWith } = large.named("pulumi:providers:kubernetes", "cluster-provider");
    const kubeconfig = parse(inputs.kubeconfig[secretKey]);
    assert.equal(kubeconfig["current-context"], `${project}-dev`);
    const [{ user }] = kubeconfig.users;
    assert.deepEqual(
      [user.exec.command, ...user.exec.args.slice(0, 6)],
      [...["aws", "eks", "get-token", "--cluster-name", `${project}-dev`, "--region", "eu-west-1"]],
    );
    assert.equal(inputs.clusterIdentifier, `arn:aws:eks:eu-west-1:012345678901:cluster/${project}-dev`);
    assert.deepEqual(replaceWith, [large.named(clusterType, "cluster-control-plane-cluster").urn]);
  });

  test("a preview knows as little as it must, and shows the same tree", async () => {
    const preview = await eksPlan(largeCluster(), { preview: true, isProtected: true });
    assert.deepEqual(
      preview.registrations.map(({ urn }) => urn),
      large.registrations.map(({ urn }) => urn),
    );
  });
});
