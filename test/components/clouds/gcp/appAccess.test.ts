import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Plan } from "../../../support/plan";
import { account, email, holdsForPods, planOn } from "../../apps/declared/support/accessOn";

describe("an app on GKE", () => {
  let up: Plan;
  const of = (type: string, name: string) => up.named(type, name);
  const binding = () => of("gcp:serviceaccount/iAMMember:IAMMember", "shop-access-pods");
  const opened = (name: string) =>
    of("gcp:storage/bucketIAMMember:BucketIAMMember", `${name}-bucket-access`).inputs as Record<string, string>;

  before(async () => {
    up = await planOn(
      "gke",
      { kind: "googleServiceAccount", roles: ["roles/pubsub.publisher", "projects/acme-prod/roles/shop.reader"] },
      { kind: "googleServiceAccount", account: email },
    );
  });

  holdsForPods(
    () => up,
    ["169.254.169.254/32", 80],
    () => [binding().urn, of("gcp:storage/bucketIAMMember:BucketIAMMember", "shop-access-uploads-bucket-access").urn],
  );

  test("it is a service account with the roles that are named, which its pods alone may be", () => {
    const { project } = of("gcp:serviceaccount/account:Account", "shop-access-account").inputs;
    const made = of("gcp:serviceaccount/account:Account", "shop-access-account").inputs;
    assert.equal(made.accountId, "switchboard-dev-app-shop");
    const member = `serviceAccount:switchboard-dev-app-shop@${project}.iam.gserviceaccount.com`;
    const roles = up.of("gcp:projects/iAMMember:IAMMember").filter(({ name }) => name.startsWith("shop-"));
    assert.deepEqual(
      roles.map(({ name, inputs }) => [name, inputs.role, inputs.member]),
      [
        ["shop-access-projects-acme-prod-roles-shop-reader", "projects/acme-prod/roles/shop.reader", member],
        ["shop-access-pubsub-publisher", "roles/pubsub.publisher", member],
      ],
    );
    assert.equal(binding().inputs.role, "roles/iam.workloadIdentityUser");
    assert.equal(binding().inputs.member, `serviceAccount:${project}.svc.id.goog[switchboard/shop-identity]`);
    assert.match(binding().inputs.serviceAccountId, /\/serviceAccounts\/switchboard-dev-app-shop@/);
    // The identity pool comes with the first cluster of the project.
    assert.ok(binding().dependencies.some((urn) => urn.endsWith("::cluster-gke")));
    const { annotations } = of(account, "shop-identity-account").inputs.metadata;
    assert.deepEqual(annotations, { "iam.gke.io/gcp-service-account": member.replace("serviceAccount:", "") });
  });

  test("a bucket is private, in the cluster's region, and the app's alone", () => {
    const { inputs } = of("gcp:storage/bucket:Bucket", "shop-access-uploads-bucket");
    assert.equal(inputs.publicAccessPrevention, "enforced");
    assert.equal(inputs.uniformBucketLevelAccess, true);
    assert.equal(inputs.location, "EUROPE-WEST1");
    assert.deepEqual(inputs.versioning, { enabled: true });
    const abandoned = { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } };
    const previous = {
      action: { type: "Delete" },
      condition: { daysSinceNoncurrentTime: 30, withState: "ARCHIVED" },
    };
    assert.deepEqual(inputs.lifecycleRules, [abandoned, previous]);
    const images = of("gcp:storage/bucket:Bucket", "shop-access-product-images-bucket").inputs;
    assert.deepEqual(images.versioning, { enabled: false });
    assert.deepEqual(images.lifecycleRules, [
      abandoned,
      { action: { type: "Delete" }, condition: { age: 90, withState: "LIVE" } },
      previous,
    ]);
    const { bucket, role, member } = opened("shop-access-uploads");
    assert.deepEqual([bucket, role], [inputs.name, "roles/storage.objectUser"]);
    assert.match(member!, /^serviceAccount:switchboard-dev-app-shop@/);
    const members = up.of("gcp:storage/bucketIAMMember:BucketIAMMember").map(({ inputs }) => inputs.bucket);
    assert.deepEqual(members, [...new Set(members)]);
  });

  test("of an account that somebody else keeps nothing is changed, and buckets are opened to it", () => {
    const own = up.registrations.filter(({ name, type }) => name.startsWith("mail-access") && type.startsWith("gcp:"));
    assert.deepEqual(own.map(({ type }) => type).sort(), [
      "gcp:storage/bucket:Bucket",
      "gcp:storage/bucketIAMMember:BucketIAMMember",
    ]);
    assert.equal(opened("mail-access-letters").member, `serviceAccount:${email}`);
    const { annotations } = of(account, "mail-identity-account").inputs.metadata;
    assert.deepEqual(annotations, { "iam.gke.io/gcp-service-account": email });
  });

  test("buckets alone give an identity without any role", () => {
    assert.equal(
      of("gcp:serviceaccount/account:Account", "docs-access-account").inputs.accountId,
      "switchboard-dev-app-docs",
    );
    assert.deepEqual(
      up.of("gcp:projects/iAMMember:IAMMember").filter(({ name }) => name.startsWith("docs-")),
      [],
    );
    assert.match(opened("docs-access-pages").member!, /^serviceAccount:switchboard-dev-app-docs@/);
  });
});
