import { type Account, document, type PolicyDocument, type Statement } from "./account";

/**
 * What the AWS Load Balancer Controller needs to make Network Load Balancers for Services: the policy that its 3.5.0
 * release publishes (docs/install/iam_policy.json), less what it needs for other things that are turned off here:
 * everything of WAF, Shield, Cognito, certificates and listener rules (Application Load Balancers), and every change of a
 * security group (the balancer's is made by this program). What may be changed is what carries this cluster's tag.
 */
export function balancerPolicy({ partition, region, id, fullName }: Account): PolicyDocument {
  const balancing = (kind: string) => `arn:${partition}:elasticloadbalancing:${region}:${id}:${kind}/*`;
  const all = ["loadbalancer/net", "targetgroup", "listener/net"].map(balancing);
  const tag = "elbv2.k8s.aws/cluster";
  const own: Statement["Condition"] = { StringEquals: { [`aws:ResourceTag/${tag}`]: fullName } };
  const asked: Statement["Condition"] = { StringEquals: { [`aws:RequestTag/${tag}`]: fullName } };
  return document(
    {
      Sid: "ServiceLinkedRole",
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: `arn:${partition}:iam::${id}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*`,
      Condition: { StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" } },
    },
    {
      Sid: "See",
      Effect: "Allow",
      Action: [
        "ec2:DescribeAccountAttributes",
        "ec2:DescribeAddresses",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeIpamPools",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeTags",
        "ec2:DescribeVpcPeeringConnections",
        "ec2:DescribeVpcs",
        "ec2:GetSecurityGroupsForVpc",
        "elasticloadbalancing:DescribeCapacityReservation",
        "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      Resource: "*",
    },
    {
      Sid: "Make",
      Effect: "Allow",
      Action: ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
      Resource: all,
      Condition: asked,
    },
    {
      Sid: "Listeners",
      Effect: "Allow",
      Action: [
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyListenerAttributes",
      ],
      // As published without a condition, but of Network Load Balancers only.
      Resource: all,
    },
    {
      Sid: "TagWhileMaking",
      Effect: "Allow",
      Action: ["elasticloadbalancing:AddTags"],
      Resource: all,
      Condition: {
        StringEquals: {
          "elasticloadbalancing:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup", "CreateListener"],
          [`aws:RequestTag/${tag}`]: fullName,
        },
      },
    },
    {
      Sid: "ChangeOwn",
      Effect: "Allow",
      Action: [
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:DeregisterTargets",
        "elasticloadbalancing:ModifyCapacityReservation",
        "elasticloadbalancing:ModifyIpPools",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RegisterTargets",
        "elasticloadbalancing:RemoveTags",
        "elasticloadbalancing:SetIpAddressType",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
      ],
      Resource: all,
      Condition: own,
    },
  );
}
