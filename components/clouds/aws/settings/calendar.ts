import type { Support } from "../../shared/calendar";

/**
 * Minor versions of Kubernetes on EKS: 14 months of standard support from the day on which EKS offers them, and 12 more.
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (as https://endoflife.date/amazon-eks has it)
 */
export const eksSupport: Readonly<Record<string, Support>> = {
  "1.31": { until: "2025-11-26", extended: "2026-11-26" },
  "1.32": { until: "2026-03-23", extended: "2027-03-23" },
  "1.33": { until: "2026-07-29", extended: "2027-07-29" },
  "1.34": { until: "2026-12-02", extended: "2027-12-02" },
  "1.35": { until: "2027-03-27", extended: "2028-03-27" },
  "1.36": { until: "2027-08-02", extended: "2028-08-02" },
};

/** The newest minor version whose dates are known here. */
export const newestEks = Object.keys(eksSupport).at(-1)!;
