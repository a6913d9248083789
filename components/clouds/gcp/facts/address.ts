import { serviceType } from "../../../kubernetes/facts/service";
import type { Facts, Inputs } from "../../shared/facts";
import type { Bill, Written } from "../../shared/facts/bill";
import { fixed } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { free, global, regional } from "./values";

/** Addresses that stay: of a region for a load balancer, of the whole network for a range of private ones. */
export const address: Facts = {
  "gcp:compute/address:Address": {
    stateful: lost.address,
    guards: [],
    price,
    answer: (inputs, at) => ({
      ...regional("addresses")(inputs, at),
      ...(at.preview ? {} : { address: "203.0.113.10" }),
    }),
    fixed: fixed(
      "compute/resource_compute_address.go",
      "name project region address addressType description ipCollection ipVersion ipv6EndpointType network networkTier " +
        "prefixLength purpose subnetwork",
      { named: "name" },
    ),
    importId: "projects/{project}/regions/{region}/addresses/{name}",
  },
  "gcp:compute/globalAddress:GlobalAddress": {
    stateful: lost.address,
    price: free.range,
    answer: global("addresses"),
    fixed: fixed(
      "compute/resource_compute_global_address.go",
      "name project address addressType description ipVersion network prefixLength purpose",
      { named: "name" },
    ),
    importId: "projects/{project}/global/addresses/{name}",
  },
};

/** Free while a rule of a balancer uses it. */
function price(bill: Bill, inputs: Inputs): Written {
  if (inputs.addressType === "INTERNAL") return bill.free("an internal address");
  const balanced = bill.ofType(serviceType).some(({ inputs: service }) => service?.spec?.type === "LoadBalancer");
  if (balanced) return bill.free("a balancer's rule uses it, and then it costs nothing");
  bill.charge({ what: "an external address that nothing uses", item: "address.idle", quantity: 1 });
}
