import type { SupportTable } from "./model";

/**
 * Minor versions of Kubernetes as its project publishes them: a year of fixes, and two months of the gravest.
 * https://kubernetes.io/releases/ and each minor's page, as it stood on 2026-09-15.
 */
export const kubernetes: SupportTable = {
  source: "https://kubernetes.io/releases/",
  readAt: "2026-09-15",
  lines: {
    "1.33": { until: "2026-06-28" },
    "1.34": { until: "2026-10-27" },
    "1.35": { until: "2027-02-28" },
    "1.36": { until: "2027-06-28" },
    "1.37": { until: "2027-10-28" },
  },
};
