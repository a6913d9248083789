import { on, type RuleCase } from "../change";

const eks = on("prod-eks", "aws:eks/cluster:Cluster", "cluster-control-plane-cluster");
const gke = on("prod", "gcp:container/cluster:Cluster", "cluster-gke");
const pool = on("prod", "gcp:container/nodePool:NodePool", "cluster-pools-apps");
const template = on("prod-eks", "aws:ec2/launchTemplate:LaunchTemplate", "cluster-pools-apps-template");
const nodes = on("prod-eks", "aws:eks/nodeGroup:NodeGroup", "cluster-pools-apps");
const awsKey = on("prod-eks", "aws:kms/key:Key", "cluster-encryption-key");
const gcpKey = on("prod", "gcp:kms/cryptoKey:CryptoKey", "cluster-encryption-key");
const log = on("prod-eks", "aws:cloudwatch/logGroup:LogGroup", "cluster-logs-control-plane");
const subnet = on("prod", "gcp:compute/subnetwork:Subnetwork", "cluster-network-subnet");
const policy = on("prod-eks", "aws:iam/rolePolicy:RolePolicy", "cluster-controllers-autoscaler-policy");
const role = on("prod-eks", "aws:iam/role:Role", "cluster-pools-node-role");
const attachment = on(
  "prod-eks",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "cluster-pools-node-AmazonEKSWorkerNodePolicy",
);
const member = on("prod", "gcp:projects/iAMMember:IAMMember", "cluster-nodes-minimum");
const statement = (parts: object) => JSON.stringify({ Statement: [{ Effect: "Allow", ...parts }] });

