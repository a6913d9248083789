import { all, atLeast, atMost, byType, demand, exactly, given, type Look, like, not, whereProtected } from "../demand";
import type { Complaint, Rule } from "../model";
import { at, isHidden, isSame, listOf, numberOf, stated, textOf } from "../value";

const eks = "aws:eks/cluster:Cluster";
const gke = "gcp:container/cluster:Cluster";
const gkePool = "gcp:container/nodePool:NodePool";
const launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate";

const gkeFile = "components/clouds/gcp/clusterArgs.ts";
const gkePoolFile = "components/clouds/gcp/nodePools.ts";
const eksFile = "components/clouds/aws/controlPlane.ts";
const eksPoolFile = "components/clouds/aws/nodePools.ts";

/** Complains of entries that a list must have and has not. */
function holds(path: string, wanted: readonly string[], todo: string): Look {
  return (inputs) => {
    const list = at(inputs, path);
    if (isHidden(list) || listOf(list).some(isHidden)) return [];
    const missing = wanted.filter((entry) => !listOf(list).includes(entry));
    return missing.length === 0 ? [] : [{ message: `${stated(path, list)}, without ${missing.join(", ")}`, todo }];
  };
}

const controlPlaneLogs: Rule = {
  name: "control-plane-logs",
  level: "mandatory",
  description: "The cluster's API server and its audit are logged.",
  why: "Who did what to the cluster is found out afterwards or not at all.",
  source: "CIS EKS 2.1.1; CIS GKE 5.7.1",
  resource: byType({
    [eks]: holds("enabledClusterLogTypes", ["api", "audit", "authenticator"], `name them in ${eksFile}`),
    [gke]: holds("loggingConfig.enableComponents", ["APISERVER", "SYSTEM_COMPONENTS"], `name them in ${gkeFile}`),
  }),
};

const logsKept: Rule = {
  name: "logs-kept",
  level: "advisory",
  description: "In a protected stack logs in CloudWatch are kept for at least 90 days.",
  why: "A break-in is found after weeks; without the logs nobody can say what was taken.",
  source:
    "AWS Security Hub CloudWatch.16 and CIS AWS Foundations 3 (one year is asked of CloudTrail); PCI DSS 10.5.1 (90 days at hand)",
  stack: whereProtected(
    byType({
      "aws:cloudwatch/logGroup:LogGroup": (inputs) => {
        const value = at(inputs, "retentionInDays");
        // Not set, or 0, is for ever.
        if (value === undefined || isSame(value, 0) || isHidden(value) || atLeast(90).holds(value)) return [];
        return [
          {
            message: `${stated("retentionInDays", value)}, and should be 90 or more`,
            todo: "set `cluster.logRetentionDays`, `postgres.logRetentionDays` or `redis.logRetentionDays`",
          },
        ];
      },
    }),
  ),
};

const secretsEncrypted: Rule = {
  name: "cluster-secrets-encrypted",
  level: "mandatory",
  description: "Secrets of Kubernetes are encrypted with a key of the stack before they are stored.",
  why: "A copy of the cluster's store is then not a copy of every password.",
  source: "CIS EKS 5.3.1; CIS GKE 5.3.1; Kubernetes: encrypting confidential data at rest",
  resource: byType({
    [eks]: all(
      holds("encryptionConfig.resources", ["secrets"], `set encryptionConfig in ${eksFile}`),
      demand("encryptionConfig.provider.keyArn", given, `give the cluster's key in ${eksFile}`),
    ),
    [gke]: all(
      demand("databaseEncryption.state", exactly("ENCRYPTED"), `set databaseEncryption in ${gkeFile}`),
      demand("databaseEncryption.keyName", given, `give the cluster's key in ${gkeFile}`),
    ),
  }),
};

const aYear = 365 * 24 * 60 * 60;

