import { AccessEntry } from "@pulumi/aws/eks/accessEntry";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../contracts";
import type { Account } from "./account";
import { roleArnParts } from "./settings/values";

/** Who may do what in the cluster. */
export interface AccessArgs {
  readonly account: Account;
  readonly clusterName: pulumi.Input<string>;
  readonly deployer: string;
  readonly administrators: readonly string[];
  readonly viewers: readonly string[];
  readonly readers: readonly string[];
  readonly protection: Protection;
}

/**
 * Policies of EKS (https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html). The view policy shows
 * what is in namespaces and is no Secret. A look for drift reads Secrets too, and StorageClasses, ClusterIssuers and what
 * else has no namespace: the admin view policy lets it list and get everything, and change nothing.
 */
const policies = {
  everything: "AmazonEKSClusterAdminPolicy",
  see: "AmazonEKSViewPolicy",
  seeEverything: "AmazonEKSAdminViewPolicy",
} as const;

/**
 * Access to the cluster by access entries; there is no aws-auth map that could be overwritten, and whoever makes the
 * cluster has no standing beside it. Nodes get their entry from EKS, because their groups are managed. The deployer's
 * entry comes before everything inside the cluster and goes after it, or a `destroy` would lock itself out.
 */
export class Access extends pulumi.ComponentResource {
  /** What must be there before the deployer reaches anything inside. */
  readonly deployer: readonly pulumi.Resource[];

  constructor(name: string, args: AccessArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksAccess", name, {}, opts);
    const grant = (part: string, principalArn: string, policy: string): pulumi.Resource[] => {
      const entry = new AccessEntry(
        `${name}-${part}`,
        { clusterName: args.clusterName, principalArn, type: "STANDARD" },
        { parent: this, protect: part === "deployer" && args.protection.covers(`${name}-deployer`) },
      );
      const right = new AccessPolicyAssociation(
        `${name}-${part}-right`,
        {
          clusterName: args.clusterName,
          principalArn,
          policyArn: `arn:${args.account.partition}:eks::aws:cluster-access-policy/${policy}`,
          accessScope: { type: "cluster" },
        },
        { parent: this, dependsOn: [entry] },
      );
      return [entry, right];
    };
    this.deployer = grant("deployer", args.deployer, policies.everything);
    for (const arn of args.administrators) grant(`administrator-${roleArnParts(arn).name}`, arn, policies.everything);
    for (const arn of args.viewers) grant(`viewer-${roleArnParts(arn).name}`, arn, policies.see);
    for (const arn of args.readers) grant(`reader-${roleArnParts(arn).name}`, arn, policies.seeEverything);
    this.registerOutputs({});
  }
}
