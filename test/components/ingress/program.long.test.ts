import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { socketPath } from "../../../components/apps/chat/paths";
import { panelParts, panelProbes } from "../../../components/apps/panel/paths";
import { publicAddresses } from "../../../components/apps/publicAddresses";
import { smallConfig } from "../../support/config";
import { plan, repository } from "../../support/plan";
import { layerKey } from "../../support/project";
import { sample as acme } from "../../support/samples/acme";
import { problems } from "../settings/stack";
import { makePair } from "./nginxProcess";

const edge = smallConfig()[layerKey("edge")] as object;

/** `nginx.conf` of the whole program with these settings of the edge. */
async function confOf(changes: object): Promise<string> {
  const from = await plan(smallConfig({ edge: { ...edge, ...changes } }), { preview: false });
  return from.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
}

const hstsOf = (conf: string) => /Strict-Transport-Security "([^"]*)"/.exec(conf)?.[1];

describe("browsers are told to come by HTTPS only", () => {
  const pair = makePair("panel.example.com", ["panel.example.com", "chat.example.com"]);
  const provided = { kind: "provided", certificate: pair.certificate, key: pair.key };

  test("for a year where the certificate is public, and not where they do not trust it", async () => {
    const production = { ...acme(), directory: "production" };
    assert.equal(hstsOf(await confOf({ certificate: production, ...publicHosts })), "max-age=31536000");
    assert.equal(
      hstsOf(await confOf({ certificate: { ...acme(), directory: "https://acme.example.net/" } })),
      "max-age=31536000",
    );
    assert.equal(hstsOf(await confOf({ certificate: { ...acme(), directory: "staging" }, ...publicHosts })), undefined);
    assert.equal(hstsOf(await confOf({})), undefined);
  });

  test("for as long as the settings say, where they do", async () => {
    const certificate = { ...acme(), directory: "production" };
    const of = (hsts: object) => confOf({ certificate, ...publicHosts, hsts }).then(hstsOf);
    assert.equal(await of({ maxAgeSeconds: 0 }), undefined);
    assert.equal(await of({ maxAgeSeconds: 300 }), "max-age=300");
    assert.equal(await of({ includeSubDomains: true, preload: true }), "max-age=31536000; includeSubDomains; preload");
  });

  test("also with a certificate that is given", () => {
    const change = (hsts: object) =>
      problems(
        (raw) =>
          Object.assign(raw.edge, {
            panel: { host: "panel.example.com" },
            chat: { host: "chat.example.com" },
            certificate: provided,
            hsts,
          }),
        { now: new Date(), secretLayers: new Set(["edge"]) },
      );
    assert.deepEqual(change({ preload: true, includeSubDomains: true }), []);
  });
});

/** Hosts that a public authority certifies, and an address that it writes to. */
const publicHosts = { panel: { host: "panel.acme.dev" }, chat: { host: "chat.acme.dev" } };

describe("a NodePort", () => {
  const policyOf = async (clientAddress: object) => {
    const from = await plan(smallConfig({ edge: { ...edge, service: { type: "NodePort" }, clientAddress } }));
    return from.named("kubernetes:core/v1:Service", "edge-service").inputs.spec.externalTrafficPolicy;
  };

  test("keeps the client's address where it is read from the connection", async () => {
    assert.equal(await policyOf({ from: "connection" }), "Local");
  });

  test("is answered by every node where a balancer tells the address", async () => {
    const trustedProxies = ["10.0.0.0/16"];
    for (const from of ["proxyProtocol", "xForwardedFor"])
      assert.equal(await policyOf({ from, trustedProxies }), "Cluster");
  });
});

describe("the chat below the panel's host", () => {
  const folder = join(repository, "apps/panel/src/web");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(folder, file), "utf8"));
  /** Every path that the panel is told to answer, in whatever quotes. */
  const routes = sources.flatMap((text) =>
    [...text.matchAll(/\.(?:get|post|put|patch|delete|head|all)\(\s*["'`](\/[^"'`]*)["'`]/g)].map(([, path]) => path!),
  );

  test("may have no path that is the panel's: the list has the first part of each of its routes, and nothing else", () => {
    const parts = new Set(routes.map((path) => path.split("/")[1]!).filter(Boolean));
    assert.ok(parts.size > 10, String([...parts]));
    assert.deepEqual([...panelParts].sort(), [...parts].sort());
    for (const path of panelProbes) assert.ok(routes.includes(path), path);
    // No route that this test would not see: all are made by these methods.
    for (const text of sources) assert.doesNotMatch(text, /\.route\(|url: *["'`]\//);
  });

  test("is refused at each of them, with an advice that works", () => {
    const at = (path: string) => problems((raw) => (raw.edge.chat = { host: raw.edge.panel.host, path }));
    for (const part of panelParts) {
      for (const path of [`/${part}`, `/${part}/live`]) {
        const [problem, ...more] = at(path);
        assert.deepEqual(more, []);
        assert.match(
          problem!,
          new RegExp(`^edge\\.chat\\.path: "${path}" would hide panel's /${part.replace(".", "\\.")} `),
        );
        assert.deepEqual(at(/e\.g\. "(\/[^"]+)"/.exec(problem!)![1]!), []);
      }
    }
    const [both] = at("/");
    assert.match(both!, /^edge\.chat\.host: .* are both "panel\.localhost"/);
    assert.deepEqual(at(/e\.g\. "(\/[^"]+)"/.exec(both!)![1]!), []);
    for (const path of ["/live", "/chats", "/chat2", "/Chat", "/a/chat"]) assert.deepEqual(at(path), [], path);
    assert.deepEqual(
      problems((raw) => (raw.edge.chat.path = "/chat")),
      [],
      "at a host of its own every path is free",
    );
  });

  test("has one address, which the panel, its page's policy and the outputs share", async () => {
    const chat = { host: "panel.example.com", path: "/live" };
    const address = "wss://panel.example.com:8443/live/socket";
    assert.equal(publicAddresses({ panel: { host: "panel.example.com" }, chat, httpsPort: 8443 })?.chatSocket, address);
    const from = await plan(smallConfig({ edge: { ...edge, chat, httpsPort: 8443 } }), { preview: false });
    const environmentOf = (name: string): { name: string; value?: string }[] =>
      from.named("kubernetes:apps/v1:Deployment", `${name}-deployment`).inputs.spec.template.spec.containers[0].env;
    const value = (deployment: string, name: string) =>
      environmentOf(deployment).find((entry) => entry.name === name)?.value;
    assert.equal(value("panel", "CHAT_URL"), address);
    assert.equal(value("chat", "ALLOWED_ORIGINS"), "https://panel.example.com:8443");
    assert.equal(from.outputs.chatUrl, address);
    const { data } = from.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs;
    assert.match(data["nginx.conf"], /location = \/live\/socket \{/);
    assert.deepEqual(from.outputs.hosts, ["panel.example.com"]);
  });
});

test("what is public of the chat is what the chat upgrades", () => {
  const router = readFileSync(join(repository, "apps/chat/lib/chat/http/router.ex"), "utf8");
  assert.match(router, new RegExp(`path: "${socketPath}", method: "GET"`));
});
