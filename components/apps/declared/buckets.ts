import { z } from "zod";
import type { VariableTable } from "../../kubernetes/variables";
import { flag, mapOf, problemOf, text, whole } from "../../schema/fields";
import { parseLabel } from "../../schema/values/words";
import { variableNameProblem } from "../shared/environment";

/** Names of buckets at the cloud are made of it, of the app's and of the stack's. */
const longestName = 20;

/** The buckets of an app. */
export function buckets(tables: readonly VariableTable<never>[]) {
  const bucket = z.strictObject({
    variable: text()
      .superRefine((name, context) => {
        const message = variableNameProblem({ tables }, name);
        if (message) context.addIssue({ code: "custom", message });
      })
      .optional()
      .describe("variable that holds its name; default: BUCKET_ and its name, e.g. BUCKET_UPLOADS"),
    versioned: flag()
      .prefault(true)
      .describe("whether an object that was overwritten or deleted is kept for another 30 days"),
    expireDays: whole(1, 36_500, " days").optional().describe("age at which an object is deleted; default: it is kept"),
  });
  return mapOf(bucket, (name) => problemOf(() => parseLabel(name, longestName)))
    .prefault({})
    .describe(
      "private buckets in the cluster's cloud, by name. The app alone may read and write them. They give it an identity, also without `identity`",
    );
}

/** What the settings say of the variable of a bucket. */
export interface NamedBucket {
  readonly variable?: string | undefined;
}

/** The variable that holds the name of a bucket: `BUCKET_PRODUCT_IMAGES` of `product-images`. */
export function bucketVariable(name: string, { variable }: NamedBucket): string {
  return variable ?? `BUCKET_${name.toUpperCase().replaceAll("-", "_")}`;
}
