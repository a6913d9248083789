/** Apps with an identity and buckets under the real Pulumi engine, on the stand-ins of both clouds. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyResources } from "../../cli/commands/down/destroyResources";
import type { Provider } from "../../engine/providers/provider";
import { FakeAmazon } from "../support/cloud/amazon";
import { putObject } from "../support/cloud/buckets";
import type { FakeCloud } from "../support/cloud/fakeCloud";
import { FakeGoogle } from "../support/cloud/google";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { type CloudRun, CloudStack } from "../support/cloud/stack";
import { stackConfig } from "../support/plan";
import { layerKey } from "../support/project";
import { progress } from "./support/cloudRuns";

const apps = layerKey("apps");

/** A committed stack with two apps more: one with an identity of its own, and one that is somebody else's. */
function withApps(stack: string, identity: object, ofMail: object): Record<string, unknown> {
  const app = {
    image: `registry.example/shop:1.2@sha256:${"1".repeat(64)}`,
    processes: { web: { port: 3000, replicas: 2, egress: ["internet"] } },
  };
  return {
    ...stackConfig(stack),
    [apps]: {
      shop: { ...app, release: { command: ["shop", "migrate"] }, identity, buckets: { uploads: {} } },
      mail: { ...app, identity: ofMail, buckets: { letters: {} } },
    },
  };
}

interface Tried {
  readonly stack: "prod" | "prod-eks";
  readonly cloud: FakeCloud;
  readonly provider: Provider;
  readonly bucket: string;
  readonly identity: object;
  readonly ofMail: object;
  /** What another age of objects changes. */
  readonly aged: readonly string[];
  readonly destroys: (stack: CloudStack) => Promise<void>;
  /** What gives the pods their identity. */
  readonly bound: string;
}

const succeeds = ({ exitCode, errors }: CloudRun) => assert.deepEqual([exitCode, errors], [0, []]);

async function liveAndGo(context: { after(done: () => void): void }, tried: Tried): Promise<void> {
  const { cloud, bucket } = tried;
  const config = withApps(tried.stack, tried.identity, tried.ofMail);
  const stack = await CloudStack.open(tried.stack, [tried.provider, keepingKubernetes(cloud)], config);
  context.after(() => stack.close());

  succeeds(await stack.up());
  const done = (type: string, name: string) => {
    const at = cloud.at("create", type, "done", name);
    assert.ok(at >= 0, `${name} was made`);
    return at;
  };
  const pods = done("kubernetes:apps/v1:Deployment", "shop-web-deployment");
  assert.ok(done(bucket, "shop-access-uploads-bucket") < pods);
  assert.ok(cloud.log.findIndex(({ type, moment }) => type === tried.bound && moment === "done") < pods);
  assert.deepEqual((await stack.up()).changes, []);
  assert.deepEqual((await stack.drift()).changes, []);

  await stack.configure((file) => {
    file[apps].shop.buckets.uploads.expireDays = 400;
  });
  const aged = await stack.up();
  succeeds(aged);
  assert.deepEqual([...aged.changes].sort(), tried.aged);

  // What is protected stays, with what is in it, until the stack says that it may go.
  for (const { id } of cloud.all(bucket)) putObject(cloud, id);
  await stack.configure((file) => {
    delete file[apps].mail;
  });
  const kept = await stack.up();
  assert.notEqual(kept.exitCode, 0);
  assert.match(kept.text, /mail-access-letters-bucket.*protect/s);
  assert.equal(cloud.all(bucket).length, 2);

  await stack.configure((file) => {
    file[apps].mail = { ...file[apps].shop, identity: tried.ofMail, buckets: { letters: {} } };
    file[layerKey("operations")].protect = false;
  });
  succeeds(await stack.up());
  await tried.destroys(stack);
  const left = [...cloud.things.values()].filter(({ type }) =>
    /^(gcp:(storage|serviceaccount)|aws:(s3|iam|eks)|aws:kms\/grant|cloud:)/.test(type),
  );
  assert.deepEqual(left, []);
}

test("apps on Google Cloud get an identity and buckets, change, keep what is protected, and go", async (context) => {
  const google = new FakeGoogle();
  await liveAndGo(context, {
    stack: "prod",
    cloud: google as FakeCloud,
    provider: google.provider(),
    bucket: "gcp:storage/bucket:Bucket",
    identity: { kind: "googleServiceAccount", roles: ["roles/pubsub.publisher"] },
    ofMail: { kind: "googleServiceAccount", account: "mailer@acme-mail.iam.gserviceaccount.com" },
    aged: ["update Bucket shop-access-uploads-bucket"],
    bound: "gcp:serviceaccount/iAMMember:IAMMember",
    destroys: (stack) =>
      destroyResources({ stack: "prod", cloud: "gcp" }, stack.driven, {
        ...{ progress, signal: new AbortController().signal },
        run: async (_program, args) => void google.gcloud(args),
      }),
  });
});

test("apps on AWS get an identity and buckets, change, keep what is protected, and go", async (context) => {
  const amazon = new FakeAmazon();
  await liveAndGo(context, {
    stack: "prod-eks",
    cloud: amazon as FakeCloud,
    provider: amazon.provider(),
    bucket: "aws:s3/bucket:Bucket",
    identity: {
      kind: "iamRole",
      statements: [{ actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:eu-west-1:123456789012:orders"] }],
    },
    ofMail: { kind: "iamRole", role: "arn:aws:iam::123456789012:role/mailer" },
    aged: ["update BucketLifecycleConfiguration shop-access-uploads-bucket-lifecycle"],
    destroys: async (stack) => succeeds(await stack.destroy()),
    bound: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  });
});
