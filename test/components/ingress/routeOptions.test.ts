import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type { NginxConfArgs, ServerRoute } from "../../../components/ingress/nginxConf";
import { sha512Crypt } from "../../../components/ingress/sha512Crypt";
import { panelRoute, sampleArgs } from "./confSample";
import { FrontDoor } from "./frontDoor";
import { makePair } from "./nginxProcess";

const host = "shop.example.com";
/** A route to the server that the front door calls the panel. */
const shop = (changes: Partial<ServerRoute>): ServerRoute => ({
  hostname: host,
  path: "/",
  websocket: false,
  upstream: panelRoute.upstream,
  ...changes,
});
const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

/** A folder that NGINX may read, as the mounted Secret is. Not below /tmp, which stands for the pod's own. */
function folder(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync("/var/tmp/switchboard-routes-");
  chmodSync(made, 0o755);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return made;
}

describe("addresses and passwords", () => {
  const password = "correct horse battery stäple";
  const files = folder({
    shop: `ann:${sha512Crypt(password, "0123456789abcdef")}\nbob:${sha512Crypt("b".repeat(200), "x")}\n`,
  });
  const door = new FrontDoor();
  before(() =>
    door.open(
      sampleArgs({
        clientAddress: { from: "xForwardedFor", trustedProxies: ["127.0.0.0/8"] },
        routes: [
          shop({}),
          shop({ path: "/office", allow: ["192.0.2.0/24", "2001:db8::/32"], limitedPath: "/login" }),
          shop({ path: "/team", passwordFile: join(files, "shop"), limitedPath: "/login" }),
          shop({ path: "/both", allow: ["192.0.2.0/24"], passwordFile: join(files, "shop") }),
        ],
      }),
    ),
  );
  after(async () => {
    await door.close();
    rmSync(files, { recursive: true });
  });
  beforeEach(() => void door.panel.paths());

  const status = async (path: string, headers = {}, method = "GET") =>
    (await door.ask(host, path, { method, headers })).status;
  const from = (address: string) => ({ "X-Forwarded-For": address });

  test("only the networks that are named are let in, everywhere below the path", async () => {
    for (const address of ["192.0.2.7", "2001:db8::1"]) {
      for (const path of ["/office/", "/office/login", "/office/login/2", "/office/a"])
        assert.equal(await status(path, from(address)), 200, path);
    }
    door.panel.paths();
    for (const address of ["192.0.3.7", "2001:db9::1", "127.0.0.1"]) {
      for (const path of ["/office/", "/office/login", "/office/login/2", "/x/../office/a", "/%6fffice/a", "//office/"])
        for (const method of ["GET", "POST"]) assert.equal(await status(path, from(address), method), 403, path);
    }
    assert.deepEqual(door.panel.paths(), [], "nothing of it has reached the app");
    assert.equal(await status("/", from("192.0.3.7")), 200, "another path of the host is open");
  });

  test("a user and a password are asked for, and the app sees nothing of them", async () => {
    const { headers } = await door.ask(host, "/team/");
    assert.equal(headers["www-authenticate"], 'Basic realm="Restricted"');
    for (const path of ["/team/", "/team/login", "/team/login/2", "/%74eam/x", "/a/../team/x"]) {
      assert.equal(await status(path), 401, path);
      assert.equal(await status(path, basic("ann", `${password}r`)), 401, path);
      assert.equal(await status(path, basic("eve", password)), 401, path);
      assert.equal(await status(path, { Authorization: "Bearer x" }), 401, path);
    }
    assert.deepEqual(door.panel.paths(), []);
    for (const pair of [basic("ann", password), basic("bob", "b".repeat(200))]) {
      assert.equal(await status("/team/login", pair, "POST"), 200);
      assert.equal(door.panel.arrived.at(-1)!.headers.authorization, undefined);
    }
    // A route without passwords leaves the header to the app.
    await door.ask(host, "/", { headers: { Authorization: "Bearer x" } });
    assert.equal(door.panel.arrived.at(-1)!.headers.authorization, "Bearer x");
  });

  test("where both are asked for, one of them is not enough", async () => {
    const pair = basic("ann", password);
    assert.equal(await status("/both/", { ...pair, ...from("192.0.2.7") }), 200);
    assert.equal(await status("/both/", { ...pair, ...from("192.0.3.7") }), 403);
    assert.equal(await status("/both/", from("192.0.2.7")), 401);
  });

  test("the log has no password", () => {
    assert.match(door.nginx.accessLog, /"path":"\/team\/"/);
    assert.doesNotMatch(door.nginx.accessLog, /Basic|horse|\$6\$/);
  });

  test("passwords are hashed as crypt does it", () => {
    const script = 'print crypt($ARGV[0], "\\$6\\$rounds=1000\\$$ARGV[1]\\$")';
    for (const text of ["a", password, "x".repeat(63), "x".repeat(64), "x".repeat(65), "y".repeat(256)])
      for (const salt of ["ab", "0123456789abcdef"])
        assert.equal(sha512Crypt(text, salt), execFileSync("perl", ["-e", script, text, salt], { encoding: "utf8" }));
  });
});