const keysRotate: Rule = {
  name: "key-rotates",
  level: "mandatory",
  description: "Keys get new material by themselves, at least once a year.",
  why: "What one version of a key protects is then bounded in time.",
  source: "CIS AWS Foundations 3.6; CIS Google Cloud 1.10",
  resource: byType({
    "aws:kms/key:Key": (inputs, resource) =>
      // Keys for signing and outside keys cannot rotate.
      /^(SYMMETRIC_DEFAULT)?$/.test(textOf(at(inputs, "customerMasterKeySpec")) ?? "")
        ? demand(
            "enableKeyRotation",
            exactly(true),
            "set enableKeyRotation in components/clouds/aws/encryption.ts",
          )(inputs, resource)
        : [],
    "gcp:kms/cryptoKey:CryptoKey": (inputs) => {
      const value = at(inputs, "rotationPeriod");
      const seconds = numberOf(textOf(value)?.replace(/s$/, ""));
      if (isHidden(value) || (seconds !== undefined && seconds <= aYear)) return [];
      return [
        {
          message: `${stated("rotationPeriod", value)}, and must be a year ("${aYear}s") or less`,
          todo: "set rotationPeriod in components/clouds/gcp/encryption.ts",
        },
      ];
    },
  }),
};

const metadataHidden: Rule = {
  name: "node-metadata-closed",
  level: "mandatory",
  description:
    "Pods cannot take the identity of their node from its metadata server (IMDSv2 with one hop; GKE_METADATA).",
  why: "One request from any pod would otherwise be enough to become the node in the cloud.",
  source: "EKS best practices: restrict access to the instance profile; AWS Security Hub EC2.170; CIS GKE 5.4.2",
  resource: byType({
    [launchTemplate]: all(
      demand("metadataOptions.httpTokens", exactly("required"), `set httpTokens in ${eksPoolFile}`),
      demand("metadataOptions.httpPutResponseHopLimit", exactly(1), `set httpPutResponseHopLimit in ${eksPoolFile}`),
    ),
    [gkePool]: demand(
      "nodeConfig.workloadMetadataConfig.mode",
      exactly("GKE_METADATA"),
      `set workloadMetadataConfig in ${gkePoolFile}`,
    ),
  }),
};

const nodesShielded: Rule = {
  name: "nodes-shielded",
  level: "mandatory",
  description: "Nodes of GKE start only what is signed, and say when that changed.",
  why: "A changed kernel would survive every restart and see everything that runs.",
  source: "CIS GKE 5.5.5, 5.5.6, 5.5.7",
  resource: byType({
    [gke]: demand("enableShieldedNodes", exactly(true), `set enableShieldedNodes in ${gkeFile}`),
    [gkePool]: all(
      demand("nodeConfig.shieldedInstanceConfig.enableSecureBoot", exactly(true), `set it in ${gkePoolFile}`),
      demand("nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", exactly(true), `set it in ${gkePoolFile}`),
    ),
  }),
};

const kubeletReadOnlyPort: Rule = {
  name: "kubelet-port-closed",
  level: "mandatory",
  description: "The kubelet's port without authentication (10255) is closed.",
  why: "It tells every pod the environment and arguments of all pods of its node.",
  source: "GKE: disable the kubelet read-only port; CIS Kubernetes 4.2.4",
  resource: byType({
    [gkePool]: demand(
      "nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled",
      exactly("FALSE"),
      `set insecureKubeletReadonlyPortEnabled in ${gkePoolFile}`,
    ),
  }),
};

const legacyAccess: Rule = {
  name: "cluster-legacy-access-off",
  level: "mandatory",
  description:
    "Who may do what in the cluster is decided by IAM and RBAC: no ABAC, no client certificates, no aws-auth map.",
  why: "A client certificate cannot be taken back, ABAC cannot be read, and a broken aws-auth map locks everybody out.",
  source: "CIS GKE 5.8.1, 5.8.4; EKS best practices: cluster access manager",
  resource: byType({
    [gke]: all(
      demand("enableLegacyAbac", not(true), `set enableLegacyAbac to false in ${gkeFile}`),
      demand(
        "masterAuth.clientCertificateConfig.issueClientCertificate",
        not(true),
        `set issueClientCertificate to false in ${gkeFile}`,
      ),
    ),
    [eks]: demand("accessConfig.authenticationMode", exactly("API"), `set authenticationMode in ${eksFile}`),
  }),
};

