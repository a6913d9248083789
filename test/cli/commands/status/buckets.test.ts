import assert from "node:assert/strict";
import { test } from "node:test";
import { statusLines } from "../../../../cli/commands/status/render";
import { stateFacts } from "../../../../cli/commands/status/stateFacts";
import { verdictOf } from "../../../../cli/commands/status/verdict";
import { healthy } from "./builders";

const of = (type: string, inputs: object) => ({ urn: `urn:pulumi:a::b::${type}::c`, type, custom: true, inputs });

test("status names the buckets of the apps, which are where their objects are", () => {
  const resources = [
    of("gcp:storage/bucket:Bucket", { name: "switchboard-prod-shop-uploads-0a1b2c3d4e" }),
    of("aws:s3/bucket:Bucket", { bucket: "switchboard-prod-mail-letters-5e6f7a8b9c" }),
    of("aws:s3/bucketPolicy:BucketPolicy", { bucket: "switchboard-prod-mail-letters-5e6f7a8b9c" }),
  ];
  const { buckets } = stateFacts({ deployment: { resources } } as never, "switchboard", undefined, undefined);
  assert.deepEqual(buckets, [
    { product: "Cloud Storage", name: "switchboard-prod-shop-uploads-0a1b2c3d4e" },
    { product: "S3", name: "switchboard-prod-mail-letters-5e6f7a8b9c" },
  ]);
  const world = healthy();
  const rows = (state: object) =>
    statusLines({ facts: { ...world, state: state as never }, status: verdictOf(world) }, { colours: false })
      .filter((line) => line.includes("bucket"))
      .map((line) => line.trim().split(/\s{2,}/));
  assert.deepEqual(rows({ ...world.state, buckets }), [
    ["bucket", "switchboard-prod-shop-uploads-0a1b2c3d4e", "Cloud Storage"],
    ["bucket", "switchboard-prod-mail-letters-5e6f7a8b9c", "S3"],
  ]);
  assert.deepEqual(rows(world.state), []);
});
