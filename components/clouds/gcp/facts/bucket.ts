import type { Facts } from "../../shared/facts";
import { all, demand, exactly } from "../../shared/facts/demand";
import { lost } from "../../shared/facts/risk";

const where = "in the component below components/data that makes the bucket";

/** A bucket of Cloud Storage. This program makes none; a team's own additions may. */
export const bucket: Facts = {
  "gcp:storage/bucket:Bucket": {
    stateful: lost.bucket,
    demands: {
      "bucket-not-public": all(
        demand("publicAccessPrevention", exactly("enforced"), `set publicAccessPrevention ${where}`),
        demand("uniformBucketLevelAccess", exactly(true), `set uniformBucketLevelAccess ${where}`),
      ),
    },
  },
};
