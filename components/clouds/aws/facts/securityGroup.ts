import type { Facts, Inputs } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import { fixed, isAddedOrRemoved } from "../../shared/facts/fixed";
import { type Opening, ranges } from "../../shared/facts/openings";
import { free } from "./values";

/** A rule stays the same rule as long as what it is about is told in the same way. */
const ruleEnds = {
  cidrIpv4: isAddedOrRemoved,
  cidrIpv6: isAddedOrRemoved,
  prefixListId: isAddedOrRemoved,
  referencedSecurityGroupId: isAddedOrRemoved,
};

/** Security groups and their rules. */
export const securityGroup: Facts = {
  "aws:ec2/securityGroup:SecurityGroup": {
    openings,
    price: free.rule,
    answer: nothing,
    fixed: fixed("ec2/vpc_security_group.go", "description name namePrefix vpcId", { named: "name" }),
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    openings,
    price: free.rule,
    answer: nothing,
    fixed: fixed("ec2/vpc_default_security_group.go", "vpcId"),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    openings,
    price: free.rule,
    answer: nothing,
    fixed: fixed("ec2/vpc_security_group_ingress_rule.go", "securityGroupId", { sometimes: ruleEnds }),
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    price: free.rule,
    answer: nothing,
    fixed: fixed("ec2/vpc_security_group_egress_rule.go, ec2/vpc_security_group_ingress_rule.go", "securityGroupId", {
      sometimes: ruleEnds,
    }),
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": { openings },
};

function openings(inputs: Inputs): Opening[] {
  const { ingress, type, cidrBlocks, ipv6CidrBlocks, cidrIpv4, cidrIpv6, fromPort, toPort, ipProtocol } = inputs;
  // Answers to ICMP let nobody in.
  if (type === "egress" || /^icmp/.test(String(ipProtocol))) return [];
  const ports = fromPort === undefined ? "" : ` on port ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
  const what = `what it guards${ports}`;
  return [
    ...ranges([cidrIpv4, cidrIpv6], cidrIpv4 === undefined ? "cidrIpv6" : "cidrIpv4", what),
    ...ranges([cidrBlocks, ipv6CidrBlocks], "cidrBlocks", what),
    ...ranges(ingress, "ingress", what),
  ];
}
