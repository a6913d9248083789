import * as ec2 from "@pulumi/aws/ec2/securityGroup";
import * as vpc from "@pulumi/aws/vpc/securityGroupIngressRule";
import * as pulumi from "@pulumi/pulumi";
import type { AmazonCloud, Destination, Place } from "../../contracts";

/**
 * The account and network that a managed server of AWS is put in.
 *
 * @param key the setting that asks for it, e.g. `postgres.kind`
 * @throws RunError when the cluster stands elsewhere, which the settings refuse before
 */
export function amazonCloud(place: Place, key: string, kind: string): AmazonCloud {
  if (place.cloud?.kind === "amazon") return place.cloud;
  const instead = place.cloud ? `the cluster stands in ${place.cloud.kind}` : "the cluster is not this stack's";
  throw new pulumi.RunError(
    `${key}: "${kind}" needs a network on AWS beside the cluster, and ${instead}; set cluster.kind to eks, or choose another ${key}`,
  );
}

/** Who may connect to a managed server. */
export interface PrivateAccess {
  readonly securityGroupId: pulumi.Output<string>;
  /** What must be there before anyone can connect. */
  readonly ready: readonly pulumi.Resource[];
  /** Where pods connect to: the server's address changes within the data subnets when another server takes over. */
  readonly destinations: readonly Destination[];
}

/**
 * A security group around a managed server: pods and nodes of the cluster may open connections to its one port, nobody
 * else, and it may open none (a group without rules of its own has none).
 */
export function privateAccess(
  name: string,
  { cloud, port, server }: { readonly cloud: AmazonCloud; readonly port: number; readonly server: string },
  opts: pulumi.CustomResourceOptions,
): PrivateAccess {
  const group = new ec2.SecurityGroup(
    `${name}-access`,
    { description: `Who may connect to the ${server} of Switchboard`, vpcId: cloud.vpcId },
    opts,
  );
  const fromPods = new vpc.SecurityGroupIngressRule(
    `${name}-access-from-pods`,
    {
      description: "Pods and nodes of the cluster",
      securityGroupId: group.id,
      referencedSecurityGroupId: cloud.podSecurityGroupId,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
    },
    opts,
  );
  return {
    securityGroupId: group.id,
    ready: [fromPods],
    destinations: cloud.dataCidrs.map((cidr) => ({ cidr, port })),
  };
}
