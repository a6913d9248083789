import assert from "node:assert/strict";
import { test } from "node:test";
import { tierOf } from "../../../../cli/cluster/tiers";
import { podDemands } from "../../../../components/network/podDemands";
import { parse, problems } from "../../settings/stack";
import { jobOf, planOfShop, problemsOfShop, shop } from "./shop";

const withAfter = (app: any) => {
  app.uses = { postgres: true };
  app.release = { command: ["shop", "migrate"] };
  app.after = { command: ["shop", "warm"], deadlineSeconds: 700 };
};

test("a command after the rollout waits for every process, and runs once for an image", async () => {
  const update = await planOfShop(withAfter);
  const after = jobOf(update, "after");
  for (const process of ["web", "worker"]) {
    const { urn } = update.named("kubernetes:apps/v1:Deployment", `shop-${process}-deployment`);
    assert.ok(after.dependencies.includes(urn), process);
    assert.ok(!jobOf(update, "release").dependencies.includes(urn), "the other one is waited for");
  }
  const { spec, metadata } = after.inputs;
  assert.deepEqual(spec.template.spec.containers[0].command, ["shop", "warm"]);
  assert.equal(spec.activeDeadlineSeconds, 700);
  assert.equal(metadata.annotations["pulumi.com/replaceUnready"], "true", "one that failed runs again");
  const same = await planOfShop((app) => {
    withAfter(app);
    app.env = { COLOUR: "red" };
  });
  assert.equal(jobOf(same, "after").name, after.name);
  const next = await planOfShop((app) => {
    withAfter(app);
    app.image = "registry.example/shop:1.3";
  });
  assert.notEqual(jobOf(next, "after").name, after.name);
});

test("it is a client of the database as the processes are, and no owner of the schema", async () => {
  const update = await planOfShop(withAfter);
  const user = (kind: "release" | "after") => {
    const { envFrom } = jobOf(update, kind).inputs.spec.template.spec.containers[0];
    return update.named("kubernetes:core/v1:ConfigMap", `${envFrom[0].configMapRef.name}-variables`).inputs.data.PGUSER;
  };
  assert.deepEqual([user("release"), user("after")], ["shop_owner_g1", "shop_g1"]);
  const policy = update.named("kubernetes:networking.k8s.io/v1:NetworkPolicy", "policies-shop-after").inputs.spec;
  assert.equal(policy.egress[0].ports[0].port, 5432);
});

test("the quota and the connections of the database count it, and commands file it under jobs", () => {
  const settings = parse((raw) => {
    const app: any = shop();
    withAfter(app);
    raw.apps = { shop: app };
  });
  assert.ok(podDemands(settings as never).some(({ who, most }) => who === "shop's after" && most === 2));
  const [told] = problems((raw) => {
    raw.postgres.maxConnections = 20;
    const app: any = shop();
    withAfter(app);
    raw.apps = { shop: app };
  });
  assert.match(told!, /commands after a rollout 1 × 1/);
  assert.equal(tierOf({ "app.kubernetes.io/name": "shop", "app.kubernetes.io/component": "after" }), "jobs");
});

test("names of processes that other pods of the app have are refused", () => {
  for (const name of ["release", "after", "console", "schedule-night"]) {
    const found = problemsOfShop((app) => ((app.processes as any)[name] = { command: ["x"] }));
    assert.deepEqual(found, [
      `apps.shop.processes.${name}: is what the platform calls other pods of the app; use another name`,
    ]);
  }
  const found = problemsOfShop((app) => (app.schedules = { web: { cron: "3 4 * * *", command: ["x"] } }));
  assert.deepEqual(found, [
    "apps.shop.processes.web: is also the name of a schedule; use another name for one of them",
  ]);
  assert.match(problemsOfShop((app) => (app.after = { command: [] })).join(), /^apps\.shop\.after\.command: is empty/);
});
