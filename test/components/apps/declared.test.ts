import assert from "node:assert/strict";
import { test } from "node:test";
import { smallConfig } from "../../support/config";
import { type Plan, plan, secretKey } from "../../support/plan";
import { layerKey } from "../../support/project";
import { problems } from "../settings/stack";

/** A shop as a team writes it. */
const shop = {
  image: "registry.example/shop:1.2",
  uses: { postgres: true },
  processes: {
    web: {
      command: ["bundle", "exec", "puma"],
      port: 3000,
      replicas: 2,
      stopSeconds: 40,
      probe: { kind: "http", ready: "/up" },
      route: { host: "shop.example.com", websocket: true, bodySize: "1m", loginPath: "/session" },
      egress: ["internet"],
    },
    worker: { command: ["bundle", "exec", "sidekiq"], strategy: "recreate" },
  },
  release: { command: ["bin/rails", "db:migrate"], deadlineSeconds: 900 },
  schedules: { nightly: { cron: "3 4 * * *", command: ["bin/rails", "report"] } },
  env: { RAILS_ENV: "production" },
};

const withApps = (apps: object) => ({ ...smallConfig(), [layerKey("apps")]: apps });
const spec = (from: Plan, name: string) =>
  from.named("kubernetes:apps/v1:Deployment", `${name}-deployment`).inputs.spec;
const container = (from: Plan, name: string) => spec(from, name).template.spec.containers[0];
const variables = (list: { name: string; value?: unknown }[]) =>
  Object.fromEntries(list.map(({ name, value }) => [name, value]));

test("a declared app is its Deployments, its Services, its release command and its schedules", async () => {
  const update = await plan(withApps({ shop }), { preview: false });
  const web = container(update, "shop-web");
  assert.deepEqual(web.command, ["bundle", "exec", "puma"]);
  assert.deepEqual(web.ports, [{ name: "http", containerPort: 3000, protocol: "TCP" }]);
  assert.equal(web.readinessProbe.httpGet.path, "/up");
  assert.equal(web.livenessProbe.tcpSocket.port, "http");
  assert.equal(spec(update, "shop-web").replicas, 2);
  // 15 seconds of new requests, 40 to stop, and a reserve of ten.
  assert.equal(spec(update, "shop-web").template.spec.terminationGracePeriodSeconds, 65);
  assert.equal(spec(update, "shop-worker").strategy.type, "Recreate");
  assert.equal(spec(update, "shop-worker").template.spec.terminationGracePeriodSeconds, 40);
  assert.equal(container(update, "shop-worker").readinessProbe, undefined);
  const service = update.named("kubernetes:core/v1:Service", "shop-web-service").inputs;
  assert.deepEqual([service.metadata.name, service.spec.ports[0].port], ["shop-web", 3000]);
  const cron = update.named("kubernetes:batch/v1:CronJob", "shop-nightly-cron").inputs.spec;
  assert.deepEqual([cron.schedule, cron.concurrencyPolicy], ["3 4 * * *", "Forbid"]);
  const job = update.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith("shop-release-"))!;
  assert.equal(job.inputs.spec.activeDeadlineSeconds, 900);
  const deployment = update.named("kubernetes:apps/v1:Deployment", "shop-web-deployment");
  assert.ok(
    deployment.dependencies.some((urn) => urn.includes("shop-release-")),
    "every rollout waits for the release command",
  );
});

test("it finds the database by the variables of libpq and by one address, and its release command owns the schema", async () => {
  const update = await plan(withApps({ shop }), { preview: false });
  const web = variables(container(update, "shop-web").env);
  assert.equal(web.PGUSER, "shop_g1");
  assert.equal(web.PORT, "3000");
  assert.equal(web.RAILS_ENV, "production");
  assert.match(
    String(web.DATABASE_URL),
    /^postgres:\/\/\$\(PGUSER\):\$\(PGPASSWORD\)@\$\(PGHOST\):\$\(PGPORT\)\/\$\(PGDATABASE\)\?sslmode=/,
  );
  const names = container(update, "shop-web").env.map(({ name }: { name: string }) => name);
  assert.ok(names.indexOf("PGPASSWORD") < names.indexOf("DATABASE_URL"), "Kubernetes knows only what stands before");
  assert.equal("PORT" in variables(container(update, "shop-worker").env), false);
  const job = update.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith("shop-release-"))!;
  const { envFrom } = job.inputs.spec.template.spec.containers[0];
  const settings = update.named("kubernetes:core/v1:ConfigMap", `${envFrom[0].configMapRef.name}-variables`).inputs
    .data;
  assert.equal(settings.PGUSER, "shop_owner_g1");
  const roles = update.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith("postgres-roles-"))!;
  assert.match(JSON.stringify(roles.inputs), /shop_app/);
  // An app that does not use it gets nothing of it.
  const { uses: _, ...without } = shop;
  const other = await plan(withApps({ shop: without }));
  assert.equal("PGUSER" in variables(container(other, "shop-web").env), false);
  assert.equal(
    other.registrations.some(({ name }) => name.startsWith("postgres-shop")),
    false,
  );
});

