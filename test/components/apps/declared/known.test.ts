import assert from "node:assert/strict";
import { test } from "node:test";
import { smallConfig } from "../../../support/config";
import { type Plan, plan } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { problems } from "../../settings/stack";
import { called } from "./shop";

const pair = (): any => ({
  shop: {
    image: "registry.example/shop:1.2",
    uses: { postgres: true, addresses: ["shop/web", "desk"], schemas: ["desk"] },
    processes: {
      web: { port: 3000, route: [{ host: "shop.example.com" }, { host: "www.shop.example.com" }] },
      live: { port: 3001, route: { host: "shop.example.com", path: "/live", websocket: true, socketsOnly: true } },
      worker: {},
    },
    release: { command: ["bin/release"] },
    keys: { VOUCHER: { for: ["web"] } },
  },
  desk: {
    image: "registry.example/desk:1",
    uses: { postgres: true, keys: ["shop/VOUCHER"] },
    processes: { web: { port: 80, route: { host: "desk.example.com", only: ["/a", "/b"], closed: undefined } } },
  },
});
const planOf = (apps: object, edge: object = {}): Promise<Plan> => {
  const config = { ...smallConfig(), [layerKey("apps")]: apps } as any;
  Object.assign(config[layerKey("edge")], edge);
  return plan(config, { preview: false });
};
const containerOf = (from: Plan, name: string) =>
  from.named("kubernetes:apps/v1:Deployment", `${name}-deployment`).inputs.spec.template.spec.containers[0];

