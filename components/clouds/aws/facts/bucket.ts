import type { Facts } from "../../shared/facts";
import { all, demand, exactly, like } from "../../shared/facts/demand";
import type { Openings } from "../../shared/facts/openings";
import { lost } from "../../shared/facts/risk";

const where = "in the component below components/data that makes the bucket";
const blocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

const openAcl: Openings = ({ acl }) =>
  /^public-/.test(String(acl)) ? [{ path: "acl", what: "everybody may read the bucket's objects" }] : [];

/** A bucket of S3, and what says who may read it. This program makes none; a team's own additions may. */
export const bucket: Facts = {
  "aws:s3/bucket:Bucket": { stateful: lost.bucket, openings: openAcl },
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
    openings: (inputs) =>
      blocks.filter((key) => inputs[key] !== true).map((key) => ({ path: key, what: "the bucket may be made public" })),
    demands: {
      "bucket-not-public": all(...blocks.map((key) => demand(key, exactly(true), `set ${key} ${where}`))),
    },
  },
};
