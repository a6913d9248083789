import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";

/** What the endpoints are given. */
export interface EndpointsArgs {
  readonly account: Account;
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidr: string;
  /** The private subnets, one for each zone: each costs by the hour. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly services: readonly string[];
}

/**
 * Services of AWS inside the network: their names lead to addresses of the private subnets, and what nodes and pods ask of
 * them takes no NAT gateway. Whoever is in the network may ask; what they may do, IAM decides.
 */
export class Endpoints extends pulumi.ComponentResource {
  /** Nodes that are made before them would reach the services by the NAT gateways first. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: EndpointsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksEndpoints", name, {}, opts);
    this.ready = args.services.length > 0 ? this.endpoints(name, args) : [];
    this.registerOutputs({});
  }

  private endpoints(name: string, { account, vpcId, vpcCidr, subnetIds, services }: EndpointsArgs): VpcEndpoint[] {
    const opts = { parent: this };
    const group = new SecurityGroup(
      `${name}-group`,
      {
        vpcId,
        description: `Services of AWS for ${account.fullName}`,
        tags: { Name: `${account.fullName} endpoints` },
      },
      opts,
    );
    new SecurityGroupIngressRule(
      `${name}-from-network`,
      {
        ...{ securityGroupId: group.id, cidrIpv4: vpcCidr, fromPort: 443, toPort: 443, ipProtocol: "tcp" },
        description: "Nodes and pods",
      },
      opts,
    );
    return services.map(
      (service) =>
        new VpcEndpoint(
          `${name}-${service.replace(".", "-")}`,
          {
            ...{ vpcId, vpcEndpointType: "Interface", privateDnsEnabled: true },
            serviceName: `com.amazonaws.${account.region}.${service}`,
            subnetIds: [...subnetIds],
            securityGroupIds: [group.id],
            tags: { Name: `${account.fullName} ${service}` },
          },
          opts,
        ),
    );
  }
}
