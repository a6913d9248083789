import type { SupportTable } from "./model";

/**
 * Major versions of Postgres: the day of the last release of each, five years after the first.
 * https://www.postgresql.org/support/versioning/, read on 2026-11-29.
 */
export const postgres: SupportTable = {
  source: "https://www.postgresql.org/support/versioning/",
  readAt: "2026-11-29",
  lines: {
    "13": { until: "2025-11-13" },
    "14": { until: "2026-11-12" },
    "15": { until: "2027-11-11" },
    "16": { until: "2028-11-09" },
    "17": { until: "2029-11-08" },
    "18": { until: "2030-11-14" },
  },
};
