import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { FlowLog } from "@pulumi/aws/ec2/flowLog";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../contracts";
import type { Account } from "./account";
import { flowLogPolicy, trustOf } from "./iamPolicies";
import { role } from "./identities";

/** What the logs are given. */
export interface LogsArgs {
  readonly account: Account;
  readonly vpcId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly retentionDays: number;
  readonly protection: Protection;
}

/**
 * Where the control plane and the network write. The control plane's group is made before the cluster, which would else
 * make one itself that is kept for ever and outlives the stack; for the same reason it goes after the cluster. EKS may
 * make it once more all the same, for what it still had to write: nothing can refuse that to EKS' own role
 * (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2446), so `down` and `doctor` say it.
 */
export class Logs extends pulumi.ComponentResource {
  /** The group that EKS writes to. */
  readonly controlPlane: LogGroup;

  constructor(name: string, args: LogsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksLogs", name, {}, opts);
    const { account } = args;
    const group = (part: string, path: string) =>
      new LogGroup(
        `${name}-${part}`,
        { name: path, retentionInDays: args.retentionDays, kmsKeyId: args.keyArn },
        { parent: this, protect: args.protection.covers(`${name}-${part}`) },
      );
    // The name that EKS writes to (https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html).
    this.controlPlane = group("control-plane", `/aws/eks/${account.fullName}/cluster`);
    const network = group("network", `/aws/vpc/${account.fullName}`);
    const writer = role(
      `${name}-network-writer`,
      {
        account,
        description: "Writes the connections of the network to CloudWatch",
        trust: trustOf("vpc-flow-logs.amazonaws.com", { StringEquals: { "aws:SourceAccount": account.id } }),
        policy: flowLogPolicy(network.arn, pulumi.interpolate`${network.arn}:*`),
      },
      { parent: this },
    );
    new FlowLog(
      `${name}-flow`,
      {
        vpcId: args.vpcId,
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: network.arn,
        iamRoleArn: writer.arn,
        maxAggregationInterval: 600,
        tags: { Name: `${account.fullName} network` },
      },
      { parent: this, dependsOn: [...writer.rights] },
    );
    this.registerOutputs({ controlPlane: this.controlPlane.name });
  }
}
