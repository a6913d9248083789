import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Plan } from "../../../support/plan";
import { holdsForPods, planOn, roleName } from "../../apps/declared/support/accessOn";

describe("an app on EKS", () => {
  let up: Plan;
  const of = (type: string, name: string) => up.named(type, name);
  const association = (app: string) =>
    of("aws:eks/podIdentityAssociation:PodIdentityAssociation", `${app}-access-association`);
  const statements = (app: string) =>
    JSON.parse(of("aws:iam/rolePolicy:RolePolicy", `${app}-access-policy`).inputs.policy).Statement as any[];
  const arnOf = (bucket: string) => `arn:aws:s3:::${of("aws:s3/bucket:Bucket", `${bucket}-bucket`).inputs.bucket}`;

  before(async () => {
    up = await planOn(
      "eks",
      {
        kind: "iamRole",
        policies: ["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"],
        statements: [
          {
            actions: ["ses:SendEmail"],
            resources: ["*"],
            conditions: { StringEquals: { "ses:FromAddress": ["shop@acme.dev"] } },
          },
        ],
      },
      { kind: "iamRole", role: roleName },
    );
  });

  holdsForPods(
    () => up,
    ["169.254.170.23/32", 80],
    () => [
      association("shop").urn,
      of("aws:iam/rolePolicy:RolePolicy", "shop-access-policy").urn,
      of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "shop-access-uploads-bucket-private").urn,
    ],
  );

  test("it is a role with the policies that are named, which its pods alone may be", () => {
    const role = of("aws:iam/role:Role", "shop-access-role").inputs;
    const [trust] = JSON.parse(role.assumeRolePolicy).Statement;
    assert.deepEqual(trust.Principal, { Service: "pods.eks.amazonaws.com" });
    assert.equal(trust.Condition.StringEquals["aws:RequestTag/kubernetes-namespace"], "switchboard");
    assert.equal(trust.Condition.StringEquals["aws:RequestTag/kubernetes-service-account"], "shop-identity");
    assert.equal(role.path, "/switchboard-dev/");
    const { namespace, serviceAccount, roleArn } = association("shop").inputs;
    assert.deepEqual([namespace, serviceAccount], ["switchboard", "shop-identity"]);
    assert.match(roleArn, /role\/switchboard-dev\/shop-access-role/);
    const attached = of("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "shop-access-AmazonSQSReadOnlyAccess");
    assert.equal(attached.inputs.policyArn, "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess");
    assert.deepEqual(statements("shop")[0], {
      Effect: "Allow",
      Action: ["ses:SendEmail"],
      Resource: ["*"],
      Condition: { StringEquals: { "ses:FromAddress": ["shop@acme.dev"] } },
    });
  });

  test("its role may read and write its own buckets, and use the key for them alone", () => {
    const arns = ["shop-access-uploads", "shop-access-product-images"].map(arnOf);
    const [, bucket, objects, key] = statements("shop");
    assert.deepEqual(bucket.Resource, arns);
    assert.deepEqual(
      objects.Resource,
      arns.map((arn) => `${arn}/*`),
    );
    assert.ok(objects.Action.includes("s3:PutObject") && objects.Action.includes("s3:GetObject"));
    assert.ok(!objects.Action.includes("s3:DeleteObjectVersion"), "what is kept of earlier versions stays");
    assert.deepEqual(key.Action, ["kms:Decrypt", "kms:GenerateDataKey"]);
    assert.deepEqual(key.Condition, {
      StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
      StringLike: { "kms:EncryptionContext:aws:s3:arn": [...arns, ...arns.map((arn) => `${arn}/*`)] },
    });
    assert.ok(!JSON.stringify(statements("shop")).includes("letters"));
    assert.equal(statements("docs").length, 3);
  });

  test("a bucket is private, encrypted with the stack's key, and reached by TLS alone", () => {
    const bucket = "shop-access-uploads-bucket";
    const block = of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", `${bucket}-private`).inputs;
    for (const key of ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"])
      assert.equal(block[key], true, key);
    const [rule] = of(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      `${bucket}-encryption`,
    ).inputs.rules;
    const { sseAlgorithm, kmsMasterKeyId } = rule.applyServerSideEncryptionByDefault;
    assert.deepEqual([sseAlgorithm, rule.bucketKeyEnabled], ["aws:kms", true]);
    assert.match(kmsMasterKeyId, /^arn:aws:kms:.*cluster-encryption-key/);
    const policy = JSON.parse(of("aws:s3/bucketPolicy:BucketPolicy", `${bucket}-policy`).inputs.policy);
    assert.deepEqual(
      policy.Statement.map(({ Effect, Condition }: any) => [Effect, Condition]),
      [["Deny", { Bool: { "aws:SecureTransport": "false" } }]],
    );
    const versions = (name: string) =>
      of("aws:s3/bucketVersioning:BucketVersioning", `shop-access-${name}-bucket-versions`).inputs
        .versioningConfiguration.status;
    assert.deepEqual([versions("uploads"), versions("product-images")], ["Enabled", "Suspended"]);
    const rules = (name: string) =>
      of(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        `shop-access-${name}-bucket-lifecycle`,
      ).inputs.rules.map(({ id, expiration }: any) => [id, expiration?.days]);
    assert.deepEqual(rules("uploads"), [
      ["abandoned-uploads", undefined],
      ["previous-versions", undefined],
    ]);
    assert.deepEqual(rules("product-images")[1], ["expired", 90]);
  });

  test("of a role that somebody else keeps nothing is changed: the bucket and the key are opened to it", () => {
    assert.equal(association("mail").inputs.roleArn, roleName);
    const own = up.registrations.filter(({ name, type }) => name.startsWith("mail-access") && /^aws:iam/.test(type));
    assert.deepEqual(own, []);
    const policy = JSON.parse(
      of("aws:s3/bucketPolicy:BucketPolicy", "mail-access-letters-bucket-policy").inputs.policy,
    );
    const [, look, use] = policy.Statement;
    const arn = arnOf("mail-access-letters");
    assert.deepEqual([look.Principal, look.Resource], [{ AWS: roleName }, arn]);
    assert.deepEqual([use.Principal, use.Resource], [{ AWS: roleName }, `${arn}/*`]);
    const grant = of("aws:kms/grant:Grant", "mail-access-letters-bucket-key").inputs;
    assert.equal(grant.granteePrincipal, roleName);
    assert.deepEqual(grant.constraints, [{ encryptionContextSubset: { "aws:s3:arn": arn } }]);
    assert.deepEqual(up.of("aws:kms/grant:Grant").length, 1);
  });
});
