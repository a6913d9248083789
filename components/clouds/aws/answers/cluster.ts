import { unknownValue } from "../../../../lib/engineValues";
import type { Answer } from "../../shared/answers";

const account = "012345678901";
const region = "eu-west-1";

/** What the cloud alone knows: nothing in a preview. */
const later =
  (outputs: (name: string, inputs: Record<string, any>) => Record<string, unknown>): Answer =>
  (inputs, { preview, name }) =>
    preview ? {} : outputs(name, inputs);

const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
/** Digits that an id of EC2 ends with, the same for the same name. */
const digits = (name: string) =>
  [...name]
    .reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)
    .toString(16)
    .padStart(17, "0");
const nothing: Answer = () => ({});

/** Types of `@pulumi/aws` that a cluster of EKS is made of. */
export const eks: Record<string, Answer> = {
  "aws:kms/key:Key": later((name) => ({ arn: arn("kms", `key/${name}`), keyId: `key-of-${name}` })),
  "aws:kms/alias:Alias": nothing,
  "aws:ec2/vpc:Vpc": later((name) => ({ arn: arn("ec2", `vpc/${name}`) })),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": nothing,
  "aws:ec2/internetGateway:InternetGateway": nothing,
  "aws:ec2/natGateway:NatGateway": later(() => ({ publicIp: "198.51.100.1" })),
  "aws:ec2/eip:Eip": later((name) => ({
    allocationId: `eipalloc-${digits(name)}`,
    publicIp: `198.51.100.${Number.parseInt(digits(name), 16) % 250}`,
  })),
  "aws:ec2/subnet:Subnet": nothing,
  "aws:ec2/routeTable:RouteTable": nothing,
  "aws:ec2/route:Route": nothing,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": nothing,
  "aws:ec2/vpcEndpoint:VpcEndpoint": nothing,
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": nothing,
  "aws:ec2/flowLog:FlowLog": nothing,
  "aws:ec2/securityGroup:SecurityGroup": nothing,
  "aws:ec2/launchTemplate:LaunchTemplate": later(() => ({ latestVersion: 1 })),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": nothing,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": nothing,
  "aws:cloudwatch/logGroup:LogGroup": later((_name, inputs) => ({ arn: arn("logs", `log-group:${inputs.name}`) })),
  "aws:iam/role:Role": later((name, inputs) => ({
    name: `${name}-0a1b2c3`,
    arn: `arn:aws:iam::${account}:role${inputs.path ?? "/"}${name}-0a1b2c3`,
  })),
  "aws:iam/rolePolicy:RolePolicy": nothing,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": nothing,
  "aws:route53/record:Record": later((_name, inputs) => ({ fqdn: inputs.name })),
  "aws:eks/cluster:Cluster": (inputs, { preview }) =>
    preview
      ? // What the program says of the network is known, and nobody knows yet which group EKS will make.
        { vpcConfig: { ...inputs.vpcConfig, clusterSecurityGroupId: unknownValue } }
      : {
          arn: arn("eks", `cluster/${inputs.name}`),
          endpoint: `https://0123456789ABCDEF0123456789ABCDEF.gr7.${region}.eks.amazonaws.com`,
          certificateAuthority: { data: "YXV0aG9yaXR5" },
          vpcConfig: { ...inputs.vpcConfig, clusterSecurityGroupId: "sg-0123456789abcdef0" },
        },
  "aws:eks/accessEntry:AccessEntry": nothing,
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": nothing,
  "aws:eks/addon:Addon": later((_name, inputs) => ({ addonVersion: inputs.addonVersion ?? "v1.0.0-eksbuild.1" })),
  "aws:eks/nodeGroup:NodeGroup": later((name) => ({ nodeGroupName: `${name}-0a1b2c3` })),
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": nothing,
};
