/** When a provider stops to look after a version, as far as it was published on `calendarDate`. */
export interface Support {
  /** Last day of standard support. */
  readonly until: string;
  /** Last day of support that costs more, where there is such a thing. */
  readonly extended?: string;
}

/** The day on which these dates were read; what a cloud says itself goes before them. */
export const calendarDate = "2026-11-21";

type Calendar = Readonly<Record<string, Support>>;

/** https://kubernetes.io/releases/patch-releases/ */
const upstream: Calendar = {
  "1.33": { until: "2026-06-28" },
  "1.34": { until: "2026-10-27" },
  "1.35": { until: "2027-02-28" },
  "1.36": { until: "2027-06-28" },
};

/** https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (as https://endoflife.date/amazon-eks has it) */
const eks: Calendar = {
  "1.31": { until: "2025-11-26", extended: "2026-11-26" },
  "1.32": { until: "2026-03-23", extended: "2027-03-23" },
  "1.33": { until: "2026-07-29", extended: "2027-07-29" },
  "1.34": { until: "2026-12-02", extended: "2027-12-02" },
  "1.35": { until: "2027-03-27", extended: "2028-03-27" },
};

/** https://cloud.google.com/kubernetes-engine/docs/release-schedule (as https://endoflife.date/google-kubernetes-engine has it) */
const gke: Calendar = {
  "1.33": { until: "2026-08-03" },
  "1.34": { until: "2026-10-01" },
  "1.35": { until: "2027-04-11" },
};

/** Minor versions of Kubernetes, by who runs them. */
export const kubernetes = { upstream, eks, gke } as const;

/** https://www.postgresql.org/support/versioning/: the last release of each major version. */
export const postgres: Calendar = {
  "13": { until: "2025-11-13" },
  "14": { until: "2026-11-12" },
  "15": { until: "2027-11-11" },
  "16": { until: "2028-11-09" },
  "17": { until: "2029-11-08" },
  "18": { until: "2030-11-14" },
};

/** Days before an end at which it is time to plan. */
export const planningDays = 120;

/** Days from now to a day; negative when it is over. */
export function daysUntil(day: string, now: Date): number {
  return Math.floor((Date.parse(day) - now.getTime()) / 86_400_000);
}
