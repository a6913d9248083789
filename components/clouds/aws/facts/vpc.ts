import type { Facts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import { becomes, fixed } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { arn, free, later } from "./values";

/** A network of EC2, its way out and its routes. */
export const vpc: Facts = {
  "aws:ec2/vpc:Vpc": {
    stateful: lost.network("network"),
    price: free.network,
    answer: later((name) => ({ arn: arn("ec2", `vpc/${name}`) })),
    fixed: fixed("ec2/vpc_.go", "cidrBlock ipv4IpamPoolId ipv4NetmaskLength", {
      sometimes: { instanceTenancy: becomes("dedicated", "default") },
    }),
  },
  "aws:ec2/internetGateway:InternetGateway": {
    price: free.internetGateway,
    answer: nothing,
    fixed: fixed("ec2/vpc_internet_gateway.go", ""),
  },
  "aws:ec2/routeTable:RouteTable": {
    price: free.network,
    answer: nothing,
    fixed: fixed("ec2/vpc_route_table.go", "vpcId"),
  },
  "aws:ec2/route:Route": {
    price: free.network,
    answer: nothing,
    fixed: fixed(
      "ec2/vpc_route.go",
      "destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId routeTableId",
    ),
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    price: free.network,
    answer: nothing,
    fixed: fixed("ec2/vpc_route_table_association.go", "gatewayId subnetId"),
  },
};