const workloadIdentity: Rule = {
  name: "workload-identity",
  level: "mandatory",
  description: "Pods of GKE that need Google get an identity of their own (workload identity).",
  why: "Otherwise they use the node's, and every pod of the node has what one of them needs.",
  source: "CIS GKE 5.2.2",
  resource: byType({
    [gke]: demand("workloadIdentityConfig.workloadPool", given, `set workloadIdentityConfig in ${gkeFile}`),
  }),
};

const nodesHeal: Rule = {
  name: "nodes-heal",
  level: "advisory",
  description: "Broken nodes are replaced, and nodes of GKE follow the version of their control plane.",
  why: "A node that nobody repairs or upgrades is an outage, or a known hole, that waits.",
  source: "CIS GKE 5.5.2, 5.5.3; Amazon EKS: node auto repair",
  resource: byType({
    [gkePool]: all(
      demand("management.autoRepair", exactly(true), `set management in ${gkePoolFile}`),
      demand("management.autoUpgrade", exactly(true), `set management in ${gkePoolFile}`),
    ),
    "aws:eks/nodeGroup:NodeGroup": demand(
      "nodeRepairConfig.enabled",
      exactly(true),
      `set nodeRepairConfig in ${eksPoolFile}`,
    ),
  }),
};

const upgradesGently: Rule = {
  name: "nodes-upgraded-in-turn",
  level: "advisory",
  description: "An upgrade of nodes takes away a third of a pool at most at a time.",
  why: "Disruption budgets keep pods, and not the room that they need to come back.",
  source: "GKE: node upgrade strategies; Amazon EKS: update a managed node group",
  resource: byType({
    "aws:eks/nodeGroup:NodeGroup": (inputs) => {
      const [away, least] = [at(inputs, "updateConfig.maxUnavailable"), numberOf(at(inputs, "scalingConfig.minSize"))];
      if (isHidden(away) || away === undefined || least === undefined) return [];
      const most = Math.max(1, Math.ceil(least / 3));
      if (atMost(most).holds(away)) return [];
      const message = `${stated("updateConfig.maxUnavailable", away)} of ${least} nodes, and should be ${most} or less`;
      return [{ message, todo: "set `cluster.pools.<name>.upgrade.maxUnavailable`" }];
    },
    [gkePool]: (inputs) => {
      const [away, least] = ["upgradeSettings.maxUnavailable", "autoscaling.totalMinNodeCount"].map((path) =>
        at(inputs, path),
      );
      if (isHidden(away) || away === undefined || numberOf(least) === undefined) return [];
      const most = Math.max(1, Math.ceil(numberOf(least)! / 3));
      if (atMost(most).holds(away)) return [];
      const message = `${stated("upgradeSettings.maxUnavailable", away)} of ${least} nodes, and should be ${most} or less`;
      return [{ message, todo: "set `cluster.pools.<name>.upgrade.maxUnavailable`" }];
    },
  }),
};

const networkLogged: Rule = {
  name: "network-logged",
  level: "advisory",
  description: "Connections of the cluster's network are logged.",
  why: "Where something went that should not have is seen there and nowhere else.",
  source: "CIS AWS Foundations 3.7; CIS Google Cloud 3.8",
  resource: byType({
    "gcp:compute/subnetwork:Subnetwork": (inputs): Complaint[] =>
      at(inputs, "logConfig") === undefined && at(inputs, "purpose") === undefined
        ? [{ message: "logConfig is not set", todo: "set logConfig in components/clouds/gcp/network.ts" }]
        : [],
    "aws:ec2/flowLog:FlowLog": demand(
      "trafficType",
      like(/^(ALL|REJECT)$/, '"ALL" or "REJECT"'),
      "set trafficType in components/clouds/aws/logs.ts",
    ),
  }),
};

/** The cluster and its nodes. */
export const clusters: readonly Rule[] = [
  controlPlaneLogs,
  logsKept,
  networkLogged,
  secretsEncrypted,
  keysRotate,
  metadataHidden,
  nodesShielded,
  kubeletReadOnlyPort,
  legacyAccess,
  workloadIdentity,
  nodesHeal,
  upgradesGently,
];