test("its public address is in the proxy, the certificate and the outputs, and policies allow what it needs", async () => {
  const update = await plan(withApps({ shop }), { preview: false });
  const conf = JSON.stringify(
    update.registrations.filter(({ name }) => name.startsWith("edge")).map(({ inputs }) => inputs),
  );
  assert.match(conf, /server_name shop\.example\.com/);
  assert.match(conf, /client_max_body_size 1m/);
  assert.match(conf, /location = \/session/);
  const certificate = JSON.stringify(
    update.of("tls:index/certRequest:CertRequest").map(({ inputs }) => inputs.dnsNames),
  );
  assert.match(certificate, /shop\.example\.com/);
  assert.ok(update.outputs.hosts.includes("shop.example.com"));
  assert.equal(update.outputs.urls.shop, "https://shop.example.com/");
  const policies = update.of("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ name }) => name);
  for (const name of ["policies-shop-web", "policies-shop-worker", "policies-shop-release", "policies-shop-console"])
    assert.ok(policies.includes(name), `${name}: ${policies}`);
});

test("its secrets are in a Secret, under names that change with them", async () => {
  const apps = { shop: { ...shop, secretEnv: { API_KEY: "a1b2c3d4e5" } } };
  const update = await plan(withApps(apps), { preview: false, secretKeys: [layerKey("apps")] });
  const secret = update.named("kubernetes:core/v1:Secret", "shop-given-secret").inputs;
  assert.ok(secretKey in secret.stringData || secretKey in secret.stringData.API_KEY, JSON.stringify(secret));
  const { env } = container(update, "shop-web");
  assert.ok(env.find(({ name }: { name: string }) => name === "API_KEY").valueFrom.secretKeyRef);
});

test("what is wrong is told with the app's own key, all at once", () => {
  const wrong = (change: (app: any) => void) => {
    const app = structuredClone(shop) as any;
    change(app);
    return problems((raw) => (raw.apps = { shop: app }));
  };
  assert.deepEqual(
    wrong(() => {}),
    [],
  );
  const cases: [string, (app: any) => void, RegExp][] = [
    ["no process", (app) => (app.processes = {}), /^apps\.shop\.processes: is empty; give at least one process$/],
    ["no image", (app) => delete app.image, /^apps\.shop\.image: /],
    ["a port", (app) => (app.processes.web.port = 70_000), /^apps\.shop\.processes\.web\.port: 70000 is too large/],
    ["a probe", (app) => (app.processes.web.probe = { kind: "https" }), /^apps\.shop\.processes\.web\.probe/],
    ["a path", (app) => (app.processes.web.probe.ready = "up"), /probe\.ready: "up" is not a path; begin with "\/"/],
    [
      "a word",
      (app) => (app.processes.web.replica = 2),
      /^apps\.shop\.processes\.web\.replica: unknown key; did you mean replicas\?/,
    ],
    ["root", (app) => (app.user = 0), /^apps\.shop\.user: 0 is too small/],
    [
      "a taken variable",
      (app) => (app.env.DATABASE_URL = "x"),
      /^apps\.shop\.env\.DATABASE_URL: is set by the platform/,
    ],
    [
      "a secret",
      (app) => (app.env.API_KEY = "x"),
      /^apps\.shop\.env\.API_KEY: looks like a secret.* apps\.shop\.secretEnv\.API_KEY/,
    ],
    [
      "a slow stop",
      (app) => (app.processes.web.stopSeconds = 600),
      /^apps\.shop\.processes\.web\.stopSeconds: a pod may take 15 \+ 600 \+ 10/,
    ],
    ["an empty command", (app) => (app.release.command = []), /^apps\.shop\.release\.command: is empty/],
    ["a schedule", (app) => (app.schedules.nightly.cron = "daily"), /^apps\.shop\.schedules\.nightly\.cron: /],
  ];
  for (const [what, change, expected] of cases) {
    const found = wrong(change);
    assert.ok(
      found.some((problem) => expected.test(problem)),
      `${what}: ${found.join("\n") || "nothing"}`,
    );
  }
  const names = problems((raw) => (raw.apps = { redis: shop, "Shop!": shop }));
  assert.ok(names.some((problem) => /^apps\.redis: is the name of a part of the platform; use another$/.test(problem)));
  assert.ok(
    names.some((problem) => /^apps\["Shop!"\]: "Shop!" is not a valid name/.test(problem)),
    names.join("\n"),
  );
});

test("each app that uses Redis has a user with its own keys, and finds it by one address", async () => {
  const { worker } = shop.processes;
  const apps = {
    shop: { ...shop, uses: { redis: true } },
    queue: { ...shop, processes: { worker }, uses: { redis: true, redisPrefix: "q:" } },
  };
  const update = await plan(withApps(apps), { preview: false });
  const acl = JSON.stringify(update.named("kubernetes:core/v1:Secret", "redis-users").inputs.stringData);
  assert.match(acl, /user panel on #[0-9a-f]{64} ~\* &\* /);
  assert.match(acl, /user shop on #[0-9a-f]{64} ~shop:\* &shop:\* \+@all -@admin .*-keys -randomkey/);
  assert.match(acl, /user queue on #[0-9a-f]{64} ~q:\* &q:\* /);
  const web = variables(container(update, "shop-web").env);
  assert.deepEqual([web.REDIS_USERNAME, web.REDIS_PREFIX], ["shop", "shop:"]);
  assert.match(String(web.REDIS_URL), /^rediss:\/\/\$\(REDIS_USERNAME\):\$\(REDIS_PASSWORD\)@/);
  assert.equal("PGUSER" in web, false);
});

test("a stack of declared apps alone has neither panel nor chat, and no store that nobody uses", async () => {
  const { [layerKey("panel")]: _panel, [layerKey("chat")]: _chat, ...rest } = smallConfig() as Record<string, any>;
  const { panel: _p, chat: _c, ...edge } = rest[layerKey("edge")];
  const { [layerKey("postgres")]: _postgres, [layerKey("redis")]: _redis, ...bare } = rest;
  const config = { ...bare, [layerKey("edge")]: edge, [layerKey("apps")]: { shop: { ...shop, uses: {} } } };
  const update = await plan(config, { preview: false });
  const names = update.of("kubernetes:apps/v1:Deployment").map(({ name }) => name);
  assert.deepEqual(names.sort(), ["edge-deployment", "shop-web-deployment", "shop-worker-deployment"]);
  assert.deepEqual(update.of("kubernetes:apps/v1:StatefulSet"), []);
  assert.deepEqual(update.outputs.hosts, ["shop.example.com"]);
  assert.equal("panelUrl" in update.outputs, false);
  // A store that is given and that nobody uses is said, and not created.
  const given = await plan({ ...config, [layerKey("redis")]: rest[layerKey("redis")] }, { preview: false });
  assert.deepEqual(given.of("kubernetes:apps/v1:StatefulSet"), []);
  assert.match(given.warnings.join("\n"), /redis: no app uses it, so it is not created/);
  // Half of the panel is no stack of declared apps: what is missing is named.
  const half = problems((raw) => {
    delete raw.panel;
    raw.apps = { shop };
  });
  assert.ok(
    half.some((problem) => problem.startsWith("panel.image: is not set")),
    half.join(),
  );
});

test("prefixes that meet are refused", () => {
  const two = (first: object, second: object) =>
    problems((raw) => {
      const { worker } = shop.processes;
      raw.apps = { shop: { ...shop, uses: first }, queue: { ...shop, processes: { worker }, uses: second } };
    });
  assert.deepEqual(two({ redis: true }, { redis: true }), []);
  assert.match(
    two({ redis: true, redisPrefix: "" }, {}).join(),
    /apps\.shop\.uses\.redisPrefix: "" gives it every key/,
  );
  assert.match(
    two({ redis: true, redisPrefix: "a" }, { redis: true, redisPrefix: "ab" }).join(),
    /"a" is also the beginning of queue's \("ab"\)/,
  );
  assert.match(two({ redis: true, redisPrefix: "a*" }, {}).join(), /"a\*" is not a prefix/);
});
