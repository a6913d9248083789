import type { SupportTable } from "./model";

/**
 * Minor versions of Valkey: three years of fixes, and security fixes until five years for the last minor of a major. The
 * days are those of the security fixes; 9.1 had none yet. https://valkey.io/topics/releases/, as
 * https://endoflife.date/valkey has it (products/valkey.md of github.com/endoflife-date/endoflife.date), as it stood on 2025-12-04.
 */
export const valkey: SupportTable = {
  source: "https://endoflife.date/valkey",
  readAt: "2025-12-04",
  lines: {
    "7.2": { until: "2029-04-16" },
    "8.0": { until: "2027-09-15" },
    "8.1": { until: "2030-03-31" },
    "9.0": { until: "2028-10-21" },
    "9.1": {},
  },
};
