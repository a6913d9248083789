import { Bucket, type BucketArgs } from "@pulumi/gcp/storage/bucket";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember";
import type * as pulumi from "@pulumi/pulumi";
import type { AppAccess, BucketSpec } from "../../contracts";
import { abandonedDays, bucketName, previousDays } from "../shared/buckets";
import type { GoogleAccessPlace } from "./appAccess";

/** What the buckets of an app are made of. */
export interface BucketsArgs {
  readonly app: string;
  readonly place: GoogleAccessPlace;
  readonly buckets: Readonly<Record<string, BucketSpec>>;
  /** Who may read and write them, as IAM names it. */
  readonly member: pulumi.Input<string>;
}

/** The names of buckets, and what must be there before somebody uses one. */
export type CreatedBuckets = Pick<AppAccess, "ready"> & { readonly names: AppAccess["buckets"] };

/** Objects may be read, written, listed and deleted; the bucket itself and its rights cannot be changed. */
const objectUser = "roles/storage.objectUser";

/**
 * Creates the buckets of an app in the region of the cluster: nobody can make them or an object in them public, rights
 * are those of the bucket alone, and Google encrypts what is in them.
 */
export function createBuckets(
  prefix: string,
  { app, place, buckets, member }: BucketsArgs,
  opts: pulumi.CustomResourceOptions,
): CreatedBuckets {
  const { project, projectId, region, fullName, protection } = place;
  const created = Object.entries(buckets).map(([name, spec]) => {
    const resource = `${prefix}-${name}-bucket`;
    const protect = protection.covers(resource);
    const bucket = new Bucket(
      resource,
      {
        project,
        name: bucketName({ fullName, app, bucket: name, where: [projectId, region] }),
        // The API gives it back in capitals.
        location: region.toUpperCase(),
        publicAccessPrevention: "enforced",
        uniformBucketLevelAccess: true,
        versioning: { enabled: spec.versioned },
        lifecycleRules: lifecycleRules(spec),
        // A bucket that is not protected goes with all that is in it.
        forceDestroy: !protect,
      },
      { ...opts, protect },
    );
    const access = new BucketIAMMember(`${resource}-access`, { bucket: bucket.name, role: objectUser, member }, opts);
    return { name, bucket, access };
  });
  return {
    names: Object.fromEntries(created.map(({ name, bucket }) => [name, bucket.name])),
    ready: created.map(({ access }) => access),
  };
}

function lifecycleRules({ expireDays }: BucketSpec): BucketArgs["lifecycleRules"] {
  const remove = { type: "Delete" };
  return [
    { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: abandonedDays } },
    // Without the state its rule would also cut short what is kept of earlier versions.
    ...(expireDays === undefined ? [] : [{ action: remove, condition: { age: expireDays, withState: "LIVE" } }]),
    // Also of a bucket that has been versioned before.
    { action: remove, condition: { daysSinceNoncurrentTime: previousDays, withState: "ARCHIVED" } },
  ];
}
