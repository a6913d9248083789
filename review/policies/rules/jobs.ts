import { demanded } from "../demand";
import type { Rule } from "../model";

const jobs: Rule = {
  name: "job-bounded",
  level: "mandatory",
  description: "A Job has an end: a number of tries and a deadline.",
  why: "A migration that hangs would hold its lock, and the deployment, for ever.",
  source: "Kubernetes: Jobs, pod backoff failure policy, job termination",
  resource: demanded("job-bounded"),
};

const schedules: Rule = {
  name: "cronjob-bounded",
  level: "mandatory",
  description:
    "A CronJob never runs twice at once, is not made up for late, names its time zone and keeps few old Jobs.",
  why: "Cleanups that overlap block each other, and after an outage a hundred missed runs would start.",
  source: "Kubernetes: CronJob, concurrency policy, deadline for delayed job start, jobs history limits",
  resource: demanded("cronjob-bounded"),
};

/** What runs once or by the clock. */
export const jobRules: readonly Rule[] = [jobs, schedules];
