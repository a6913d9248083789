import type { Facts, Inputs } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import type { Bill, Written } from "../../shared/facts/bill";
import { show } from "../../shared/facts/count";
import { fixed } from "../../shared/facts/fixed";

/** A way to a service of AWS that leaves NAT out. */
export const vpcEndpoint: Facts = {
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    price,
    answer: nothing,
    fixed: fixed(
      "ec2/vpc_endpoint.go",
      "dnsOptions.privateDnsPreference dnsOptions.privateDnsSpecifiedDomains resourceConfigurationArn serviceName " +
        "serviceNetworkArn serviceRegion vpcEndpointType vpcId",
    ),
  },
};

/** Gateway endpoints are free; interfaces cost by the hour in each subnet, and by what goes through them. */
function price(bill: Bill, inputs: Inputs): Written {
  const type = inputs.vpcEndpointType ?? "Gateway";
  if (type === "Gateway") return bill.free("endpoints of type Gateway cost nothing");
  if (type !== "Interface" || !Array.isArray(inputs.subnetIds))
    return bill.unpriced(`endpoint of type ${show(type)}`, "the sheet has no price of it");
  const zones = inputs.subnetIds.length;
  bill.charge({ what: `interface in ${zones} zones`, item: "endpoint", quantity: zones });
  bill.unpriced("its traffic", "0.01 a GB, and how much goes through it instead of NAT is not known");
}
