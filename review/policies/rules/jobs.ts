import { byType, given, like, must, oneOf, type Wanted } from "../demand";
import type { Rule } from "../model";
import { at, isHidden, numberOf } from "../value";

const jobs: Rule = {
  name: "job-bounded",
  level: "mandatory",
  description: "A Job has an end: a number of tries and a deadline.",
  why: "A migration that hangs would hold its lock, and the deployment, for ever.",
  source: "Kubernetes: Jobs, pod backoff failure policy, job termination",
  resource: (resource) => {
    const path = { "kubernetes:batch/v1:Job": "spec", "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec" }[
      resource.type
    ];
    if (!path || isHidden(at(resource.inputs, path))) return [];
    const todo = "keep it in components/kubernetes/job.ts and components/kubernetes/cronWorkload.ts";
    return ["backoffLimit", "activeDeadlineSeconds"].flatMap((key) =>
      must(
        resource.inputs,
        `${path}.${key}`,
        { says: "a number", holds: (value) => numberOf(value) !== undefined },
        todo,
      ),
    );
  },
};

const schedules: Rule = {
  name: "cronjob-bounded",
  level: "mandatory",
  description:
    "A CronJob never runs twice at once, is not made up for late, names its time zone and keeps few old Jobs.",
  why: "Cleanups that overlap block each other, and after an outage a hundred missed runs would start.",
  source: "Kubernetes: CronJob, concurrency policy, deadline for delayed job start, jobs history limits",
  resource: byType({
    "kubernetes:batch/v1:CronJob": (inputs) => {
      const todo = "keep it in components/kubernetes/cronWorkload.ts";
      const few: Wanted = { says: "0 to 10", holds: (value) => (numberOf(value) ?? 11) <= 10 };
      return [
        ...must(inputs, "spec.concurrencyPolicy", oneOf("Forbid", "Replace"), todo),
        ...must(
          inputs,
          "spec.startingDeadlineSeconds",
          { says: "10 or more", holds: (value) => (numberOf(value) ?? 0) >= 10 },
          todo,
        ),
        ...must(inputs, "spec.successfulJobsHistoryLimit", few, todo),
        ...must(inputs, "spec.failedJobsHistoryLimit", few, todo),
        ...must(inputs, "spec.timeZone", given, "set `panel.schedules.<name>.timeZone`"),
        ...must(
          inputs,
          "spec.schedule",
          like(/^(@\w+|\S+( \S+){4})$/, "five fields of cron"),
          "set `panel.schedules.<name>.cron`",
        ),
      ];
    },
  }),
};

/** What runs once or by the clock. */
export const jobRules: readonly Rule[] = [jobs, schedules];
