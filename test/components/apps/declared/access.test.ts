import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketName } from "../../../../components/clouds/shared/buckets";
import { plan } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { smallProduction } from "../../../support/stacks";
import { digest, told } from "../../settings/clouds";
import { problemsOfShop, shop } from "./shop";
import { email } from "./support/accessOn";

test("a stack that protects its data protects its buckets, but for those that it names", async () => {
  const app = {
    image: `registry.example/shop:1.2${digest}`,
    processes: { web: { port: 3000, replicas: 2, egress: ["internet"] } },
    buckets: { uploads: {}, scratch: {} },
  };
  for (const [cloud, type] of [
    ["gke", "gcp:storage/bucket:Bucket"],
    ["eks", "aws:s3/bucket:Bucket"],
  ] as const) {
    const operations = { stage: "test", protect: true, unprotected: ["shop-access-scratch-bucket"] };
    const { config } = smallProduction(cloud, { operations });
    const planned = await plan({ ...config, [layerKey("apps")]: { shop: app } }, { preview: false });
    const [scratch, uploads] = planned.of(type);
    assert.deepEqual(
      [uploads!.name, uploads!.protect, uploads!.inputs.forceDestroy],
      ["shop-access-uploads-bucket", true, false],
    );
    // It goes with all that is in it.
    assert.deepEqual([scratch!.protect, scratch!.inputs.forceDestroy], [false, true]);
  }
});

test("names of buckets begin with the stack's, fit, and are each other's never", () => {
  const of = (fullName: string, app: string, bucket: string, ...where: string[]) =>
    bucketName({ fullName, app, bucket, where });
  const short = of("switchboard-prod", "shop", "uploads", "acme", "europe-west1");
  assert.match(short, /^switchboard-prod-shop-uploads-[0-9a-f]{10}$/);
  const long = of(`Switchboard_${"x".repeat(41)}`, "shop-of-twenty-chars", "bucket-of-20-letters", "acme");
  assert.match(long, /^switchboard-x{40}-[0-9a-f]{10}$/);
  assert.equal(long.length, 63);
  const all = [
    short,
    of("switchboard-prod", "shop", "uploads", "acme", "europe-west3"),
    of("switchboard-prod", "shop", "uploads", "other", "europe-west1"),
    of("switchboard-prod", "shop-a", "b", "acme", "europe-west1"),
    of("switchboard-prod", "shop", "a-b", "acme", "europe-west1"),
  ];
  assert.equal(new Set(all).size, all.length);
  assert.equal(of("switchboard-prod", "shop", "uploads", "acme", "europe-west1"), short);
});

const on = (cloud: "gke" | "eks", change: (app: any) => void) => {
  const app: any = shop();
  app.processes.web.egress = ["internet"];
  change(app);
  return told(cloud, (raw) => (raw.apps = { shop: app }));
};

type Case = readonly [change: (app: any) => void, sentence: string];

function refused(cloud: "gke" | "eks", cases: readonly Case[]): void {
  for (const [change, sentence] of cases) {
    const { errors } = on(cloud, change);
    assert.ok(errors.includes(sentence), `${sentence}\n${errors.join("\n")}`);
  }
}

test("a stack without a cloud is told that it has nobody to give, and what to do", () => {
  const found = problemsOfShop((app) => {
    app.identity = { kind: "googleServiceAccount" };
    app.buckets = { uploads: {} };
  });
  const elsewhere = "cluster.kind existing has no cloud in which the program makes anything";
  assert.deepEqual(found, [
    `apps.shop.identity: ${elsewhere}, so an app is nobody there; remove it and give the app credentials of your own in secretFrom, or use cluster.kind gke or eks`,
    `apps.shop.buckets: ${elsewhere}, a bucket neither; remove it and name a bucket of your own in env, its credentials in secretFrom, or use cluster.kind gke or eks`,
  ]);
});