export const clusters: Record<string, RuleCase> = {
  "control-plane-logs": {
    passes: [eks({ enabledClusterLogTypes: ["audit", "api", "authenticator"] })],
    fails: [
      eks(
        { enabledClusterLogTypes: ["api", "authenticator"] },
        'enabledClusterLogTypes is ["api","authenticator"], without audit',
      ),
      gke({ "loggingConfig.enableComponents": ["SYSTEM_COMPONENTS"] }, "without APISERVER"),
    ],
  },
  "logs-kept": {
    passes: [log({ retentionInDays: 0 }), log({ retentionInDays: 365 })],
    fails: [log({ retentionInDays: 7 }, "retentionInDays is 7, and should be 90 or more")],
  },
  "network-logged": {
    passes: [on("prod-eks", "aws:ec2/flowLog:FlowLog", "cluster-logs-flow")({ trafficType: "REJECT" })],
    fails: [
      subnet({ logConfig: undefined }, "logConfig is not set"),
      on(
        "prod-eks",
        "aws:ec2/flowLog:FlowLog",
        "cluster-logs-flow",
      )({ trafficType: "ACCEPT" }, 'trafficType is "ACCEPT"'),
    ],
  },
  "cluster-secrets-encrypted": {
    passes: [gke({ "databaseEncryption.keyName": "[secret]" })],
    fails: [
      eks({ "encryptionConfig.resources": [] }, "encryptionConfig.resources is [], without secrets"),
      eks({ encryptionConfig: undefined }, "encryptionConfig.resources is not set"),
      gke({ "databaseEncryption.state": "DECRYPTED" }, 'databaseEncryption.state is "DECRYPTED"'),
    ],
  },
  "key-rotates": {
    passes: [
      awsKey({ customerMasterKeySpec: "RSA_4096", enableKeyRotation: false }),
      gcpKey({ rotationPeriod: "31536000s" }),
    ],
    fails: [
      awsKey({ enableKeyRotation: false }, "enableKeyRotation is false"),
      gcpKey({ rotationPeriod: undefined }, "rotationPeriod is not set"),
      gcpKey({ rotationPeriod: "63072000s" }, 'rotationPeriod is "63072000s"'),
    ],
  },
  "node-metadata-closed": {
    passes: [template({ "metadataOptions.httpPutResponseHopLimit": "1" })],
    fails: [
      template({ "metadataOptions.httpTokens": "optional" }, 'metadataOptions.httpTokens is "optional"'),
      template({ "metadataOptions.httpPutResponseHopLimit": 2 }, "metadataOptions.httpPutResponseHopLimit is 2"),
      pool(
        { "nodeConfig.workloadMetadataConfig.mode": "GCE_METADATA" },
        'workloadMetadataConfig.mode is "GCE_METADATA"',
      ),
    ],
  },
  "nodes-shielded": {
    passes: [gke({ enableShieldedNodes: "true" })],
    fails: [
      gke({ enableShieldedNodes: false }, "enableShieldedNodes is false"),
      pool({ "nodeConfig.shieldedInstanceConfig.enableSecureBoot": false }, "enableSecureBoot is false"),
      pool({ "nodeConfig.shieldedInstanceConfig": { enableSecureBoot: true } }, "enableIntegrityMonitoring is not set"),
    ],
  },
  "kubelet-port-closed": {
    passes: [pool({ "nodeConfig.kubeletConfig.cpuManagerPolicy": "none" })],
    fails: [
      pool(
        { "nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled": "TRUE" },
        'insecureKubeletReadonlyPortEnabled is "TRUE"',
      ),
    ],
  },
  "cluster-legacy-access-off": {
    passes: [gke({ enableLegacyAbac: undefined })],
    fails: [
      gke({ enableLegacyAbac: true }, "enableLegacyAbac is true"),
      gke({ "masterAuth.clientCertificateConfig.issueClientCertificate": true }, "issueClientCertificate is true"),
      eks({ "accessConfig.authenticationMode": "API_AND_CONFIG_MAP" }, 'authenticationMode is "API_AND_CONFIG_MAP"'),
    ],
  },
  "workload-identity": {
    passes: [gke({ "workloadIdentityConfig.workloadPool": "other.svc.id.goog" })],
    fails: [gke({ workloadIdentityConfig: undefined }, "workloadIdentityConfig.workloadPool is not set")],
  },
  "nodes-heal": {
    passes: [pool({ "management.autoRepair": "true" })],
    fails: [
      pool({ "management.autoRepair": false }, "management.autoRepair is false"),
      pool({ "management.autoUpgrade": false }, "management.autoUpgrade is false"),
      nodes({ nodeRepairConfig: undefined }, "nodeRepairConfig.enabled is not set"),
    ],
  },
  "nodes-upgraded-in-turn": {
    passes: [
      nodes({ "updateConfig.maxUnavailable": 2, "scalingConfig.minSize": 6 }),
      pool({ "upgradeSettings.maxUnavailable": 1 }),
    ],
    fails: [
      nodes({ "updateConfig.maxUnavailable": 3 }, "updateConfig.maxUnavailable is 3 of 3 nodes"),
      pool({ "upgradeSettings.maxUnavailable": 2 }, "upgradeSettings.maxUnavailable is 2 of 3 nodes"),
    ],
  },
  "iam-no-wildcards": {
    passes: [
      policy({ policy: statement({ Action: "ec2:Describe*", Resource: "*" }) }),
      policy({ policy: statement({ Action: "ec2:RunInstances", Resource: "*", Condition: { Bool: { a: "true" } } }) }),
      policy({ policy: JSON.stringify({ Statement: { Effect: "Deny", Action: "*", Resource: "*" } }) }),
      policy({ policy: "{" }),
    ],
    fails: [
      policy(
        { policy: statement({ Action: ["s3:*"], Resource: "arn:aws:s3:::a" }) },
        'policy.Statement[0].Action has "s3:*"',
      ),
      policy({ policy: statement({ Action: "*", Resource: "arn:aws:s3:::a" }) }, 'Action has "*"'),
      policy(
        { policy: statement({ Action: ["ec2:TerminateInstances"], Resource: "*" }) },
        'Resource is "*" for ec2:TerminateInstances',
      ),
    ],
  },
  "iam-trust-narrow": {
    passes: [
      role({ assumeRolePolicy: statement({ Principal: { AWS: "*" }, Condition: { StringEquals: { a: "b" } } }) }),
    ],
    fails: [
      role({ assumeRolePolicy: statement({ Principal: "*" }) }, 'assumeRolePolicy.Statement[0].Principal is "*"'),
      role({ assumeRolePolicy: statement({ Principal: { AWS: ["*"] } }) }, 'Principal is {"AWS":["*"]}'),
    ],
  },
  "no-broad-roles": {
    passes: [
      attachment({ policyArn: "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly" }),
      member({ role: "roles/viewer" }),
    ],
    fails: [
      attachment({ policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }, "policy/AdministratorAccess"),
      attachment(
        { policyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess" },
        'policyArn is "arn:aws:iam::aws:policy/AmazonS3FullAccess"',
      ),
      member({ role: "roles/editor" }, 'role is "roles/editor"'),
      member({ member: "allUsers" }, 'member is "allUsers"'),
    ],
  },
  "node-identity-own": {
    passes: [pool({ "nodeConfig.serviceAccount": "nodes@switchboard-prod.iam.gserviceaccount.com" })],
    fails: [
      pool({ "nodeConfig.serviceAccount": undefined }, "nodeConfig.serviceAccount is not set"),
      pool({ "nodeConfig.serviceAccount": "default" }, 'nodeConfig.serviceAccount is "default"'),
    ],
  },
};
