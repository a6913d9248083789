import type { Facts, Inputs } from "../../shared/facts";
import type { Bill, Written } from "../../shared/facts/bill";
import { word } from "../../shared/facts/count";
import { all, demand, exactly } from "../../shared/facts/demand";
import { fixed, isSwitchedOff } from "../../shared/facts/fixed";
import { expires, lost } from "../../shared/facts/risk";
import { at, listOf, numberOf } from "../../shared/facts/value";

const where = "where the bucket is made (components/clouds/gcp/buckets.ts)";

/** A bucket of Cloud Storage. */
export const bucket: Facts = {
  "gcp:storage/bucket:Bucket": {
    stateful: lost.bucket,
    safeguards: [
      {
        path: "versioning.enabled",
        weaker: isSwitchedOff,
        risk: "caution",
        loss: "what is overwritten or deleted in it is gone at once",
      },
    ],
    watch: [expires("lifecycleRules", expireDays)],
    demands: {
      "bucket-not-public": all(
        demand("publicAccessPrevention", exactly("enforced"), `set publicAccessPrevention ${where}`),
        demand("uniformBucketLevelAccess", exactly(true), `set uniformBucketLevelAccess ${where}`),
      ),
    },
    guards: [],
    price,
    answer: ({ name }, { preview }) => (preview ? {} : { id: name, url: `gs://${name}` }),
    fixed: fixed(
      "storage/resource_storage_bucket.go",
      "name project location customPlacementConfig enableObjectRetention hierarchicalNamespace",
      { named: "name" },
    ),
    importId: "{name}",
    bucket: { product: "Cloud Storage", name: ({ name }) => name },
  },
};

/** The age at which an object is deleted that is still the newest of its name. */
function expireDays(inputs: Inputs): number | undefined {
  const rule = listOf(inputs.lifecycleRules).find(
    (rule) => at(rule, "action.type") === "Delete" && at(rule, "condition.withState") === "LIVE",
  );
  return numberOf(at(rule, "condition.age"));
}

function price(bill: Bill, inputs: Inputs): Written {
  const storageClass = String(inputs.storageClass ?? "STANDARD");
  if (storageClass !== "STANDARD") {
    return bill.unpriced("what is stored", `the sheet has no price of ${word(storageClass)}`);
  }
  bill.assume("bucket.stored", "storage.standard", "what is stored");
  bill.unpriced("requests", "a thousand are about a cent, and nobody knows how many there are");
}
