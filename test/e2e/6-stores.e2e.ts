/** Stores that somebody else runs, and what of an app outlives its pods, on real servers and the local nodes. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseDocument } from "yaml";
import { addressPlan, nodePlans } from "../../sandbox/nodes/layout";
import { repository } from "../support/plan";
import "./support/needsSystem";
import { Visitor } from "./support/client";
import { Example } from "./support/example";
import { companyObjects, StoresOfOthers } from "./support/storesOfOthers";
import { apply, eventually, get, kubectl, npmRun } from "./support/system";

const fixtures = join(repository, "test/e2e/fixtures/stores");
const source = join(fixtures, "Pulumi.stores.yaml");
const copy = join(repository, "Pulumi.stores.yaml");
const stack = new Example("stores");
const origins = { shop: "https://shop.localhost:8449", stock: "https://stock.localhost:8449" };
const [postgres, apps] = ["switchboard:postgres", "switchboard:apps"];
const server = readFileSync(join(fixtures, "server.cjs"), "utf8");
const office = "a password of the office";
const passwords = {
  administrator: "of-the-administrator",
  redis: "of-the-shop-in-redis",
  shop: "of-the-shop",
  owner: "of-its-release",
  stock: "of-the-stock",
};
let stores: StoresOfOthers;
let authority: string;
/** The claim before it may grow. */
let claimBefore: any;

before(async () => {
  copyFileSync(source, copy);
  await takeDownWhatIsLeft();
  copyFileSync(source, copy);
  const { items } = await get("nodes");
  const [address] = items.flatMap(({ status }: any) => status.addresses).map((one: any) => one.address as string);
  const plan = addressPlan(address.split(".").slice(0, 2).join("."));
  stores = await StoresOfOthers.start(plan, nodePlans(plan, items.length), [
    `user shop_of_acme on >${passwords.redis} ~shop:* &shop:* +@all -@admin -flushall -flushdb -swapdb`,
  ]);
  await stores.sql(`CREATE ROLE switchboard LOGIN CREATEROLE CREATEDB PASSWORD '${passwords.administrator}'`);
  for (const layer of ["postgres", "redis"]) set([`switchboard:${layer}`, "tls", "authority"], stores.authority);
  editions("first edition");
  await setSecrets({
    [`${postgres}.administrator.password`]: passwords.administrator,
    "switchboard:redis.users.shop.password": passwords.redis,
    [`${apps}.shop.processes.web.route[1].basicAuth.ada`]: office,
  });
  for (const object of companyObjects()) await apply(object);
});
after(async () => {
  await takeDownWhatIsLeft();
  await stores?.end();
});

test("the first up makes the roles on the server, and waits for a Secret that somebody else makes", async () => {
  const running = stack.up();
  await eventually("a pod waits for the Secret", 120, async () => {
    const pods = JSON.parse(await stack.kubectl("get", "pods", "--selector=app.kubernetes.io/name=shop", "-o=json"));
    return /secret \\?"stamp-of-others\\?" not found/.test(JSON.stringify(pods)) ? true : undefined;
  });
  await apply({
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "stamp-of-others", namespace: "stores" } },
    stringData: { value: "made beforehand" },
  });
  const { exitCode, output } = await running;
  assert.equal(exitCode, 0, output);
  ({ authority } = await stack.address("shop"));
  assert.deepEqual(await ask("/"), { edition: "first edition", stamp: "made beforehand" });
  assert.deepEqual(
    await stores.sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'acme%' AND rolcanlogin ORDER BY 1"),
    ["acme_shop_g1", "acme_shop_owner_g1", "acme_stock_g1", "acme_stock_owner_g1"],
  );
  const status = await stack.switchboard("status");
  assert.equal(status.exitCode, 0, status.stdout + status.stderr);
});

test("the app reads and writes through PgBouncer and in Redis, as itself and no more", async () => {
  assert.equal(await ask("/entries", "one"), 1);
  assert.equal(await ask("/entries", "two"), 2);
  assert.deepEqual(await ask("/entries"), { entries: ["one", "two"], written: "2" });
  assert.deepEqual(await stores.sql("SELECT text FROM acme_shop.entries ORDER BY id", "acme"), ["one", "two"]);
  assert.deepEqual(await stores.redis("KEYS", "*"), ["shop:written"]);
  const [table, key] = await ask("/forbidden");
  assert.match(table, /permission denied for schema acme_shop/);
  assert.match(key, /NOPERM/);
});

