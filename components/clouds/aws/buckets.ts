import { Grant } from "@pulumi/aws/kms/grant";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import type * as pulumi from "@pulumi/pulumi";
import type { AppAccess, BucketSpec } from "../../contracts";
import { abandonedDays, bucketName, previousDays } from "../shared/buckets";
import type { AwsAccessPlace } from "./appAccess";
import { bucketPolicy } from "./iamPolicies";

/** What the buckets of an app are made of. */
export interface BucketsArgs {
  readonly app: string;
  readonly place: AwsAccessPlace;
  readonly buckets: Readonly<Record<string, BucketSpec>>;
  /** ARN of a role whose own policies are not the stack's, and that may read and write them. @default none */
  readonly reader: string | undefined;
}

/** The names of buckets, their ARNs, and what must be there before somebody uses one. */
export interface CreatedBuckets extends Pick<AppAccess, "ready"> {
  readonly names: AppAccess["buckets"];
  readonly arns: Readonly<Record<string, string>>;
}

/**
 * Creates the buckets of an app in the region of the cluster: nobody can make them public, they are encrypted with the
 * stack's key, and they are reached by TLS alone.
 */
export function createBuckets(
  prefix: string,
  { app, place, buckets, reader }: BucketsArgs,
  opts: pulumi.CustomResourceOptions,
): CreatedBuckets {
  const { account, keyArn, protection } = place;
  const created = Object.entries(buckets).map(([name, spec]) => ({ name, ...createBucket(name, spec) }));
  return {
    names: Object.fromEntries(created.map(({ name, bucket }) => [name, bucket.bucket])),
    arns: Object.fromEntries(created.map(({ name, arn }) => [name, arn])),
    ready: created.flatMap(({ ready }) => ready),
  };

  function createBucket(name: string, spec: BucketSpec) {
    const resource = `${prefix}-${name}-bucket`;
    const protect = protection.covers(resource);
    const called = bucketName({ fullName: account.fullName, app, bucket: name, where: [account.id, account.region] });
    // Known before the bucket is there, so that a preview shows what rights are about.
    const arn = `arn:${account.partition}:s3:::${called}`;
    const made = new Bucket(
      resource,
      // A bucket that is not protected goes with all that is in it.
      { bucket: called, forceDestroy: !protect, tags: { Name: `${account.fullName} ${app} ${name}` } },
      { ...opts, protect },
    );
    const bucket = made.bucket;
    const isPrivate = new BucketPublicAccessBlock(
      `${resource}-private`,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      opts,
    );
    const encryption = new BucketServerSideEncryptionConfiguration(
      `${resource}-encryption`,
      {
        bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
            // One question to the key for many objects, instead of one for each.
            bucketKeyEnabled: true,
          },
        ],
      },
      opts,
    );
    const versioning = new BucketVersioning(
      `${resource}-versions`,
      { bucket, versioningConfiguration: { status: spec.versioned ? "Enabled" : "Suspended" } },
      opts,
    );
    new BucketLifecycleConfiguration(
      `${resource}-lifecycle`,
      { bucket, rules: lifecycleRules(spec) },
      { ...opts, dependsOn: [versioning] },
    );
    // S3 refuses two changes of one bucket's access at a time.
    const policy = new BucketPolicy(
      `${resource}-policy`,
      { bucket, policy: JSON.stringify(bucketPolicy(arn, reader)) },
      { ...opts, dependsOn: [isPrivate] },
    );
    return { bucket: made, arn, ready: [isPrivate, encryption, versioning, policy, ...openedKey(resource, arn)] };
  }

  /** A role whose policies are somebody else's may use the key for the objects of this bucket alone. */
  function openedKey(resource: string, arn: string): pulumi.Resource[] {
    if (reader === undefined) return [];
    return [
      new Grant(
        `${resource}-key`,
        {
          keyId: keyArn,
          granteePrincipal: reader,
          operations: ["Decrypt", "GenerateDataKey"],
          constraints: [{ encryptionContextSubset: { "aws:s3:arn": arn } }],
        },
        opts,
      ),
    ];
  }
}

function lifecycleRules({ expireDays }: BucketSpec) {
  // Without a filter a rule is of every object.
  const rule = (id: string, what: object) => ({ id, status: "Enabled", ...what });
  return [
    rule("abandoned-uploads", { abortIncompleteMultipartUpload: { daysAfterInitiation: abandonedDays } }),
    ...(expireDays === undefined ? [] : [rule("expired", { expiration: { days: expireDays } })]),
    // Also of a bucket that has been versioned before.
    rule("previous-versions", { noncurrentVersionExpiration: { noncurrentDays: previousDays } }),
  ];
}
