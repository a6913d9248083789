import type { Facts } from "../../shared/facts";
import { fixed } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { digits, later } from "./values";

/** A public address. */
export const eip: Facts = {
  "aws:ec2/eip:Eip": {
    stateful: lost.address,
    // Every public address costs, used or not.
    price: (bill) => bill.charge({ what: "public address", item: "address", quantity: 1 }),
    answer: later((name) => ({
      allocationId: `eipalloc-${digits(name)}`,
      publicIp: `198.51.100.${Number.parseInt(digits(name), 16) % 250}`,
    })),
    fixed: fixed("ec2/ec2_eip.go", "address domain ipamPoolId networkBorderGroup publicIpv4Pool"),
  },
};
