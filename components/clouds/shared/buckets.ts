import { shortHash } from "../../naming";

/** Days that an object of a versioned bucket is kept after it was overwritten or deleted. */
export const previousDays = 30;
/** Days after which the parts of an upload that never ended are deleted: nobody sees them, and they cost. */
export const abandonedDays = 7;

/** Longest name of a bucket in both clouds. */
const longest = 63;

/** Whose bucket it is. */
interface BucketOwner {
  /** `<project>-<operations.name>`, with which the name begins, so that a deployer's rights can end there. */
  readonly fullName: string;
  readonly app: string;
  readonly bucket: string;
  /** The account or project, and the region: others have buckets of the same name. */
  readonly where: readonly string[];
}

/**
 * The name of a bucket. Names are the whole world's, so each ends with a hash of whose it is; a long one is cut before it.
 * It is the same for every `up`, so that a preview shows it and rights can name it.
 */
export function bucketName({ fullName, app, bucket, where }: BucketOwner): string {
  const hash = shortHash(fullName, app, bucket, ...where);
  const plain = `${fullName}-${app}-${bucket}`.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
  return `${plain.slice(0, longest - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}