test("an identity is of the cluster's cloud", () => {
  refused("gke", [
    [
      (app) => (app.identity = { kind: "iamRole" }),
      'apps.shop.identity.kind: "iamRole" needs cluster.kind eks; this stack has gke: use googleServiceAccount',
    ],
    [
      (app) => (app.identity = { kind: "azureIdentity" }),
      'apps.shop.identity.kind: "azureIdentity" is not supported; use one of googleServiceAccount, iamRole',
    ],
    [
      (app) => (app.identity = { roles: ["roles/pubsub.publisher"] }),
      "apps.shop.identity.kind: is not set; use one of googleServiceAccount, iamRole",
    ],
  ]);
  refused("eks", [
    [
      (app) => (app.identity = { kind: "googleServiceAccount" }),
      'apps.shop.identity.kind: "googleServiceAccount" needs cluster.kind gke; this stack has eks: use iamRole',
    ],
  ]);
});

test("roles and accounts of Google Cloud that cannot be are told with what to do", () => {
  const identity = (more: object) => (app: any) => (app.identity = { kind: "googleServiceAccount", ...more });
  const example = 'use e.g. "mailer@acme-prod.iam.gserviceaccount.com" (gcloud iam service-accounts list)';
  refused("gke", [
    [
      identity({ roles: ["roles/editor"] }),
      'apps.shop.identity.roles[0]: "roles/editor" is about everything in the project; name the roles that the app needs, e.g. "roles/pubsub.publisher"',
    ],
    [
      identity({ roles: ["pubsub.publisher"] }),
      'apps.shop.identity.roles[0]: "pubsub.publisher" is not a role; use e.g. "roles/pubsub.publisher", or one of your own as "projects/<project>/roles/<name>"',
    ],
    [
      identity({ roles: ["roles/pubsub.publisher", "roles/pubsub.publisher"] }),
      'apps.shop.identity.roles[1]: "roles/pubsub.publisher" is there twice; keep one',
    ],
    [
      identity({ account: "me@acme.dev" }),
      `apps.shop.identity.account: "me@acme.dev" is not the e-mail of a service account; ${example}`,
    ],
    [
      identity({ account: "123-compute@developer.gserviceaccount.com" }),
      `apps.shop.identity.account: "123-compute@developer.gserviceaccount.com" is the default account of a project, which is often its editor; ${example}`,
    ],
    [
      identity({ account: email, roles: ["roles/pubsub.publisher"] }),
      `apps.shop.identity.roles: is there together with account, whose rights somebody else keeps; remove roles and have ${email} given them, or remove account`,
    ],
  ]);
});

