import type { Facts } from "../../clouds/shared/facts";
import { given, type Look, like, must, oneOf, type Wanted } from "../../clouds/shared/facts/demand";
import { at, isHidden, numberOf } from "../../clouds/shared/facts/value";
import { free } from "./values";

/** What runs once or by the clock. */
export const job: Facts = {
  "kubernetes:batch/v1:Job": {
    runs: true,
    demands: { "job-bounded": bounded("spec") },
    price: free.pods,
  },
  "kubernetes:batch/v1:CronJob": {
    runs: true,
    demands: { "job-bounded": bounded("spec.jobTemplate.spec"), "cronjob-bounded": inTurn },
    price: free.pods,
    status: "CronJob",
  },
};

/** A number of tries and a deadline. */
function bounded(path: string): Look {
  const todo = "keep it in components/kubernetes/job.ts and components/kubernetes/cronWorkload.ts";
  const number: Wanted = { says: "a number", holds: (value) => numberOf(value) !== undefined };
  return (inputs) =>
    isHidden(at(inputs, path))
      ? []
      : ["backoffLimit", "activeDeadlineSeconds"].flatMap((key) => must(inputs, `${path}.${key}`, number, todo));
}

function inTurn(inputs: unknown) {
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
    ...must(
      inputs,
      "spec.timeZone",
      given,
      "set `apps.<name>.schedules.<name>.timeZone`, or that of an app with a layer of its own",
    ),
    ...must(
      inputs,
      "spec.schedule",
      like(/^(@\w+|\S+( \S+){4})$/, "five fields of cron"),
      "set `apps.<name>.schedules.<name>.cron`, or that of an app with a layer of its own",
    ),
  ];
}