describe("paths and sockets", () => {
  const door = new FrontDoor();
  before(() =>
    door.open(
      sampleArgs({
        routes: [
          shop({ path: "/kept", keepsPath: true, limitedPath: "/login" }),
          shop({ path: "/taken", limitedPath: "/login" }),
          shop({ path: "/cable", websocket: true }),
          shop({ path: "/", websocket: true, timeoutSeconds: 90 }),
        ],
      }),
    ),
  );
  after(() => door.close());
  beforeEach(() => void door.panel.paths());

  test("the path stays in the request, as the client wrote it, where the app knows it", async () => {
    for (const path of [
      "/kept",
      "/kept?a=1",
      "/kept/",
      "/kept/a%2Fb?c=d",
      "/kept/login",
      "/kept/login/2",
      "/kept/x/../y",
    ]) {
      const method = path.includes("login") ? "POST" : "GET";
      assert.equal((await door.ask(host, path, { method })).status, 200, path);
      assert.deepEqual(door.panel.arrived.at(-1)!.headers["x-forwarded-prefix"], undefined);
      assert.deepEqual(door.panel.paths(), [path]);
    }
    // Of a word that only begins so another route has the request.
    await door.ask(host, "/keptness");
    assert.deepEqual(door.panel.paths(), ["/keptness"]);
  });

  test("an app that does not know its path is told what was taken off", async () => {
    const cases = { "/taken/": "/", "/taken/a": "/a", "/taken/login": "/login", "/taken/login/2": "/login/2" };
    for (const [path, seen] of Object.entries(cases)) {
      await door.ask(host, path, { headers: { "X-Forwarded-Prefix": "/evil" } });
      const { headers } = door.panel.arrived.at(-1)!;
      assert.deepEqual([door.panel.paths(), headers["x-forwarded-prefix"]], [[seen], "/taken"]);
    }
    assert.equal((await door.ask(host, "/taken")).headers.location, `https://${host}/taken/`);
  });

  test("an app with WebSockets and pages has its cookies in both, and room for the headers of a page", async () => {
    const Cookie = "session=1";
    for (const base of ["", "/cable"]) {
      const { status, socket } = await door.upgrade(host, `${base}/socket`, { Cookie });
      assert.equal(status, 101);
      socket.write("hello");
      const [echo] = await once(socket, "data");
      assert.equal(String(echo), "hello");
      socket.destroy();
      assert.equal(door.panel.arrived.at(-1)!.headers.cookie, Cookie);
      door.panel.answer = (_, response) => response.writeHead(200, { "X-Long": "x".repeat(12 * 1024) }).end("page");
      const page = await door.ask(host, `${base}/page`, { headers: { Cookie } });
      assert.deepEqual([page.status, page.headers["x-long"]?.length], [200, 12 * 1024]);
      const { headers } = door.panel.arrived.at(-1)!;
      assert.deepEqual([headers.cookie, headers.upgrade], [Cookie, undefined]);
    }
  });
});

describe("a pod that ends TLS itself", () => {
  const service = "shop-web";
  const right = makePair(service, [service]);
  const other = makePair(service, [service]);
  const elsewhere = makePair("other-web", ["other-web"]);
  const files = folder({ "ca.crt": right.certificate, "elsewhere.crt": elsewhere.certificate });
  after(() => rmSync(files, { recursive: true }));

  const route = (tls: ServerRoute["tls"]): NginxConfArgs =>
    sampleArgs({ routes: [shop({ upstream: { name: service, host: service, port: 8443 }, ...(tls && { tls }) })] });
  const verified = { name: service, authorityFile: join(files, "ca.crt") };
  const cases: [string, { certificate: string; key: string }, ServerRoute["tls"], number][] = [
    ["its certificate is the platform's", right, verified, 200],
    ["its certificate is of another authority", other, verified, 503],
    [
      "its certificate is for another name",
      elsewhere,
      { ...verified, authorityFile: join(files, "elsewhere.crt") },
      503,
    ],
    ["its certificate is its own, which nobody verifies", elsewhere, { name: host }, 200],
  ];
  for (const [what, pair, tls, expected] of cases)
    test(what, async () => {
      const names: unknown[] = [];
      const server = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
        const { servername } = request.socket as { servername?: string };
        names.push(servername);
        response.end(request.url);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const door = new FrontDoor();
      try {
        const { port } = server.address() as AddressInfo;
        await door.open(route(tls), (conf) => conf.replaceAll(`server ${service}:8443 `, `server 127.0.0.1:${port} `));
        const { status, body } = await door.ask(host, "/a?b=c");
        assert.equal(status, expected, door.nginx.said);
        assert.deepEqual([names, expected === 200 ? body : ""], expected === 200 ? [[tls!.name], "/a?b=c"] : [[], ""]);
      } finally {
        await door.close();
        server.close().closeAllConnections();
      }
    });
});