test("each log-in comes by TLS from where it should: the pooled app from the pooler, the direct one from its own pod", async () => {
  await Promise.all([ask("/entries"), ask("/sessions", undefined, "stock")]);
  assert.deepEqual(await ask("/sessions", undefined, "stock"), ["prepared", "prepared"]);
  const seen = await stores.sql(
    "SELECT DISTINCT usename || ' ' || host(client_addr) || ' ' || ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = 'acme' AND usename = 'acme_shop_g1'",
  );
  assert.deepEqual(seen, [`acme_shop_g1 ${await podAddress("postgres", "pooler")} true`]);
  const sessions = await ask("/sessions");
  assert.ok(sessions.includes('prepared statement "price" already exists'), `clients share a session: ${sessions}`);
});

test("an address asks for a password, or lets some networks in only", async () => {
  const visitor = new Visitor(origins.shop, authority);
  const basic = (password: string) => ({
    headers: { authorization: `Basic ${Buffer.from(`ada:${password}`).toString("base64")}` },
  });
  assert.equal((await visitor.send("/office/")).status, 401);
  assert.equal((await visitor.send("/office/", basic("another password"))).status, 401);
  const answer = await visitor.send("/office/", basic(office));
  assert.equal(answer.status, 200);
  assert.match(answer.body, /first edition/);
  assert.equal((await visitor.send("/elsewhere/")).status, 403);
});

test("a volume that may not grow is told before anything changes", async () => {
  await ask("/shelf", "written before the release");
  set([apps, "shop", "volumes", "shelf", "storage"], "96Mi");
  const { exitCode, output } = await stack.up();
  assert.notEqual(exitCode, 0);
  assert.match(output, /apps\.shop\.volumes\.shelf\.storage: the claim shop-shelf cannot grow from 64Mi to 96Mi/);
  assert.equal(await ask("/shelf"), "written before the release");
  await kubectl("patch", "storageclass", "disks", "--patch", '{"allowVolumeExpansion":true}');
  claimBefore = await claim();
});

test("with roles that others made, up stops where a right is missing and says what the server's owner runs", async () => {
  for (const statement of [
    `CREATE ROLE shop_rw LOGIN PASSWORD '${passwords.shop}'`,
    `CREATE ROLE shop_ddl LOGIN PASSWORD '${passwords.owner}'`,
    `CREATE ROLE stock_all LOGIN PASSWORD '${passwords.stock}'`,
    "CREATE DATABASE given TEMPLATE template0",
  ])
    await stores.sql(statement);
  await stores.sql("CREATE SCHEMA goods AUTHORIZATION shop_ddl", "given");
  for (const key of ["administrator", "rolePrefix"]) set([postgres, key], undefined);
  set([postgres, "database"], "given");
  set([postgres, "roles"], {
    shop: { user: "shop_rw", owner: { user: "shop_ddl" }, schema: "goods" },
    stock: { user: "stock_all" },
  });
  await setSecrets({
    [`${postgres}.roles.shop.password`]: passwords.shop,
    [`${postgres}.roles.shop.owner.password`]: passwords.owner,
    [`${postgres}.roles.stock.password`]: passwords.stock,
  });
  editions("second edition");
  const stopped = await stack.up();
  assert.notEqual(stopped.exitCode, 0);
  const statement = /On the server: (CREATE SCHEMA "\w+" AUTHORIZATION "\w+")/.exec(stopped.output)?.[1];
  assert.ok(statement, stopped.output);
  assert.deepEqual((await ask("/entries")).entries, ["one", "two"], "what runs goes on as before");
  await stores.sql(statement, "given");
  const { exitCode, output } = await stack.up();
  assert.equal(exitCode, 0, output);
  await ask("/entries", "three");
  assert.deepEqual(await ask("/entries"), { entries: ["three"], written: "3" });
  assert.deepEqual(await stores.sql("SELECT text FROM goods.entries", "given"), ["three"]);
  assert.match((await ask("/forbidden"))[0], /permission denied for schema goods/);
  assert.deepEqual(await ask("/sessions", undefined, "stock"), ["prepared", "prepared"]);
});

