import type { SupportTable } from "./model";

/**
 * Branches of Alpine Linux, which have two years of fixes. https://alpinelinux.org/releases/, as
 * https://endoflife.date/alpine-linux has it (products/alpine-linux.md of github.com/endoflife-date/endoflife.date), as it stood on
 * 2026-01-27.
 */
export const alpine: SupportTable = {
  source: "https://endoflife.date/alpine-linux",
  readAt: "2026-01-27",
  lines: {
    "3.19": { until: "2025-11-01" },
    "3.20": { until: "2026-04-01" },
    "3.21": { until: "2026-11-01" },
    "3.22": { until: "2027-05-01" },
    "3.23": { until: "2027-11-01" },
  },
};
