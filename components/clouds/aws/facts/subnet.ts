import type { Facts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import { demand, not } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { free } from "./values";

/** A subnet of one zone. */
export const subnet: Facts = {
  "aws:ec2/subnet:Subnet": {
    stateful: lost.network("subnet"),
    demands: {
      "nodes-private": demand(
        "mapPublicIpOnLaunch",
        not(true),
        "set mapPublicIpOnLaunch to false in components/clouds/aws/network.ts",
      ),
    },
    price: free.network,
    answer: nothing,
    fixed: fixed(
      "ec2/vpc_subnet.go",
      "availabilityZone availabilityZoneId cidrBlock ipv4IpamPoolId ipv4NetmaskLength ipv6IpamPoolId ipv6Native " +
        "ipv6NetmaskLength outpostArn vpcId",
    ),
  },
};
