import assert from "node:assert/strict";
import { test } from "node:test";
import { nginxConf } from "../../../components/ingress/nginxConf";
import { panelHost, sampleArgs, sampleLimits } from "./confSample";

const hsts = { maxAgeSeconds: 63072000, includeSubDomains: false, preload: false };
const args = sampleArgs({ hsts, limits: sampleLimits({ login: "5r/m", loginBurst: 5 }) });

/** The text of the server block with this name that ends TLS, found by its braces. */
function secureServer(conf: string, hostname: string): string {
  const blocks = [...conf.matchAll(/^ {2}server \{\n([\s\S]*?)^ {2}\}/gm)].map(([text]) => text);
  const found = blocks.filter((text) => text.includes(`server_name ${hostname};`) && text.includes(" ssl "));
  assert.equal(found.length, 1, `one server that ends TLS for ${hostname}`);
  return found[0]!;
}

test("braces balance and every directive ends", () => {
  const conf = nginxConf(args);
  assert.equal(conf.split("{").length, conf.split("}").length);
  for (const line of conf.split("\n").filter((text) => text.trim())) assert.match(line, /[;{}]$/, line);
});

test("each host goes to its own upstream, and only the chat is upgraded", () => {
  const conf = nginxConf(args);
  assert.match(secureServer(conf, "panel.example.com"), /proxy_pass http:\/\/panel;/);
  assert.doesNotMatch(secureServer(conf, "panel.example.com"), /Upgrade/);
  assert.match(secureServer(conf, "chat.example.com"), /proxy_set_header Upgrade \$upgrade;/);
  assert.match(secureServer(conf, "chat.example.com"), /proxy_read_timeout 3600s;/);
});

test("HTTP goes to HTTPS with the method kept and the public port named; unknown hosts get nothing", () => {
  assert.match(nginxConf(args), /return 308 https:\/\/\$host\$request_uri;/);
  const conf = nginxConf({ ...args, publicHttpsPort: 8443 });
  assert.match(conf, /return 308 https:\/\/\$host:8443\$request_uri;/);
  assert.match(conf, /listen 8080 default_server;\n {4}return 404;/);
  assert.match(conf, /ssl_reject_handshake on;/);
});

test("a certificate that is renewed in its place is read at every handshake, any other at the start", () => {
  assert.match(nginxConf(args), /\n {2}ssl_certificate \/run\/secrets\/tls\/tls\.crt;/);
  const conf = nginxConf({ ...args, certificateRead: "handshake" });
  assert.match(conf, /map \$ssl_server_name \$certificate \{\n {4}default \/run\/secrets\/tls;/);
  assert.match(
    conf,
    /\n {2}ssl_certificate \$certificate\/tls\.crt;\n {2}ssl_certificate_key \$certificate\/tls\.key;/,
  );
});

test("an authority's questions go to who answers for that host, over plain HTTP only; all else is redirected", () => {
  const upstream = { name: "solver", host: "solver", port: 8089 };
  const conf = nginxConf({ ...args, challenges: [{ hostname: panelHost, upstream }] });
  const blocks = [...conf.matchAll(/^ {2}server \{\n([\s\S]*?)^ {2}\}/gm)].map(([text]) => text);
  const asking = blocks.filter((text) => text.includes("acme-challenge"));
  assert.equal(asking.length, 1);
  assert.match(asking[0]!, /listen 8080;\n {4}server_name panel\.example\.com;/);
  assert.match(asking[0]!, /location \/ \{\n {6}return 308 https:\/\/\$host\$request_uri;/);
  const others = blocks.filter((text) => /listen 8080;/.test(text) && /server_name chat\.example\.com;/.test(text));
  assert.equal(others.length, 1, "the other host is redirected as a whole");
  assert.match(conf, /upstream solver \{[\s\S]*?server solver:8089 /);
});

test("log-in attempts are limited, page views are not", () => {
  const conf = nginxConf(args);
  assert.match(conf, /limit_req_zone \$login_attempt zone=login:2m rate=5r\/m;/);
  assert.match(conf, /map \$request_method \$login_attempt \{\n {4}default '';\n {4}POST \$binary_remote_addr;/);
  assert.match(
    secureServer(conf, "panel.example.com"),
    /location = \/login \{\n {6}limit_req zone=login burst=5 nodelay;/,
  );
  assert.doesNotMatch(secureServer(conf, "chat.example.com"), /limit_req /);
});

test("one value decides about the PROXY protocol: what is listened for and who is believed", () => {
  const trustedProxies = ["10.0.0.0/8"];
  const conf = nginxConf({ ...args, clientAddress: { from: "proxyProtocol", trustedProxies } });
  assert.match(conf, /listen 8443 ssl http2 proxy_protocol;/);
  assert.match(conf, /listen 8080 proxy_protocol;/);
  assert.match(conf, /listen 8081;/);
  assert.match(conf, /set_real_ip_from 10\.0\.0\.0\/8;\n {2}real_ip_header proxy_protocol;/);
  const header = nginxConf({ ...args, clientAddress: { from: "xForwardedFor", trustedProxies } });
  assert.match(header, /real_ip_header X-Forwarded-For;/);
  assert.doesNotMatch(header, /proxy_protocol/);
  assert.doesNotMatch(nginxConf(args), /real_ip/);
});

test("the log is JSON with the request id that the apps get, and without the query", () => {
  const conf = nginxConf(args);
  const format = /log_format json escape=json '(.*)';/.exec(conf)?.[1] ?? "";
  const line = JSON.parse(format.replaceAll(/"\$\w+"/g, '"x"').replaceAll(/\$\w+/g, "1")) as Record<string, unknown>;
  assert.equal(line.request_id, "x");
  assert.doesNotMatch(format, /\$request_uri|\$args|\$query_string|\$http_cookie|\$http_authorization/);
  assert.match(conf, /proxy_set_header X-Request-Id \$request_id;/);
});

test("no HSTS header where the age is zero, and only what was asked for where it is not", () => {
  assert.match(nginxConf(args), /Strict-Transport-Security "max-age=63072000" always;/);
  assert.doesNotMatch(nginxConf({ ...args, hsts: { ...args.hsts, maxAgeSeconds: 0 } }), /Strict-Transport-Security/);
});

test("a drain keeps connections for the time that the settings say", () => {
  assert.match(nginxConf({ ...args, drainSeconds: 240 }), /worker_shutdown_timeout 240s;/);
});
