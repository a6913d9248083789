import type { Facts, Inputs } from "../../shared/facts";
import { type Bill, span, type Written } from "../../shared/facts/bill";
import { fixed } from "../../shared/facts/fixed";
import { range } from "../../shared/facts/range";
import { namedAt } from "./values";

/** The way out of machines without an address of their own. */
export const routerNat: Facts = {
  "gcp:compute/routerNat:RouterNat": {
    price,
    answer: namedAt(({ project, region, router }) => `${project}/${region}/${router}`),
    fixed: fixed(
      "compute/resource_compute_router_nat.go",
      "name project region router type endpointTypes initialNatIps",
      { named: "name" },
    ),
    importId: "{project}/{region}/{router}/{name}",
  },
};

/** Each machine behind it, the addresses that it takes, and all that passes. */
function price(bill: Bill, inputs: Inputs): Written {
  const nodes = bill.machines;
  // Above 32 machines the price stays (https://cloud.google.com/nat/pricing).
  const most = 32;
  if (!nodes) bill.unpriced("machines behind NAT", "how many nodes there are is not known");
  else {
    const counted = range(Math.min(most, nodes.low), Math.min(most, nodes.likely), Math.min(most, nodes.high));
    bill.charge({ what: `NAT for ${span(counted)} machines`, item: "nat.machine", quantity: counted });
  }
  if (inputs.natIpAllocateOption === "MANUAL_ONLY") {
    const count = Array.isArray(inputs.natIps) ? inputs.natIps.length : undefined;
    const addresses = bill.number(count, "natIps", "addresses of NAT");
    if (addresses !== undefined) {
      bill.charge({ what: `${addresses} addresses of NAT`, item: "address.used", quantity: addresses });
    }
  } else {
    bill.assume("nat.addresses", "address.used", "addresses of NAT");
  }
  bill.assume("nat.data", "nat.data", "traffic through NAT");
}
