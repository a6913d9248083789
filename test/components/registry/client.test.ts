import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { Registry, RegistryUnreachable } from "../../../components/registry/client";
import { bodyOf } from "../../../components/registry/http";

// The registries of this file are servers on loopback that behave as the documents of each say.
const servers: ReturnType<typeof createServer>[] = [];
after(() => {
  for (const server of servers) server.close();
});
type Handler = (request: IncomingMessage, response: ServerResponse, text: string) => void;
async function serve(handler: Handler): Promise<{ host: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
    handler(request, response, (await bodyOf(request)).toString());
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const env = (logins: Record<string, object>) => ({
  env: { PATH: "", REGISTRY_AUTH_FILE: authFile(logins) },
  home: "/nonexistent",
});
function authFile(auths: Record<string, object>): string {
  const { mkdtempSync, writeFileSync } = require("node:fs") as typeof import("node:fs");
  const folder = mkdtempSync(`${require("node:os").tmpdir()}/auth-`);
  after(() => require("node:fs").rmSync(folder, { recursive: true, force: true }));
  writeFileSync(`${folder}/auth.json`, JSON.stringify({ auths }));
  return `${folder}/auth.json`;
}
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const scopes = ["repository:team/app:pull"];
const get = (registry: Registry, path = "/v2/team/app/manifests/1") =>
  registry.request({ method: "GET", path, scopes });

test("a challenge for a bearer token is answered once, and the token serves the next requests", async () => {
  const place: { host: string; seen: string[] } = await serve((request, response) => {
    const url = new URL(request.url!, "http://x");
    if (url.pathname === "/token") {
      assert.equal(url.searchParams.get("service"), "registry.example");
      assert.deepEqual(url.searchParams.getAll("scope"), scopes);
      assert.equal(request.headers.authorization, basic("me:secret"));
      response.end(JSON.stringify({ token: "t1" }));
    } else if (request.headers.authorization === "Bearer t1") response.end("{}");
    else {
      const challenge = `Bearer realm="http://${place.host}/token",service="registry.example",scope="repository:team/app:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    }
  });
  const registry = new Registry(place.host, place.host, env({ [place.host]: { auth: basic("me:secret").slice(6) } }));
  for (let times = 0; times < 3; times++) assert.equal((await get(registry)).statusCode, 200);
  assert.equal(place.seen.filter((line) => line.includes("/token")).length, 1);
});

test("an identity token is exchanged by OAuth2, and never sent anywhere else", async () => {
  const place: { host: string; seen: string[] } = await serve((request, response, text) => {
    if (request.url === "/oauth2/token") {
      const form = new URLSearchParams(text);
      assert.deepEqual(
        [request.method, form.get("grant_type"), form.get("refresh_token"), form.get("scope")],
        ["POST", "refresh_token", "refresh", scopes[0]],
      );
      response.end(JSON.stringify({ access_token: "access" }));
    } else if (request.headers.authorization === "Bearer access") response.end("{}");
    else
      response
        .writeHead(401, { "www-authenticate": `Bearer realm="http://${place.host}/oauth2/token",service="s"` })
        .end();
  });
  const registry = new Registry(place.host, place.host, env({ [place.host]: { identitytoken: "refresh" } }));
  assert.equal((await get(registry)).statusCode, 200);
  assert.ok(!place.seen.some((line) => line.includes("refresh ")));
});

test("Amazon's registry asks for Basic and gets its token as a password", async () => {
  const name = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const place = await serve((request, response) => {
    if (request.headers.authorization === basic("AWS:amazon-token")) response.end("{}");
    else
      response
        .writeHead(401, {
          "www-authenticate":
            'Basic realm="https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com"',
        })
        .end();
  });
  const registry = new Registry(name, place.host, env({ [name]: { username: "AWS", password: "amazon-token" } }));
  assert.equal((await get(registry)).statusCode, 200);
});

test("a token that has ended is renewed once", async () => {
  let current = 0;
  const place: { host: string; seen: string[] } = await serve((request, response) => {
    if (request.url?.startsWith("/token")) response.end(JSON.stringify({ token: `t${++current}` }));
    else if (request.headers.authorization === `Bearer t${current}` && current > 0) response.end("{}");
    else response.writeHead(401, { "www-authenticate": `Bearer realm="http://${place.host}/token"` }).end();
  });
  const registry = new Registry(place.host, place.host, env({}));
  assert.equal((await get(registry)).statusCode, 200);
  current++;
  assert.equal((await get(registry)).statusCode, 200);
  assert.equal(current, 3);
});

test("a blob that lies elsewhere is fetched there without the registry's login", async () => {
  const store = await serve((_, response) => response.end("content"));
  const place = await serve((request, response) => {
    if (request.headers.authorization) response.writeHead(307, { location: `http://${store.host}/blob?signed` }).end();
    else response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
  });
  const registry = new Registry(place.host, place.host, env({ [place.host]: { username: "me", password: "secret" } }));
  const answer = await get(registry, "/v2/team/app/blobs/sha256:0");
  assert.equal((await bodyOf(answer)).toString(), "content");
  assert.deepEqual(store.seen, ["GET /blob?signed -"]);
});

test("a login goes to nobody over plain HTTP beyond this machine", async () => {
  const place = await serve((_, response) => {
    response.writeHead(401, { "www-authenticate": 'Bearer realm="http://tokens.example/token"' }).end();
  });
  const registry = new Registry(place.host, place.host, env({ [place.host]: { username: "me", password: "secret" } }));
  await assert.rejects(get(registry), { message: `${place.host}: it asks for the login without TLS` });
});

const silences: readonly [name: string, handler: Handler, reason: RegExp][] = [
  [
    "no login for it",
    (_, response) => response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end(),
    /there is none for it on this machine/,
  ],
  [
    "an unknown kind of login",
    (_, response) => response.writeHead(401, { "www-authenticate": "Negotiate" }).end(),
    /of a kind that is not known here/,
  ],
  ["a server in trouble", (_, response) => response.writeHead(503).end(), /HTTP 503/],
  ["too many requests", (_, response) => response.writeHead(429).end(), /HTTP 429/],
];
for (const [name, handler, reason] of silences) {
  test(`${name}: that is no answer about the image`, async () => {
    const place = await serve(handler);
    await assert.rejects(get(new Registry(place.host, place.host, env({}))), (error: unknown) => {
      assert.ok(error instanceof RegistryUnreachable);
      assert.match(error.reason, reason);
      return true;
    });
  });
}

test("a refused login is told without the password", async () => {
  const place = await serve((_, response) => response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end());
  const registry = new Registry(place.host, place.host, env({ [place.host]: { username: "me", password: "wrong" } }));
  await assert.rejects(get(registry), { message: `${place.host}: the login was refused` });
});
