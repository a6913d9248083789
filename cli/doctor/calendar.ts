import type { Support } from "../../components/clouds/shared/calendar";

type Calendar = Readonly<Record<string, Support>>;

/** https://kubernetes.io/releases/patch-releases/ */
export const upstream: Calendar = {
  "1.33": { until: "2026-06-28" },
  "1.34": { until: "2026-10-27" },
  "1.35": { until: "2027-02-28" },
  "1.36": { until: "2027-06-28" },
};

/** https://www.postgresql.org/support/versioning/: the last release of each major version. */
export const postgres: Calendar = {
  "13": { until: "2025-11-13" },
  "14": { until: "2026-11-12" },
  "15": { until: "2027-11-11" },
  "16": { until: "2028-11-09" },
  "17": { until: "2029-11-08" },
  "18": { until: "2030-11-14" },
};
