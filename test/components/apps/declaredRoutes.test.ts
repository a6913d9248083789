import assert from "node:assert/strict";
import { test } from "node:test";
import { smallConfig } from "../../support/config";
import { type Plan, plan } from "../../support/plan";
import { layerKey } from "../../support/project";
import { password, routedApps } from "./routedShop";

const config = () => ({ ...smallConfig(), [layerKey("apps")]: routedApps() });
const planned = (given: Record<string, unknown> = config()) =>
  plan(given, { preview: false, secretKeys: [layerKey("apps")] });
const pod = (from: Plan, name: string) =>
  from.named("kubernetes:apps/v1:Deployment", `${name}-deployment`).inputs.spec.template.spec;
const variables = (from: Plan, name: string): Record<string, unknown> =>
  Object.fromEntries(pod(from, name).containers[0].env.map(({ name, value }: any) => [name, value]));
const mounts = (from: Plan, name: string): Record<string, string> =>
  Object.fromEntries(pod(from, name).containers[0].volumeMounts.map(({ name, mountPath }: any) => [name, mountPath]));
const conf = (from: Plan): string =>
  from.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
/** The text of the location with this head, in the secure server of a host. */
function location(text: string, host: string, head: string): string {
  const server = text
    .split(/\n {2}server \{\n/)
    .find((part) => part.includes(` ssl `) && part.includes(`server_name ${host};`))!;
  const found = new RegExp(`\\n {4}location ${head} \\{\\n([^}]*)\\}`).exec(server);
  assert.ok(found, `${host} ${head} in ${server}`);
  return found[1]!;
}

test("each address of a list has its own options, and all hosts are in the certificate", async () => {
  const update = await planned();
  const text = conf(update);
  const page = location(text, "shop.example.com", "/");
  assert.match(page, /proxy_set_header Upgrade \$upgrade;/);
  assert.doesNotMatch(page, /Cookie|allow |auth_basic/);
  const kept = location(text, "www.example.com", "/shop/");
  assert.match(kept, /client_max_body_size 200m;\n *proxy_pass https:\/\/shop-web;/);
  assert.match(kept, /proxy_read_timeout 120s;/);
  assert.doesNotMatch(location(text, "www.example.com", "= /shop"), /return/);
  for (const head of ["/admin/", "= /admin/login", "/admin/login/"]) {
    const admin = location(text, "shop.example.com", head);
    assert.match(admin, /allow 192\.0\.2\.0\/24;\n *deny all;\n *auth_basic "Restricted";/);
    assert.match(admin, /auth_basic_user_file \/run\/secrets\/passwords\/route-[0-9a-f]{10};/);
    assert.match(admin, /proxy_set_header X-Forwarded-Prefix \/admin;/);
  }
  for (const host of ["shop.example.com", "www.example.com", "api.example.com"])
    assert.ok(update.outputs.hosts.includes(host), host);
  // A request waits there until it is whole.
  assert.equal(pod(update, "edge").volumes.find(({ name }: any) => name === "tmp").emptyDir.sizeLimit, "1Gi");
});

test("of passwords only hashes are anywhere, and the same at every update", async () => {
  const first = await planned();
  assert.equal(JSON.stringify(first.registrations).includes(password), false);
  const secret = (from: Plan) => from.named("kubernetes:core/v1:Secret", "edge-passwords").inputs;
  const shown = JSON.stringify(secret(first));
  assert.match(
    shown,
    /ann:\$6\$rounds=1000\$[0-9a-f]{16}\$[\w./]{86}\\nbob@example\.com:\$6\$rounds=1000\$[0-9a-f]{16}\$/,
  );
  const [ann, bob] = [...shown.matchAll(/\$6\$rounds=1000\$([0-9a-f]{16})\$([\w./]{86})/g)];
  assert.notEqual(ann![1], bob![1], "each user has a salt of its own");
  assert.notEqual(ann![2], bob![2]);
  assert.deepEqual(secret(await planned()), secret(first));
  assert.equal(mounts(first, "edge").passwords, "/run/secrets/passwords");
  // Another password is another Secret, which rolls the proxy.
  const changed = config() as any;
  changed[layerKey("apps")].shop.processes.web.route[2].basicAuth.ann = `${password}!`;
  assert.notDeepEqual(secret(await planned(changed)), secret(first));
  const without = await plan(smallConfig(), { preview: false });
  assert.equal(
    without.registrations.some(({ name }) => name === "edge-passwords"),
    false,
  );
  assert.equal("passwords" in mounts(without, "edge"), false);
});

test("a pod that ends TLS has a certificate for its Service, which the proxy and other apps verify", async () => {
  const update = await planned();
  const request = update.named("tls:index/certRequest:CertRequest", "shop-web-tls-request").inputs;
  assert.deepEqual(request.dnsNames.slice(0, 2), ["shop-web", "shop-web.switchboard"]);
  assert.equal(mounts(update, "shop-web").tls, "/run/secrets/tls");
  assert.equal(variables(update, "shop-web").TLS_CERTIFICATE_FILE, "/run/secrets/tls/tls.crt");
  assert.equal(variables(update, "shop-web").TLS_KEY_FILE, "/run/secrets/tls/tls.key");
  assert.equal(pod(update, "shop-web").containers[0].readinessProbe.httpGet.scheme, "HTTPS");
  const text = conf(update);
  const verified = location(text, "shop.example.com", "/");
  assert.match(verified, /proxy_pass https:\/\/shop-web;/);
  assert.match(
    verified,
    /proxy_ssl_name shop-web;\n *proxy_ssl_verify on;\n *proxy_ssl_trusted_certificate \/run\/tls\/shop-web\/ca\.crt;/,
  );
  assert.equal(mounts(update, "edge")["ca-shop-web"], "/run/tls/shop-web");
  const own = location(text, "api.example.com", "/");
  assert.match(own, /proxy_pass https:\/\/shop-api;[^}]*proxy_ssl_name api\.example\.com;/);
  assert.doesNotMatch(own, /proxy_ssl_verify|trusted/);
  const desk = variables(update, "desk-web");
  assert.deepEqual(
    [desk.SHOP_WEB_URL, desk.SHOP_WEB_CA, desk.SHOP_API_URL, desk.SHOP_API_CA],
    ["https://shop-web:8443", "/run/tls/shop-web/ca.crt", "https://shop-api:9443", undefined],
  );
  assert.equal(mounts(update, "desk-web")["ca-shop-web"], "/run/tls/shop-web");
  const job = update.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith("desk-release-"))!;
  const ca = job.inputs.spec.template.spec.volumes.find(({ name }: any) => name === "ca-shop-web");
  assert.equal(
    ca.secret.secretName,
    "shop-web-tls-trusted-current",
    "a renewed authority is no other run of a release",
  );
  assert.ok(job.dependencies.some((urn) => urn.includes("shop-web-tls-trusted")));
  const names = update.registrations.map(({ name }) => name);
  assert.equal(
    names.some((name) => name.startsWith("shop-api-tls")),
    false,
  );
});
