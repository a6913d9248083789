import type { SupportTable } from "../../../calendar/model";

/**
 * Minor versions of Kubernetes on EKS: 14 months of standard support from the day on which EKS offers them, and 12 more.
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, as https://endoflife.date/amazon-eks has it
 * (products/amazon-eks.md of github.com/endoflife-date/endoflife.date), read on 2026-11-29.
 */
export const eksSupport: SupportTable = {
  source: "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
  readAt: "2026-11-29",
  lines: {
    "1.31": { until: "2025-11-26", extended: "2026-11-26" },
    "1.32": { until: "2026-03-23", extended: "2027-03-23" },
    "1.33": { until: "2026-07-29", extended: "2027-07-29" },
    "1.34": { until: "2026-12-02", extended: "2027-12-02" },
    "1.35": { until: "2027-03-27", extended: "2028-03-27" },
    "1.36": { until: "2027-08-02", extended: "2028-08-02" },
  },
};

/** The newest minor version whose dates are known here. */
export const newestEks = Object.keys(eksSupport.lines).at(-1)!;

/**
 * Major versions of Postgres on RDS. 18 is not in what was read: AWS itself is asked for it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html, as
 * https://endoflife.date/amazon-rds-postgresql has it (products/amazon-rds-postgresql.md), as it stood on 2025-02-13.
 */
export const rdsSupport: SupportTable = {
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
  readAt: "2025-02-13",
  lines: {
    "14": { until: "2027-02-28", extended: "2030-02-28" },
    "15": { until: "2028-02-29", extended: "2031-02-28" },
    "16": { until: "2029-02-28", extended: "2032-02-29" },
    "17": { until: "2030-02-28", extended: "2033-02-28" },
  },
};

/**
 * Versions of Valkey on ElastiCache, none of which has an announced end.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html, as
 * https://endoflife.date/amazon-elasticache-valkey has it (products/amazon-elasticache-valkey.md), as it stood on 2026-04-29.
 */
export const elastiCacheSupport: SupportTable = {
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html",
  readAt: "2026-04-29",
  lines: { "7.2": {}, "8.0": {}, "8.1": {}, "8.2": {} },
};
