import { Cluster as EksControlPlane } from "@pulumi/aws/eks/cluster";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../contracts";
import { guardedUpdate } from "../shared/guards";
import type { Account } from "./account";
import { versionProblem } from "./changes";
import { secretsPolicy, trustOf } from "./iamPolicies";
import { role } from "./identities";
import type { EksClusterSettings } from "./settings/cluster";

/** What the control plane is given. */
export interface ControlPlaneArgs {
  readonly account: Account;
  readonly settings: Pick<EksClusterSettings, "version" | "supportPolicy" | "api" | "network">;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly keyArn: pulumi.Input<string>;
  readonly protection: Protection;
  /** What must be there before it, and go after it. */
  readonly after: readonly pulumi.Resource[];
}

const logTypes = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/**
 * The control plane. Its API server has an address inside the network, and one on the internet only where the settings
 * ask for it. Nothing of a pool is an input here, so no change of a pool can touch it.
 */
export class ControlPlane extends pulumi.ComponentResource {
  readonly cluster: EksControlPlane;
  /** The group of the control plane, the nodes and the pods: they reach each other, and nobody else reaches them. */
  readonly securityGroupId: pulumi.Output<string>;
  /** What must be there before the API server is reached from where the deployer is. */
  readonly reachable: readonly pulumi.Resource[];

  constructor(name: string, args: ControlPlaneArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksControlPlane", name, {}, opts);
    const { account, settings } = args;
    const { api } = settings;
    const own = role(
      name,
      {
        account,
        description: "Control plane of the cluster",
        trust: trustOf("eks.amazonaws.com"),
        managed: ["AmazonEKSClusterPolicy"],
        policy: secretsPolicy(args.keyArn),
      },
      { parent: this },
    );
    const isProtected = args.protection.covers(`${name}-cluster`);
    this.cluster = new EksControlPlane(
      `${name}-cluster`,
      {
        name: account.fullName,
        roleArn: own.arn,
        version: settings.version,
        upgradePolicy: { supportType: settings.supportPolicy },
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
        bootstrapSelfManagedAddons: false,
        vpcConfig: {
          subnetIds: [...args.subnetIds],
          endpointPrivateAccess: true,
          endpointPublicAccess: api.public,
          publicAccessCidrs: api.public && api.allowedCidrs.length > 0 ? [...api.allowedCidrs] : undefined,
        },
        kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: settings.network.services },
        encryptionConfig: { provider: { keyArn: args.keyArn }, resources: ["secrets"] },
        enabledClusterLogTypes: logTypes,
        zonalShiftConfig: { enabled: true },
        deletionProtection: isProtected,
      },
      {
        parent: this,
        protect: isProtected,
        dependsOn: [...args.after, ...own.rights],
        ...guardedUpdate(`${name}-cluster`, versionProblem),
      },
    );
    this.securityGroupId = this.cluster.vpcConfig.clusterSecurityGroupId;
    this.reachable = api.privateCidrs.map(
      (cidr) =>
        new SecurityGroupIngressRule(
          `${name}-from-${cidr.replace(/[^0-9a-z]+/g, "-")}`,
          {
            securityGroupId: this.securityGroupId,
            cidrIpv4: cidr,
            fromPort: 443,
            toPort: 443,
            ipProtocol: "tcp",
            description: "API server from inside",
          },
          { parent: this },
        ),
    );
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}
