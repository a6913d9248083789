import type { Answers } from "../../shared/answers";
import { eks } from "./cluster";
import { rds } from "./postgres";
import { elastiCache } from "./redis";

/** Types of `@pulumi/aws`, with what their cloud would answer. */
export const answers: Answers = { ...eks, ...rds, ...elastiCache };
