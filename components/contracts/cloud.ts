/** What a cluster tells of the cloud that it stands in. Types only, as `index.ts`, which hands them on. */
import type { Output, ProviderResource, Resource } from "@pulumi/pulumi";

/** A cloud that a cluster stands in, for what is managed beside the cluster. */
export type Cloud = GoogleCloud | AmazonCloud;

/** A project of Google Cloud and the network of the cluster in it. */
export interface GoogleCloud {
  readonly kind: "google";
  readonly provider: ProviderResource;
  readonly project: string;
  /** Digits; the names of workload identities and service agents hold it. */
  readonly projectNumber: string;
  readonly region: string;
  /** Id of the VPC network: `projects/…/global/networks/…`. */
  readonly network: Output<string>;
  /** Network of managed services: Cloud SQL and Memorystore get their addresses in it. */
  readonly managedServicesCidr: string;
  /** Name of the reserved range of these addresses. */
  readonly managedServicesRange: Output<string>;
  /** Must be there before a managed service gets a private address. */
  readonly privateAccess: Resource;
}

/** An account of AWS and the network of the cluster in it. */
export interface AmazonCloud {
  readonly kind: "amazon";
  readonly provider: ProviderResource;
  readonly accountId: string;
  readonly region: string;
  /** The second word of every ARN. */
  readonly partition: string;
  /** What every IAM role of the stack has, so that a deployer's rights can end there. */
  readonly roles: { readonly path: string; readonly permissionsBoundary: string | undefined };
  readonly vpcId: Output<string>;
  /** Subnets without a way to the internet, one for each zone, for databases. */
  readonly dataSubnetIds: readonly Output<string>[];
  readonly dataCidrs: readonly string[];
  /** The security group of the nodes and pods: who may connect to a database. */
  readonly podSecurityGroupId: Output<string>;
  /** KMS key that everything stored is encrypted with. */
  readonly encryptionKeyArn: Output<string>;
}
