import type { Facts } from "../../shared/facts";
import { fixed } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { free, later } from "./values";

/** A zone of Route 53 and what is in it. */
export const zone: Facts = {
  "aws:route53/zone:Zone": { stateful: lost.zone },
  "aws:route53/record:Record": {
    price: free.record,
    answer: later((_name, inputs) => ({ fqdn: inputs.name })),
    fixed: fixed("route53/record.go", "name zoneId"),
  },
};
