import type { SupportTable } from "./model";

/**
 * Minor versions of cert-manager: each ends when the second after it comes, so the last two have no day. 1.19 ended with
 * 1.21.0. https://cert-manager.io/docs/releases/ (github.com/cert-manager/website, pull 2202), as it stood on 2026-07-10.
 */
export const certManager: SupportTable = {
  source: "https://cert-manager.io/docs/releases/",
  readAt: "2026-07-10",
  lines: {
    "1.18": { until: "2026-03-10" },
    "1.19": { until: "2026-07-08" },
    "1.20": {},
    "1.21": {},
  },
};
