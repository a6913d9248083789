import { project } from "../../support/project";
import type { Case } from "./case";
import { amazon, printed, refused } from "./fakeHosts";

const inRegion = "--region eu-west-1 --output json";
const quota = (service: string, code: string) =>
  `aws service-quotas get-service-quota --service-code ${service} --quota-code ${code} ${inRegion}`;

/** What can be wrong with AWS. */
export const amazonCases: readonly Case[] = [
  [
    "AWS CLI 1",
    "prod-eks",
    amazon,
    { "aws --version": printed("aws-cli/1.40.0") },
    "failed",
    /aws 1\.40\.0 is too old/,
    /version 2/,
  ],
  [
    "state on this machine",
    "prod-eks",
    amazon,
    { "pulumi whoami --json": printed({ url: "file://~" }) },
    "advice",
    /on this machine only/,
    /pulumi login s3:/,
  ],
  [
    "another account",
    "prod-eks",
    amazon,
    {
      "aws sts get-caller-identity --output json": printed({
        Account: "999999999999",
        Arn: "arn:aws:iam::999999999999:user/x",
      }),
    },
    "failed",
    /123456789012 is meant, and the credentials are of 999999999999/,
    /AWS_PROFILE/,
  ],
  [
    "another role",
    "prod-eks",
    amazon,
    {
      "aws sts get-caller-identity --output json": printed({
        Account: "123456789012",
        Arn: "arn:aws:iam::123456789012:user/mallory",
      }),
    },
    "advice",
    /user\/mallory.*cluster\.access\.deployer/,
    /assume that role/,
  ],
  [
    "expired credentials",
    "prod-eks",
    amazon,
    { "aws sts get-caller-identity --output json": refused("Error: The SSO session has expired") },
    "unknown",
    /SSO session has expired/,
    /aws sso login/,
  ],
  [
    "a region that is not opted in",
    "prod-eks",
    amazon,
    {
      [`aws ec2 describe-regions --all-regions ${inRegion}`]: printed({
        Regions: [{ RegionName: "eu-west-1", OptInStatus: "not-opted-in" }],
      }),
    },
    "failed",
    /not opted in/,
    /enable-region/,
  ],
  [
    "a zone that is not there",
    "prod-eks",
    amazon,
    {
      [`aws ec2 describe-availability-zones ${inRegion}`]: printed({
        AvailabilityZones: [{ ZoneName: "eu-west-1a", State: "available" }],
      }),
    },
    "failed",
    /no eu-west-1b, eu-west-1c/,
    /eu-west-1a/,
  ],
  [
    "no address left",
    "prod-eks",
    amazon,
    { [quota("ec2", "L-0263D0A3")]: printed({ Quota: { QuotaName: "EC2-VPC Elastic IPs", Value: 5 } }) },
    "failed",
    /EC2-VPC Elastic IPs: 6 for 3 NAT gateways and 3 zones of the entrance; 5 of 5/,
    /ask for 6.*natGateways to "one", which takes 4/,
  ],
  [
    "addresses that others have; the stack's own and those of a network of one's own do not count",
    "prod-eks",
    amazon,
    {
      [quota("ec2", "L-0263D0A3")]: printed({ Quota: { QuotaName: "EC2-VPC Elastic IPs", Value: 7 } }),
      [`aws ec2 describe-addresses ${inRegion}`]: printed({
        Addresses: [
          { PublicIp: "198.51.100.1", PublicIpv4Pool: "amazon" },
          { PublicIp: "198.51.100.2" },
          { PublicIp: "198.51.100.3", PublicIpv4Pool: "ipv4pool-ec2-0a1b" },
          {
            PublicIp: "198.51.100.4",
            Tags: [
              { Key: "part-of", Value: "switchboard" },
              { Key: "Name", Value: `${project}-prod-eks nat eu-west-1a` },
            ],
          },
          {
            PublicIp: "198.51.100.5",
            Tags: [
              { Key: "part-of", Value: "switchboard" },
              { Key: "Name", Value: "switchboard-prod nat eu-west-1a" },
            ],
          },
        ],
      }),
    },
    "failed",
    /6 for .* 4 of 7 are free/,
    /ask for 9/,
  ],
  [
    "a new account's cores",
    "prod-eks",
    amazon,
    { [quota("ec2", "L-1216C47A")]: printed({ Quota: { QuotaName: "Running On-Demand Standard", Value: 5 } }) },
    "failed",
    /16 for the cores of the fewest nodes; 5 of 5/,
    /ask for 16/,
  ],
  [
    "a zone that is full of NAT gateways",
    "prod-eks",
    amazon,
    {
      [`aws ec2 describe-nat-gateways ${inRegion}`]: printed({
        NatGateways: [
          ...Array.from({ length: 5 }, () => ({ SubnetId: "subnet-1", State: "available" })),
          { SubnetId: "subnet-1", State: "deleted" },
        ],
      }),
    },
    "failed",
    /NAT gateways per Availability Zone: 1 for a NAT gateway in each zone; 0 of 5/,
    /natGateways to "one"/,
  ],
  [
    "a log group that came back after a destroy",
    "prod-eks",
    amazon,
    {
      [`aws logs describe-log-groups --log-group-name-prefix /aws/eks/${project}-prod-eks/cluster ${inRegion}`]:
        printed({
          logGroups: [{ logGroupName: `/aws/eks/${project}-prod-eks/cluster`, storedBytes: 0 }],
        }),
    },
    "failed",
    new RegExp(`log group /aws/eks/${project}-prod-eks/cluster is there and not this stack's`),
    new RegExp(`aws logs delete-log-group --log-group-name /aws/eks/${project}-prod-eks/cluster`),
  ],
  [
    "an overlapping VPC",
    "prod-eks",
    amazon,
    {
      [`aws ec2 describe-vpcs ${inRegion}`]: printed({
        Vpcs: [{ VpcId: "vpc-9", CidrBlockAssociationSet: [{ CidrBlock: "10.64.0.0/20" }] }],
      }),
    },
    "advice",
    /10\.64\.0\.0\/16 overlaps 10\.64\.0\.0\/20 of vpc-9/,
    /cannot be changed later/,
  ],
  [
    "a class without the version",
    "prod-eks",
    amazon,
    {
      [`aws rds describe-orderable-db-instance-options --engine postgres --db-instance-class db.m7g.large --vpc --query OrderableDBInstanceOptions[].EngineVersion ${inRegion}`]:
        printed(["14.9", "1.17"]),
    },
    "failed",
    /no db\.m7g\.large with Postgres 17/,
    /another class/,
  ],
  [
    "a version that EKS does not offer",
    "prod-eks",
    amazon,
    { [`aws eks describe-cluster-versions ${inRegion}`]: printed({ clusterVersions: [{ clusterVersion: "1.37" }] }) },
    "failed",
    /EKS offers no 1\.36/,
    /1\.37/,
  ],
  [
    "a version whose support ends soon",
    "prod-eks",
    amazon,
    {
      [`aws eks describe-cluster-versions ${inRegion}`]: printed({
        clusterVersions: [{ clusterVersion: "1.36", endOfStandardSupportDate: "2026-12-31T00:00:00Z" }],
      }),
    },
    "advice",
    /supported until 2026-12-31, 39 days from now \(AWS says so\)/,
    /one minor at a time/,
  ],
];
