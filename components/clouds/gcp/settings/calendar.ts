import type { SupportTable } from "../../../calendar/model";

/**
 * Minor versions of Kubernetes on GKE, until the end of standard support.
 * https://cloud.google.com/kubernetes-engine/docs/release-schedule, as https://endoflife.date/google-kubernetes-engine has
 * it (products/google-kubernetes-engine.md of github.com/endoflife-date/endoflife.date), read on 2026-11-29.
 */
export const gkeSupport: SupportTable = {
  source: "https://cloud.google.com/kubernetes-engine/docs/release-schedule",
  readAt: "2026-11-29",
  lines: {
    "1.33": { until: "2026-08-03" },
    "1.34": { until: "2026-10-01" },
    "1.35": { until: "2027-04-11" },
  },
};

/**
 * Major versions of Postgres on Cloud SQL: extended support, which costs more, begins on the day after the first date. 18
 * is not in what was read. https://cloud.google.com/sql/docs/postgres/db-versions, as it stood on 2025-08-19.
 */
export const cloudSqlSupport: SupportTable = {
  source: "https://cloud.google.com/sql/docs/postgres/db-versions",
  readAt: "2025-08-19",
  lines: {
    "14": { until: "2027-01-31", extended: "2030-01-31" },
    "15": { until: "2028-01-31", extended: "2031-01-31" },
    "16": { until: "2029-01-31", extended: "2032-01-31" },
    "17": { until: "2030-01-31", extended: "2033-01-31" },
  },
};

/**
 * Versions of Memorystore for Redis, none of which has an announced end.
 * https://cloud.google.com/memorystore/docs/redis/supported-versions, read on 2026-12-01.
 */
export const memorystoreSupport: SupportTable = {
  source: "https://cloud.google.com/memorystore/docs/redis/supported-versions",
  readAt: "2026-12-01",
  lines: { "5.0": {}, "6.x": {}, "7.0": {}, "7.2": {} },
};
