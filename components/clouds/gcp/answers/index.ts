import type { Answers } from "../../shared/answers";
import { gke } from "./cluster";
import { cloudSql } from "./postgres";
import { memorystore } from "./redis";

/** Types of `@pulumi/gcp`, with what their cloud would answer. */
export const answers: Answers = { ...gke, ...cloudSql, ...memorystore };
