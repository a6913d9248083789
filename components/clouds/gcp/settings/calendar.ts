import type { Support } from "../../shared/calendar";

/** https://cloud.google.com/kubernetes-engine/docs/release-schedule (as https://endoflife.date/google-kubernetes-engine has it) */
export const gkeSupport: Readonly<Record<string, Support>> = {
  "1.33": { until: "2026-08-03" },
  "1.34": { until: "2026-10-01" },
  "1.35": { until: "2027-04-11" },
};
