import { demanded, whereProtected } from "../demand";
import type { Rule } from "../model";

const controlPlaneLogs: Rule = {
  name: "control-plane-logs",
  level: "mandatory",
  description: "The cluster's API server and its audit are logged.",
  why: "Who did what to the cluster is found out afterwards or not at all.",
  source: "CIS EKS 2.1.1; CIS GKE 5.7.1",
  resource: demanded("control-plane-logs"),
};

const logsKept: Rule = {
  name: "logs-kept",
  level: "advisory",
  description: "In a protected stack logs in CloudWatch are kept for at least 90 days.",
  why: "A break-in is found after weeks; without the logs nobody can say what was taken.",
  source:
    "AWS Security Hub CloudWatch.16 and CIS AWS Foundations 3 (one year is asked of CloudTrail); PCI DSS 10.5.1 (90 days at hand)",
  stack: whereProtected(demanded("logs-kept")),
};

const secretsEncrypted: Rule = {
  name: "cluster-secrets-encrypted",
  level: "mandatory",
  description: "Secrets of Kubernetes are encrypted with a key of the stack before they are stored.",
  why: "A copy of the cluster's store is then not a copy of every password.",
  source: "CIS EKS 5.3.1; CIS GKE 5.3.1; Kubernetes: encrypting confidential data at rest",
  resource: demanded("cluster-secrets-encrypted"),
};

const keysRotate: Rule = {
  name: "key-rotates",
  level: "mandatory",
  description: "Keys get new material by themselves, at least once a year.",
  why: "What one version of a key protects is then bounded in time.",
  source: "CIS AWS Foundations 3.6; CIS Google Cloud 1.10",
  resource: demanded("key-rotates"),
};

const metadataHidden: Rule = {
  name: "node-metadata-closed",
  level: "mandatory",
  description:
    "Pods cannot take the identity of their node from its metadata server (IMDSv2 with one hop; GKE_METADATA).",
  why: "One request from any pod would otherwise be enough to become the node in the cloud.",
  source: "EKS best practices: restrict access to the instance profile; AWS Security Hub EC2.170; CIS GKE 5.4.2",
  resource: demanded("node-metadata-closed"),
};

const nodesShielded: Rule = {
  name: "nodes-shielded",
  level: "mandatory",
  description: "Nodes of GKE start only what is signed, and say when that changed.",
  why: "A changed kernel would survive every restart and see everything that runs.",
  source: "CIS GKE 5.5.5, 5.5.6, 5.5.7",
  resource: demanded("nodes-shielded"),
};

const kubeletReadOnlyPort: Rule = {
  name: "kubelet-port-closed",
  level: "mandatory",
  description: "The kubelet's port without authentication (10255) is closed.",
  why: "It tells every pod the environment and arguments of all pods of its node.",
  source: "GKE: disable the kubelet read-only port; CIS Kubernetes 4.2.4",
  resource: demanded("kubelet-port-closed"),
};

const legacyAccess: Rule = {
  name: "cluster-legacy-access-off",
  level: "mandatory",
  description:
    "Who may do what in the cluster is decided by IAM and RBAC: no ABAC, no client certificates, no aws-auth map.",
  why: "A client certificate cannot be taken back, ABAC cannot be read, and a broken aws-auth map locks everybody out.",
  source: "CIS GKE 5.8.1, 5.8.4; EKS best practices: cluster access manager",
  resource: demanded("cluster-legacy-access-off"),
};

const workloadIdentity: Rule = {
  name: "workload-identity",
  level: "mandatory",
  description: "Pods of GKE that need Google get an identity of their own (workload identity).",
  why: "Otherwise they use the node's, and every pod of the node has what one of them needs.",
  source: "CIS GKE 5.2.2",
  resource: demanded("workload-identity"),
};

const nodesHeal: Rule = {
  name: "nodes-heal",
  level: "advisory",
  description: "Broken nodes are replaced, and nodes of GKE follow the version of their control plane.",
  why: "A node that nobody repairs or upgrades is an outage, or a known hole, that waits.",
  source: "CIS GKE 5.5.2, 5.5.3; Amazon EKS: node auto repair",
  resource: demanded("nodes-heal"),
};

const upgradesGently: Rule = {
  name: "nodes-upgraded-in-turn",
  level: "advisory",
  description: "An upgrade of nodes takes away a third of a pool at most at a time.",
  why: "Disruption budgets keep pods, and not the room that they need to come back.",
  source: "GKE: node upgrade strategies; Amazon EKS: update a managed node group",
  resource: demanded("nodes-upgraded-in-turn"),
};

const networkLogged: Rule = {
  name: "network-logged",
  level: "advisory",
  description: "Connections of the cluster's network are logged.",
  why: "Where something went that should not have is seen there and nowhere else.",
  source: "CIS AWS Foundations 3.7; CIS Google Cloud 3.8",
  resource: demanded("network-logged"),
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
