import type { SupportTable } from "./model";

/**
 * Major versions of Node.js; those with an even number have long-term support.
 * https://github.com/nodejs/Release (schedule.json), as it stood on 2026-10-03.
 */
export const node: SupportTable = {
  source: "https://github.com/nodejs/Release",
  readAt: "2026-10-03",
  lines: {
    "18": { until: "2025-04-30" },
    "20": { until: "2026-04-30" },
    "21": { until: "2024-06-01" },
    "22": { until: "2027-04-30" },
    "23": { until: "2025-06-01" },
    "24": { until: "2028-04-30" },
    "25": { until: "2026-06-01" },
    "26": { until: "2029-04-30" },
  },
};
