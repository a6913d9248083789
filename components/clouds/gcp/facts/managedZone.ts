import type { Facts } from "../../shared/facts";
import { named, nothing } from "../../shared/facts/answer";
import type { Bill, Written } from "../../shared/facts/bill";
import { fixed, isAddedOrRemoved } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { free } from "./values";

/** A zone of Cloud DNS and what is in it. */
export const managedZone: Facts = {
  "gcp:dns/managedZone:ManagedZone": {
    stateful: lost.zone,
    price,
    answer: named,
    fixed: fixed("dns/resource_dns_managed_zone.go", "name project dnsName visibility reverseLookup", {
      named: "name",
      sometimes: { serviceDirectoryConfig: isAddedOrRemoved },
    }),
    importId: "projects/{project}/managedZones/{name}",
  },
  "gcp:dns/recordSet:RecordSet": {
    price: free.record,
    answer: nothing,
    fixed: fixed("dns/resource_dns_record_set.go", "name project managedZone routingPolicy.healthCheck", {
      named: "name",
    }),
    importId: "projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
  },
};

/** A zone of the stack's own; zones that exist are on another bill. */
function price(bill: Bill): Written {
  bill.charge({ what: "zone", item: "dns.zone", quantity: 1 });
  bill.assume("dns.questions", "dns.questions", "questions to the zone");
}
