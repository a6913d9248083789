import type { Facts, Inputs, ResourceFacts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import type { Bill, Written } from "../../shared/facts/bill";
import { all, demand, exactly, given, like } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import type { Openings } from "../../shared/facts/openings";
import { expires, isNow, lost } from "../../shared/facts/risk";
import { at, listOf, numberOf } from "../../shared/facts/value";
import { free, later } from "./values";

const where = "where the bucket is made (components/clouds/aws/buckets.ts)";
const blocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

const openAcl: Openings = ({ acl }) =>
  /^public-/.test(String(acl)) ? [{ path: "acl", what: "everybody may read the bucket's objects" }] : [];

/** What is a setting of a bucket and has its name as id. */
const ofBucket = (file: string, properties = "bucket expectedBucketOwner"): ResourceFacts => ({
  price: free.bucket,
  answer: nothing,
  fixed: fixed(`s3/${file}`, properties),
  importId: "{bucket}",
});

/** A bucket of S3, and what says who may read it, how it is encrypted and what is kept of it. */
export const bucket: Facts = {
  "aws:s3/bucket:Bucket": {
    stateful: lost.bucket,
    openings: openAcl,
    guards: [],
    price,
    answer: later((_name, { bucket }) => ({ id: bucket, arn: `arn:aws:s3:::${bucket}` })),
    fixed: fixed("s3/bucket.go", "bucket bucketPrefix objectLockEnabled", { named: "bucket" }),
    importId: "{bucket}",
    bucket: { product: "S3", name: ({ bucket }) => bucket },
  },
  "aws:s3/bucketV2:BucketV2": { stateful: lost.bucket, openings: openAcl },
  "aws:s3/bucketAcl:BucketAcl": {
    openings: openAcl,
    demands: {
      "bucket-not-public": demand(
        "acl",
        like(/^(private|log-delivery-write)$/, '"private"'),
        `make the ACL private ${where}`,
      ),
    },
  },
  "aws:s3/bucketAclV2:BucketAclV2": { openings: openAcl },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    ...ofBucket("bucket_public_access_block.go", "bucket"),
    missed: "the bucket may be made public",
    openings: (inputs) =>
      blocks.filter((key) => inputs[key] !== true).map((key) => ({ path: key, what: "the bucket may be made public" })),
    demands: {
      "bucket-not-public": all(...blocks.map((key) => demand(key, exactly(true), `set ${key} ${where}`))),
    },
  },
  "aws:s3/bucketPolicy:BucketPolicy": {
    ...ofBucket("bucket_policy.go", "bucket"),
    missed: "the bucket is reached without TLS",
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    ...ofBucket("bucket_server_side_encryption_configuration.go"),
    demands: {
      "storage-encrypted": demand(
        "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId",
        given,
        `give the cluster's key ${where}`,
      ),
    },
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    ...ofBucket("bucket_versioning.go"),
    safeguards: [
      {
        path: "versioningConfiguration.status",
        weaker: isNow("Suspended"),
        risk: "caution",
        loss: "what is overwritten or deleted in the bucket is gone at once",
      },
    ],
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    ...ofBucket("bucket_lifecycle_configuration.go"),
    watch: [expires("rules", expireDays)],
  },
};

/** The age at which an object is deleted that is still the newest of its name. */
function expireDays(inputs: Inputs): number | undefined {
  const days = listOf(inputs.rules).map((rule) => numberOf(at(rule, "expiration.days")));
  return days.find((age) => age !== undefined);
}

function price(bill: Bill): Written {
  bill.assume("bucket.stored", "s3.standard", "what is stored");
  bill.unpriced("requests", "a thousand are about half a cent, and nobody knows how many there are");
}
