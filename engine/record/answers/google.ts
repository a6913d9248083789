import type { Answer } from ".";
import { cloudSql } from "./cloudSql";
import { gke } from "./gke";
import { memorystore } from "./memorystore";

/** Types of `@pulumi/gcp`, with what their cloud would answer. */
export const google: Record<string, Answer> = { ...gke, ...cloudSql, ...memorystore };
