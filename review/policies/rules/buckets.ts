import { all, byType, demand, exactly, like } from "../demand";
import type { Rule } from "../model";

/** Buckets that nobody can open to everybody. */
export const buckets: Rule = {
  name: "bucket-not-public",
  level: "mandatory",
  description: "No storage bucket can be made public.",
  why: "Most leaks of stored data were a bucket that somebody opened for a moment.",
  source: "CIS AWS Foundations 2.1.4; CIS Google Cloud 5.1, 5.2",
  resource: byType({
    "gcp:storage/bucket:Bucket": all(
      demand(
        "publicAccessPrevention",
        exactly("enforced"),
        "set publicAccessPrevention in the component below components/data that makes the bucket",
      ),
      demand(
        "uniformBucketLevelAccess",
        exactly(true),
        "set uniformBucketLevelAccess in the component below components/data that makes the bucket",
      ),
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": all(
      ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((key) =>
        demand(key, exactly(true), `set ${key} in the component below components/data that makes the bucket`),
      ),
    ),
    "aws:s3/bucketAcl:BucketAcl": demand(
      "acl",
      like(/^(private|log-delivery-write)$/, '"private"'),
      "make the ACL private in the component below components/data that makes the bucket",
    ),
  }),
};