test("roles, policies and statements of AWS that cannot be are told with what to do", () => {
  const identity = (more: object) => (app: any) => (app.identity = { kind: "iamRole", ...more });
  const statement = (more: object) =>
    identity({ statements: [{ actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:eu-west-1:1:a"], ...more }] });
  const own = "the cluster is in account 012345678901";
  const role = "arn:aws:iam::999999999999:role/mailer";
  const policy = "arn:aws:iam::999999999999:policy/shop";
  refused("eks", [
    [
      identity({ role }),
      `apps.shop.identity.role: "${role}" is of another account, and ${own}; use a role of it that may assume the other one`,
    ],
    [
      identity({ policies: [policy] }),
      `apps.shop.identity.policies[0]: "${policy}" is of another account, and ${own}; use a policy of it or of AWS`,
    ],
    [
      identity({ policies: ["AmazonSQSReadOnlyAccess"] }),
      'apps.shop.identity.policies[0]: "AmazonSQSReadOnlyAccess" is not the ARN of a managed policy; use arn:aws:iam::<account>:policy/<name>, or arn:aws:iam::aws:policy/<name> of AWS itself',
    ],
    [
      identity({ policies: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"] }),
      'apps.shop.identity.policies[0]: "arn:aws:iam::aws:policy/AmazonS3FullAccess" is all of a service, or of the account; write what the app needs as statements',
    ],
    [
      identity({ policies: ["arn:aws:iam::aws:policy/A", "arn:aws:iam::012345678901:policy/own/A"] }),
      'apps.shop.identity.policies[1]: "arn:aws:iam::012345678901:policy/own/A" has the name of another one; keep one of them',
    ],
    [
      identity({ role: "arn:aws:iam::012345678901:role/mailer", policies: ["arn:aws:iam::aws:policy/A"] }),
      "apps.shop.identity.policies: is there together with role, whose rights somebody else keeps; remove policies and have arn:aws:iam::012345678901:role/mailer given them, or remove role",
    ],
    [
      statement({ actions: ["sqs:*"] }),
      'apps.shop.identity.statements[0].actions[0]: "sqs:*" is everything; name the actions that the app needs, e.g. "sqs:SendMessage"',
    ],
    [
      statement({ actions: ["SendMessage"] }),
      'apps.shop.identity.statements[0].actions[0]: "SendMessage" is not an action of IAM; use e.g. "sqs:SendMessage"',
    ],
    [
      statement({ resources: ["orders"] }),
      'apps.shop.identity.statements[0].resources[0]: "orders" is not an ARN; use e.g. "arn:aws:sqs:eu-west-1:123456789012:orders"',
    ],
    [
      statement({ resources: ["*"] }),
      'apps.shop.identity.statements[0].resources: "*" lets the app do sqs:SendMessage to everything in the account; name ARNs, or add conditions',
    ],
    [statement({ actions: [] }), "apps.shop.identity.statements[0].actions: is empty; name at least one action"],
  ]);
  assert.deepEqual(on("eks", statement({ actions: ["sqs:ListQueues"], resources: ["*"] })).errors, []);
});

test("buckets that cannot be are told with what to do", () => {
  const variable = "apps.shop.buckets.uploads.variable";
  refused("gke", [
    [
      (app) => (app.buckets = { uploads: { expireDays: 0 } }),
      "apps.shop.buckets.uploads.expireDays: 0 is too small; use a whole number from 1 to 36500 days",
    ],
    [
      (app) => (app.buckets = { Uploads: {} }),
      'apps.shop.buckets.Uploads: "Uploads" is not a valid name; use lower-case letters, digits and "-", with a letter or digit at both ends',
    ],
    [
      (app) => (app.buckets = { uploads: { variable: "PORT" } }),
      `${variable}: is set by the platform; remove it or use another name`,
    ],
    [
      (app) => (app.buckets = { uploads: { variable: "2ND" } }),
      `${variable}: is not a variable name; use letters, digits and "_", not starting with a digit`,
    ],
    [
      (app) => Object.assign(app, { buckets: { uploads: {} }, env: { BUCKET_UPLOADS: "mine" } }),
      "apps.shop.env.BUCKET_UPLOADS: is also in buckets; keep one",
    ],
    [
      (app) => (app.buckets = { "a-b": {}, uploads: { variable: "BUCKET_A_B" } }),
      `${variable}: "BUCKET_A_B" is also in buckets; keep one`,
    ],
    [
      (app) =>
        Object.assign(app, {
          buckets: { uploads: {} },
          schedules: { identity: { cron: "0 3 * * *", command: ["a"] } },
        }),
      "apps.shop.schedules.identity: is the name of the service account of an app with an identity or buckets; use another name",
    ],
  ]);
});

test("an app that is somebody and reaches nobody is warned", () => {
  const shut = (more: object) =>
    on("gke", (app) => Object.assign(app, more, { processes: { web: { port: 3000 } } })).warnings;
  const advice =
    "no pod of it may connect to the cloud, whose APIs are on the internet; add internet to the egress of each process, schedule, release or after that uses it";
  assert.ok(shut({ buckets: { uploads: {} } }).includes(`apps.shop.buckets: ${advice}`));
  assert.ok(shut({ identity: { kind: "googleServiceAccount" } }).includes(`apps.shop.identity: ${advice}`));
  assert.ok(!shut({}).some((sentence) => sentence.includes(advice)));
  assert.ok(
    !on("gke", (app) => (app.buckets = { uploads: {} })).warnings.some((sentence) => sentence.includes(advice)),
  );
});
