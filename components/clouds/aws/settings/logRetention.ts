import { z } from "zod";
import { show } from "../../../schema/fields";

/** Days that CloudWatch can keep logs for (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). */
const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Days that a log is kept in CloudWatch. */
export const logRetention = () =>
  z
    .number({ error: (issue) => `${show(issue.input)} is not a number; ${allowed}` })
    .refine((days) => retentionDays.includes(days), {
      error: (issue) => `${show(issue.input)} is not a time that CloudWatch keeps logs for; ${allowed}`,
    });

const allowed = `use one of ${retentionDays.join(", ")} (days)`;
