import type { Answer } from ".";
import { eks } from "./eks";
import { elastiCache } from "./elastiCache";
import { rds } from "./rds";

/** Types of `@pulumi/aws`, with what their cloud would answer. */
export const amazon: Record<string, Answer> = { ...eks, ...rds, ...elastiCache };
