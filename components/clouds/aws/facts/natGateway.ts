import type { Facts, Inputs } from "../../shared/facts";
import type { Bill, Written } from "../../shared/facts/bill";
import { fixed, isAddedOrRemoved } from "../../shared/facts/fixed";
import { later } from "./values";

/** The way out of private subnets. */
export const natGateway: Facts = {
  "aws:ec2/natGateway:NatGateway": {
    price,
    answer: later(() => ({ publicIp: "198.51.100.1" })),
    fixed: fixed("ec2/vpc_nat_gateway.go", "allocationId availabilityMode connectivityType privateIp subnetId vpcId", {
      sometimes: { availabilityZoneAddresses: isAddedOrRemoved },
    }),
  },
};

function price(bill: Bill, inputs: Inputs): Written {
  if (inputs.connectivityType === "private") bill.unpriced("its traffic", "who uses a private gateway is not known");
  bill.charge({ what: "gateway", item: "nat.gateway", quantity: 1 });
  const gateways = bill.ofType(bill.resource.type).length;
  bill.assume("nat.data", "nat.data", gateways > 1 ? `traffic, a share of 1/${gateways}` : "traffic", 1 / gateways);
}
