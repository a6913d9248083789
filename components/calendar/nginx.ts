import type { SupportTable } from "./model";

/**
 * Lines of NGINX. An even second number is a stable line, which ends in April when the next one comes; an odd one is the
 * mainline. Neither has a day beforehand. https://endoflife.date/api/nginx.json, as it stood on 2026-07-15.
 */
export const nginx: SupportTable = {
  source: "https://endoflife.date/nginx",
  readAt: "2026-07-15",
  lines: {
    "1.26": { until: "2025-04-23" },
    "1.27": { until: "2025-06-24" },
    "1.28": { until: "2026-04-14" },
    "1.29": { until: "2026-05-13" },
    "1.30": {},
    "1.31": {},
  },
};
