import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createPlainServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { proxyOf } from "../../engine/secureGet";
import { temporaryFolder } from "../../lib/temporary";
import { FakeInternet } from "../support/fakeInternet";
import { repository } from "../support/plan";

const patience = { connect: 2000, answer: 2000, silence: 2000 };
const pages: Record<string, (response: ServerResponse) => void> = {
  "/file": (response) => response.end("the file"),
  "/moved": (response) => response.writeHead(302, { location: "https://files.example/file" }).end(),
  "/relative": (response) => response.writeHead(302, { location: "/file" }).end(),
  "/open": (response) => response.writeHead(302, { location: "http://files.example/file" }).end(),
  "/circle": (response) => response.writeHead(302, { location: "/circle" }).end(),
  "/missing": (response) => response.writeHead(404).end("<html>"),
  "/never": () => {},
  "/stops": (response) => response.writeHead(200, { "content-length": "100" }).write("half"),
  "/cut": (response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => setImmediate(() => response.destroy()));
  },
};
const page = ({ url = "" }: IncomingMessage, response: ServerResponse) => pages[url]!(response);
const internet = new FakeInternet(temporaryFolder("internet"), { "start.example": page, "files.example": page });
before(() => internet.start());
after(() => internet.stop());

interface Asked {
  readonly url: string;
  readonly connect?: number;
  readonly answer?: number;
  readonly silence?: number;
}

/** What another process gets, which trusts the authority of the fake internet: each text, or the error's words. */
async function got(asked: readonly Asked[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const script = `const { secureGet } = require("./engine/secureGet");
    const { bodyOf } = require("./components/registry/http");
    const get = ({ url, ...given }) =>
      secureGet(new URL(url), { patience: { ...${JSON.stringify(patience)}, ...given } })
        .then(bodyOf).then(String, (error) => "error: " + error.message);
    Promise.all(${JSON.stringify(asked)}.map(get)).then((texts) => process.stdout.write(JSON.stringify(texts)));`;
  const { stdout } = await execa(process.execPath, ["--require", "./components/loader.cjs", "-e", script], {
    ...{ cwd: repository, extendEnv: false, env: { PATH: process.env.PATH, ...internet.env, ...env } },
  });
  return JSON.parse(stdout);
}

/** A server that takes connections and says nothing, or says one thing. */
async function mute(context: { after(done: () => void): void }, line = ""): Promise<string> {
  const sockets: Socket[] = [];
  const server = createPlainServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    if (line) socket.end(line);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a file is fetched through the proxy, and where its server sends to", async () => {
  const paths = ["file", "relative", "moved"];
  const texts = await got(paths.map((path) => ({ url: `https://start.example/${path}` })));
  assert.deepEqual(texts, ["the file", "the file", "the file"]);
  assert.ok(internet.asked.includes("files.example:443"));
});

test("what is no file is an error that says who answered what", async () => {
  const urls = ["https://start.example/missing", "https://start.example/circle", "https://start.example/open"];
  assert.deepEqual(await got([...urls, "http://start.example/file"].map((url) => ({ url }))), [
    "error: start.example answered 404",
    "error: start.example sends on and on",
    "error: start.example sends to http://files.example, which is not encrypted",
    "error: start.example sends to http://start.example, which is not encrypted",
  ]);
});

test("a server that is silent, stops or ends in the middle is given up", async () => {
  const texts = await got([
    { url: "https://start.example/never", answer: 300 },
    { url: "https://start.example/stops", silence: 300 },
    { url: "https://start.example/cut" },
  ]);
  assert.deepEqual(texts, [
    "error: start.example does not answer within 0.3 s",
    "error: start.example has stopped sending",
    "error: aborted",
  ]);
});

test("a server whose certificate is another's, or of an unknown authority, is not asked", async () => {
  const before = internet.requests.length;
  const [other] = await got([{ url: "https://other.example/file" }]);
  assert.match(other!, /^error: Hostname\/IP does not match certificate's altnames/);
  const [unknown] = await got([{ url: "https://start.example/file" }], { NODE_EXTRA_CA_CERTS: "" });
  assert.match(unknown!, /^error: .*certificate/);
  assert.equal(internet.requests.length, before);
});

test("a proxy that refuses, is silent or is not there is told from the server", async (context) => {
  const asked = [{ url: "https://start.example/file", answer: 300 }];
  const through = async (HTTPS_PROXY: string) => (await got(asked, { HTTPS_PROXY }))[0]!;
  const silent = await mute(context);
  const refusing = await mute(context, "HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\n\r\n<html>no</html>");
  const proxies = [silent, `http://me:s3cret@${refusing}`, "http://127.0.0.1:1", "socks5://me:s3cret@h"];
  assert.deepEqual(await Promise.all(proxies.map(through)), [
    `error: the proxy ${silent} does not answer within 0.3 s`,
    `error: the proxy ${refusing} answered 403`,
    "error: connect ECONNREFUSED 127.0.0.1:1",
    "error: HTTPS_PROXY names no proxy that speaks HTTP",
  ]);
});

test("a proxy is given the name and password of its address", async () => {
  const seen: (string | undefined)[] = [];
  const proxy = createServer();
  proxy.on("connect", ({ headers }: IncomingMessage, socket: Socket) => {
    seen.push(headers["proxy-authorization"]);
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const at = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const [answer] = await got([{ url: "https://start.example/file" }], { HTTPS_PROXY: `http://me:s%40cret@${at}` });
  proxy.close();
  assert.equal(answer, `error: the proxy ${at} answered 407`);
  assert.deepEqual(seen, [`Basic ${Buffer.from("me:s@cret").toString("base64")}`]);
});

test("without a proxy, what takes the connection and says nothing costs no more than the time for it", async (context) => {
  const host = await mute(context);
  const [answer] = await got([{ url: `https://${host}/file`, connect: 300 }], { HTTPS_PROXY: "" });
  assert.equal(answer, `error: ${host} cannot be reached within 0.3 s`);
});

test("hosts that the environment exempts are asked without the proxy", () => {
  const proxy = (host: string, env: NodeJS.ProcessEnv) => proxyOf(host, env)?.href;
  assert.equal(proxy("a.example", {}), undefined);
  assert.equal(proxy("a.example", { HTTPS_PROXY: "proxy:3128" }), "http://proxy:3128/");
  assert.equal(proxy("a.example", { HTTPS_PROXY: "http://one", https_proxy: "http://two" }), "http://two/");
  for (const exempt of ["*", "example", ".example", "*.example", "b.c, a.example"]) {
    assert.equal(proxy("a.example", { HTTPS_PROXY: "http://one", NO_PROXY: exempt }), undefined, exempt);
  }
  assert.equal(proxy("a.example", { HTTPS_PROXY: "http://one", no_proxy: "ample,b.example" }), "http://one/");
});
