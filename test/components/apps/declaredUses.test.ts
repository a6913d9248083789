import assert from "node:assert/strict";
import { test } from "node:test";
import { smallConfig } from "../../support/config";
import { type Plan, plan } from "../../support/plan";
import { layerKey } from "../../support/project";
import { problems } from "../settings/stack";

/** Two apps that call each other, and the panel. */
const pair = () => ({
  shop: {
    image: "registry.example/shop:1.2",
    uses: { apps: ["stock", "3d/api", "panel"] as string[] },
    processes: { web: { port: 3000 }, worker: {} } as Record<string, object>,
    release: { command: ["bin/release"] },
    env: { CATALOGUE: "$(STOCK_URL)/v1" } as Record<string, string>,
  },
  stock: {
    image: "registry.example/stock:1.2",
    uses: { apps: ["shop/web"] },
    processes: { http: { port: 8080 }, sync: {} },
  },
  "3d": { image: "registry.example/3d:1", processes: { api: { port: 81 }, admin: { port: 82 } } },
});

const withApps = (apps: object) => ({ ...smallConfig(), [layerKey("apps")]: apps });
const variables = (from: Plan, name: string): Record<string, unknown> => {
  const { env } = from.named("kubernetes:apps/v1:Deployment", `${name}-deployment`).inputs.spec.template.spec
    .containers[0];
  return Object.fromEntries(env.map(({ name, value }: { name: string; value: unknown }) => [name, value]));
};
const policy = (from: Plan, name: string) =>
  from.named("kubernetes:networking.k8s.io/v1:NetworkPolicy", `policies-${name}`).inputs.spec;
const pods = (name: string, component: string) => ({
  podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component } },
});
const tcp = (port: number) => [{ protocol: "TCP", port }];

test("an app finds those that it uses by well-formed variables, in every process and in its release command", async () => {
  const update = await plan(withApps(pair()), { preview: false });
  for (const process of ["shop-web", "shop-worker"]) {
    const env = variables(update, process);
    assert.deepEqual(
      Object.entries(env).filter(([name]) => /_(URL|HOST|PORT)$/.test(name)),
      [
        ["STOCK_URL", "http://stock-http:8080"],
        ["STOCK_HOST", "stock-http"],
        ["STOCK_PORT", "8080"],
        ["APP_3D_API_URL", "http://3d-api:81"],
        ["APP_3D_API_HOST", "3d-api"],
        ["APP_3D_API_PORT", "81"],
        ["PANEL_URL", "http://panel:3000"],
        ["PANEL_HOST", "panel"],
        ["PANEL_PORT", "3000"],
      ],
    );
    const names = Object.keys(env);
    assert.ok(names.indexOf("STOCK_URL") < names.indexOf("CATALOGUE"), "Kubernetes knows only what stands before");
  }
  const job = update.of("kubernetes:core/v1:ConfigMap").find(({ name }) => /^shop-release-.*-variables$/.test(name))!;
  assert.equal(job.inputs.data.STOCK_URL, "http://stock-http:8080");
  // Circles are fine: nothing waits for the other.
  assert.equal(variables(update, "stock-http").SHOP_WEB_URL, "http://shop-web:3000");
  assert.equal("SHOP_URL" in variables(update, "stock-http"), false);
});

test("the connections, and no others, are in the network policies at both ends", async () => {
  const update = await plan(withApps(pair()), { preview: false });
  for (const from of ["shop-web", "shop-worker", "shop-release", "shop-console"]) {
    assert.deepEqual(
      policy(update, from).egress,
      [
        { to: [pods("stock", "http")], ports: tcp(8080) },
        { to: [pods("3d", "api")], ports: tcp(81) },
        { to: [pods("panel", "web")], ports: tcp(3000) },
      ],
      from,
    );
  }
  assert.deepEqual(policy(update, "stock-http").ingress, [
    { from: [pods("shop", "release")], ports: tcp(8080) },
    { from: [pods("shop", "web")], ports: tcp(8080) },
    { from: [pods("shop", "worker")], ports: tcp(8080) },
    { from: [pods("shop", "console")], ports: tcp(8080) },
  ]);
  const names = update.of("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ name }) => name);
  assert.equal(names.includes("policies-3d-admin"), false, "nobody connects to it");
  assert.deepEqual(policy(update, "stock-sync").policyTypes, ["Egress"]);
});

test("an app that cannot be used is told with what to do", () => {
  const wrong = (change: (apps: any) => void) => {
    const apps = structuredClone(pair()) as any;
    change(apps);
    return problems((raw) => (raw.apps = apps));
  };
  assert.deepEqual(
    wrong(() => {}),
    [],
  );
  const using =
    (...list: unknown[]) =>
    (apps: any) =>
      (apps.shop.uses.apps = list);
  const cases: [string, (apps: any) => void, string][] = [
    ["a typo", using("stok"), 'apps.shop.uses.apps[0]: "stok" is not an app of this stack; did you mean stock?'],
    [
      "unknown",
      using("billing"),
      'apps.shop.uses.apps[0]: "billing" is not an app of this stack; use one of panel, chat, stock, 3d',
    ],
    ["itself", using("stock", "shop"), 'apps.shop.uses.apps[1]: "shop" is the app itself; remove it'],
    ["its own process", using("shop/worker"), 'apps.shop.uses.apps[0]: "shop/worker" is the app itself; remove it'],
    [
      "a process that is not there",
      using("stock/web"),
      'apps.shop.uses.apps[0]: "stock/web" is not a process of stock; use one of stock/http',
    ],
    [
      "a process without a port",
      using("stock/sync"),
      'apps.shop.uses.apps[0]: "stock/sync" has no port, so nothing can connect to it; set apps.stock.processes.sync.port, or use stock/http',
    ],
    [
      "an app without a port",
      (apps) => delete apps.stock.processes.http.port,
      'apps.shop.uses.apps[0]: "stock" has no process with a port, so nothing can connect to it; give one a port',
    ],
    [
      "several ports",
      using("3d"),
      'apps.shop.uses.apps[0]: "3d" has several processes with a port; use one of 3d/api, 3d/admin',
    ],
    ["twice", using("stock", "stock"), 'apps.shop.uses.apps[1]: "stock" is there twice; keep one'],
    [
      "two of one name",
      (apps) => {
        apps["stock-http"] = apps.stock;
        using("stock/http", "stock-http")(apps);
      },
      'apps.shop.uses.apps[1]: "stock-http" sets STOCK_HTTP_URL, and so does "stock/http"; keep one of them',
    ],
    [
      "a variable of the platform",
      (apps) => {
        apps.database = apps.stock;
        using("database")(apps);
      },
      'apps.shop.uses.apps[0]: "database" would set DATABASE_URL, which the platform sets; give that app another name',
    ],
    [
      "a variable of its own",
      (apps) => (apps.shop.env.STOCK_PORT = "1"),
      'apps.shop.env.STOCK_PORT: is set by uses.apps ("stock"); remove it or use another name',
    ],
    [
      "no name",
      using("http://stock"),
      'apps.shop.uses.apps[0]: "http://stock" is not an app; write its name, e.g. "shop", or with its process "shop/web"',
    ],
    ["a number", using(3), 'apps.shop.uses.apps[0]: 3 is not text; quote it: "3"'],
    [
      "no list",
      (apps) => (apps.shop.uses.apps = "stock"),
      'apps.shop.uses.apps: "stock" is not a list; write its items below it, each after "- "',
    ],
  ];
  for (const [what, change, expected] of cases) {
    const found = wrong(change);
    assert.ok(found.includes(expected), `${what}: ${found.join("\n") || "nothing"}`);
  }
});
