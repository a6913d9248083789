import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { cloudConfig } from "../../../../support/config";
import { type Plan, plan } from "../../../../support/plan";
import { layerKey } from "../../../../support/project";
import { jobOf, podOf, shop } from "../shop";

/** Identities that somebody else keeps. */
export const roleName = "arn:aws:iam::012345678901:role/mail/mailer";
export const email = "mailer@acme-mail.iam.gserviceaccount.com";

/** A stack with the app after a change, and with one that is somebody else's in the cloud. */
export function planOn(cloud: "gke" | "eks", identity: object, ofMail: object): Promise<Plan> {
  const app = {
    ...shop(),
    release: { command: ["shop", "migrate"] },
    schedules: { sweep: { cron: "0 3 * * *", command: ["shop", "sweep"] } },
    identity,
    buckets: { uploads: {}, "product-images": { variable: "IMAGES", versioned: false, expireDays: 90 } },
  };
  const mail = { ...shop(), identity: ofMail, buckets: { letters: {} } };
  const docs = { ...shop(), buckets: { pages: {} } };
  return plan(
    {
      ...cloudConfig(cloud),
      [layerKey("apps")]: { shop: app, mail, docs },
    },
    { preview: false },
  );
}

export const account = "kubernetes:core/v1:ServiceAccount";
const policies = (from: Plan, name: string) =>
  from.named("kubernetes:networking.k8s.io/v1:NetworkPolicy", `policies-${name}`).inputs.spec.egress;
const ruleTo = (cidr: string, port: number) => ({ to: [{ ipBlock: { cidr } }], ports: [{ protocol: "TCP", port }] });
const reaches = (from: Plan, pod: string, rule: object) =>
  (policies(from, pod) ?? []).some((each: object) => isDeepStrictEqual(each, rule));
const deployment = (from: Plan, name: string) => from.named("kubernetes:apps/v1:Deployment", `${name}-deployment`);

/** What holds in each cloud: one service account, the buckets' names, the credentials' address, and the order. */
export function holdsForPods(from: () => Plan, metadata: [cidr: string, port: number], ready: () => string[]): void {
  test("every pod of the app runs as its one service account, and has no other", () => {
    const pods = [
      podOf(from(), "web"),
      podOf(from(), "worker"),
      jobOf(from(), "release").inputs.spec.template.spec,
      from().named("kubernetes:batch/v1:CronJob", "shop-sweep-cron").inputs.spec.jobTemplate.spec.template.spec,
    ];
    for (const pod of pods) {
      assert.equal(pod.serviceAccountName, "shop-identity");
      assert.equal(pod.automountServiceAccountToken, false);
    }
    const accounts = from()
      .of(account)
      .filter(({ inputs }) => inputs.metadata.name.startsWith("shop-"));
    assert.deepEqual(
      accounts.map(({ inputs }) => [inputs.metadata.name, inputs.automountServiceAccountToken]),
      [["shop-identity", false]],
    );
  });

  test("the names of the buckets are variables, of jobs too", () => {
    const { env } = podOf(from(), "worker").containers[0];
    const value = (name: string) => env.find((entry: { name: string }) => entry.name === name)?.value;
    assert.match(value("BUCKET_UPLOADS"), /^switchboard-dev-shop-uploads-[0-9a-f]{10}$/);
    assert.match(value("IMAGES"), /^switchboard-dev-shop-product-images-[0-9a-f]{10}$/);
    const release = jobOf(from(), "release");
    const { data } = from().named("kubernetes:core/v1:ConfigMap", release.name.replace(/-job$/, "-variables")).inputs;
    assert.deepEqual([data.BUCKET_UPLOADS, data.IMAGES], [value("BUCKET_UPLOADS"), value("IMAGES")]);
  });

  test("its pods, jobs and consoles reach the credentials, and those of no other app do", () => {
    const rule = ruleTo(...metadata);
    for (const pod of ["shop-web", "shop-worker", "shop-release", "shop-schedule-sweep", "shop-console", "docs-web"])
      assert.ok(reaches(from(), pod, rule), pod);
    for (const pod of ["panel-web", "panel-migration"]) assert.ok(!reaches(from(), pod, rule), pod);
  });

  test("no pod comes before its identity and its buckets are there", () => {
    const all = ready();
    assert.ok(all.length >= 2);
    for (const name of ["shop-web", "shop-worker"])
      for (const urn of all) assert.ok(deployment(from(), name).dependencies.includes(urn), `${name} ${urn}`);
    for (const urn of all) assert.ok(jobOf(from(), "release").dependencies.includes(urn), urn);
  });

  test("identities and buckets outlive the namespace", () => {
    const own = from().registrations.filter(({ urn }) => /switchboard:apps:(Google|Aws)Access/.test(urn));
    assert.ok(own.length > 5);
    for (const { urn, deletedWith } of own) assert.equal(deletedWith, "", urn);
  });
}
