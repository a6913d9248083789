import { cloudSql } from "./cloudSql";
import { gke } from "./gke";
import type { Answer } from "./index";
import { memorystore } from "./memorystore";

/** Types of `@pulumi/gcp`, with what their cloud would answer. */
export const google: Record<string, Answer> = { ...gke, ...cloudSql, ...memorystore };