test("that release has the file of before, and the larger volume that the class now allows", async () => {
  assert.equal((await ask("/")).edition, "second edition");
  assert.equal(await ask("/shelf"), "written before the release");
  const grown = await claim();
  assert.equal(grown.metadata.uid, claimBefore.metadata.uid);
  assert.equal(claimBefore.spec.resources.requests.storage, "64Mi");
  assert.equal(grown.spec.resources.requests.storage, "96Mi");
});

test("destroy leaves the servers as they are: roles, rows and keys", async () => {
  const roles = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1";
  const [before, users] = [await stores.sql(roles), await stores.redis("ACL", "LIST")];
  const { exitCode, output } = await stack.destroy();
  assert.equal(exitCode, 0, output);
  await assert.rejects(stack.kubectl("get", "namespace", "stores"), /not found/i);
  assert.deepEqual(await stores.sql(roles), before);
  assert.deepEqual(await stores.sql("SELECT text FROM acme_shop.entries ORDER BY id", "acme"), ["one", "two"]);
  assert.deepEqual(await stores.sql("SELECT text FROM goods.entries", "given"), ["three"]);
  assert.deepEqual(await stores.redis("ACL", "LIST"), users);
  assert.deepEqual(await stores.redis("GET", "shop:written"), ["3"]);
});

/** What an app answers, to a text that it is sent or to none. */
async function ask(path: string, text?: string, app: keyof typeof origins = "shop"): Promise<any> {
  const visitor = new Visitor(origins[app], authority);
  const { status, body } = await visitor.send(path, text === undefined ? {} : { text });
  assert.equal(status, 200, `${path}: ${body}`);
  return JSON.parse(body);
}

async function podAddress(name: string, component: string): Promise<string> {
  const selector = `--selector=app.kubernetes.io/name=${name},app.kubernetes.io/component=${component}`;
  const { items } = JSON.parse(await stack.kubectl("get", "pods", selector, "--output=json"));
  assert.equal(items.length, 1);
  return items[0].status.podIP;
}

async function claim(): Promise<any> {
  return JSON.parse(await stack.kubectl("get", "pvc", "shop-shelf", "--output=json"));
}

/** Changes a setting as a person would with an editor; undefined takes it out. */
function set(path: readonly string[], value: unknown): void {
  const document = parseDocument(readFileSync(copy, "utf8"));
  if (value === undefined) document.deleteIn(["config", ...path]);
  else document.setIn(["config", ...path], document.createNode(value));
  writeFileSync(copy, document.toString());
}

/** Gives both apps the program, of an edition. */
function editions(edition: string): void {
  const text = server.replace("first edition", edition);
  for (const app of ["shop", "stock"]) set([apps, app, "files"], { "/etc/shop/server.cjs": { text } });
}

async function setSecrets(values: Readonly<Record<string, string>>): Promise<void> {
  const words = Object.entries(values).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
  const { exitCode, output } = await npmRun("pulumi", ["stores", "config", "set-all", "--path", ...words]);
  assert.equal(exitCode, 0, output);
}

/** Takes down the stack, which a run that was killed may have left, and what was made beside it. */
async function takeDownWhatIsLeft(): Promise<void> {
  if (existsSync(copy)) {
    const { output } = await npmRun("pulumi", ["stores", "stack", "export"]);
    if (/"kubernetes:/.test(output)) {
      await npmRun("pulumi", ["stores", "cancel", "--yes"]);
      const { exitCode } = await stack.destroy();
      assert.equal(exitCode, 0, "what a run that was killed has left is taken down");
    }
  }
  for (const [kind, name] of companyObjects().map(({ kind, metadata }) => [kind, metadata.name] as const))
    if (kind !== "Service" && kind !== "EndpointSlice") await kubectl("delete", kind, name, "--ignore-not-found");
  stack.forget();
}
