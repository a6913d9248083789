import type { Facts } from "../../shared/facts";
import { ranges } from "../../shared/facts/openings";

/** A rule of a network. This program makes none; a team's own additions may. */
export const firewall: Facts = {
  "gcp:compute/firewall:Firewall": {
    openings: ({ direction, sourceRanges }) =>
      direction === "EGRESS" ? [] : ranges(sourceRanges, "sourceRanges", "what it guards"),
  },
};
