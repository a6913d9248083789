import type { Facts, Inputs } from "../../shared/facts";
import type { Bill, Written } from "../../shared/facts/bill";
import { fixed, isOtherNetwork } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { at } from "../../shared/facts/value";
import { free, regional } from "./values";

/** A subnet of one region. */
export const subnetwork: Facts = {
  "gcp:compute/subnetwork:Subnetwork": {
    stateful: lost.network("subnetwork"),
    demands: {
      "network-logged": (inputs) =>
        at(inputs, "logConfig") === undefined && at(inputs, "purpose") === undefined
          ? [{ message: "logConfig is not set", todo: "set logConfig in components/clouds/gcp/network.ts" }]
          : [],
    },
    price,
    answer: regional("subnetworks"),
    fixed: fixed(
      "compute/resource_compute_subnetwork.go",
      "name project region network description externalIpv6Prefix internalIpv6Prefix params reservedInternalRange " +
        "resolveSubnetMask",
      { named: "name", sometimes: { ipCidrRange: isOtherNetwork } },
    ),
    importId: "projects/{project}/regions/{region}/subnetworks/{name}",
  },
};

/** Only its flow logs cost. */
function price(bill: Bill, inputs: Inputs): Written {
  if (!inputs.logConfig) return bill.free(free.network.why);
  bill.assume("logs.flow.google", "logs.network", "flow logs of the subnet");
}