test("an app knows public addresses, its own among them, and opens no way to them", async () => {
  const update = await planOf(pair(), { httpsPort: 8443 });
  const { env } = containerOf(update, "shop-worker");
  const known = (name: string) => called(env, name)?.value;
  assert.equal(known("SHOP_WEB_PUBLIC_URL"), "https://shop.example.com:8443");
  assert.equal(known("SHOP_WEB_PUBLIC_HOST"), "shop.example.com");
  assert.equal(known("DESK_PUBLIC_URL"), "https://desk.example.com:8443");
  assert.deepEqual(update.outputs.urls, {
    "shop/web": "https://shop.example.com:8443/",
    "shop/live": "wss://shop.example.com:8443/live",
    desk: "https://desk.example.com:8443/",
  });
  assert.deepEqual([known("DESK_PGSCHEMA"), known("DESK_PGROLE")], ["desk", "desk_app"]);
  const job = update.of("kubernetes:core/v1:ConfigMap").find(({ name }) => /^shop-release-.*-variables$/.test(name))!;
  assert.equal(job.inputs.data.DESK_PGROLE, "desk_app");
  const policies = update.of("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ inputs }) => inputs.spec);
  const fromShop = policies.filter(({ podSelector }: any) => /"shop"/.test(JSON.stringify(podSelector)));
  assert.doesNotMatch(JSON.stringify(fromShop.map(({ egress }: any) => egress)), /"desk"/);
});

test("the private key is a file of those who sign, the public keys are one of those who judge", async () => {
  const update = await planOf(pair());
  const [web, worker, desk] = ["shop-web", "shop-worker", "desk-web"].map((name) => containerOf(update, name));
  assert.equal(called(web.env, "VOUCHER_KEY_FILE").value, "/run/secrets/own/VOUCHER_KEY_FILE/value");
  assert.equal(called(worker.env, "VOUCHER_KEY_FILE"), undefined);
  assert.equal(called(desk.env, "VOUCHER_PUBLIC_KEYS_FILE").value, "/run/secrets/keys/VOUCHER/keys.pem");
  const mounted = ({ volumeMounts }: any) => volumeMounts.map(({ mountPath }: any) => mountPath);
  assert.ok(mounted(web).includes("/run/secrets/own/VOUCHER_KEY_FILE"));
  assert.ok(mounted(desk).includes("/run/secrets/keys/VOUCHER"));
  assert.ok(!mounted(worker).some((path: string) => /VOUCHER/.test(path)));
  assert.ok(!mounted(desk).includes("/run/secrets/own/VOUCHER_KEY_FILE"));
});

test("while a key is replaced whoever judges accepts the old and the new one", async () => {
  const accepted = async (generation: number) => {
    const apps = pair();
    apps.shop.keys.VOUCHER.generation = generation;
    const update = await planOf(apps);
    const named = (text: string) => [...text.matchAll(/-----BEGIN \w+ KEY-----\n(.*)\n/g)].map(([, name]) => name!);
    const { data } = update.named("kubernetes:core/v1:ConfigMap", "shop-keys-voucher-public").inputs;
    return named(data["keys.pem"]);
  };
  const [one, two, four] = [await accepted(1), await accepted(2), await accepted(4)];
  assert.deepEqual([one.length, two.length], [2, 3]);
  assert.ok(one.every((key) => two.includes(key)));
  assert.ok(!four.includes(one[0]!), "a key that leaked is refused after the second raise");
});

test("what is not there is told with what to do", () => {
  const cases: [change: (shop: any, apps: any) => void, told: string][] = [
    [
      (shop) => (shop.uses.addresses = ["shop"]),
      'apps.shop.uses.addresses[0]: "shop" has several public addresses; use one of shop/web, shop/live',
    ],
    [
      (shop) => (shop.uses.addresses = ["shop/worker"]),
      'apps.shop.uses.addresses[0]: "shop/worker" has no public address; use one of shop/web, shop/live',
    ],
    [
      (_shop, apps) => delete apps.desk.processes.web.route,
      'apps.shop.uses.addresses[1]: "desk" has no public address; give one of its processes a route',
    ],
    [
      (shop) => (shop.uses.addresses = ["https://x"]),
      'apps.shop.uses.addresses[0]: "https://x" is not an app; write its name, e.g. "shop", or with its process "shop/web"',
    ],
    [
      (shop) => (shop.uses.addresses = ["desk", "desk"]),
      'apps.shop.uses.addresses[1]: "desk" is there twice; keep one',
    ],
    [
      (_shop, apps) => (apps.desk.uses.postgres = false),
      'apps.shop.uses.schemas[0]: "desk" has nothing in Postgres; set apps.desk.uses.postgres',
    ],
    [
      (_shop, apps) => (apps.desk.uses.keys = ["shop/VOUCHERS"]),
      'apps.desk.uses.keys[0]: "shop/VOUCHERS" is no key of an app; did you mean shop/VOUCHER?',
    ],
    [
      (_shop, apps) => (apps.desk.uses.keys = ["VOUCHER"]),
      'apps.desk.uses.keys[0]: "VOUCHER" is no key of an app; write its app and its name, e.g. "shop/TOKEN"',
    ],
    [
      (_shop, apps) => (apps.desk.env = { VOUCHER_PUBLIC_KEYS_FILE: "/x" }),
      'apps.desk.env.VOUCHER_PUBLIC_KEYS_FILE: is set by uses.keys ("shop/VOUCHER"); remove it or use another name',
    ],
    [
      (shop) => (shop.env = { VOUCHER_KEY_FILE: "/x" }),
      'apps.shop.keys.VOUCHER: "VOUCHER_KEY_FILE" is also in env; keep one',
    ],
    [
      (shop) => (shop.keys.VOUCHER.for = []),
      "apps.shop.keys.VOUCHER.for: is empty, so nobody would get it; name processes, or remove the key",
    ],
    [
      (shop) => (shop.keys["A-B"] = {}),
      'apps.shop.keys.A-B: is not a variable name; use letters, digits and "_", not starting with a digit',
    ],
    [
      (_shop, apps) => (apps.desk.processes.web.route.closed = ["/c"]),
      "apps.desk.processes.web.route.closed: has no use beside only, which names all that is public; remove it",
    ],
    [
      (_shop, apps) => (apps.desk.processes.web.route.only = []),
      "apps.desk.processes.web.route.only: is empty; name the public paths, or remove the key",
    ],
    [
      (shop) => (shop.processes.live.route.pingSeconds = 3600),
      "edge.websocketIdleSeconds: 3600 is not above the 3600 seconds between the pings of a shop client; use 7200 or more",
    ],
    [
      (shop) => (shop.processes.worker.name = "shop-web"),
      'apps.shop.processes.worker.name: "shop-web" is what the Deployment of apps.shop.processes.web is called; use another',
    ],
    [(_shop, apps) => (apps.workers = apps.desk), "apps.workers: is the name of a part of the platform; use another"],
  ];
  for (const [change, told] of cases) {
    const apps = pair();
    change(apps.shop, apps);
    const found = problems((raw) => (raw.apps = apps));
    assert.ok(found.includes(told), `${told}\n${found.join("\n")}`);
  }
});
