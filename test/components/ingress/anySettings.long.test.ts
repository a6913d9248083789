import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { smallConfig } from "../../support/config";
import { plan } from "../../support/plan";
import { layerKey } from "../../support/project";
import { sample as acme } from "../../support/samples/acme";
import { problems } from "../settings/stack";
import { makePair, NginxProcess } from "./nginxProcess";

const nginx = new NginxProcess();
before(() => nginx.secret.write(makePair("any", ["example.com"])));
after(() => nginx.stop());

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const host = fc
  .array(label, { minLength: 1, maxLength: 5 })
  .map((labels) => `${labels.join(".").slice(0, 240)}.example`.replace(/[-.]+\.example$/, "x.example"));
const path = fc.oneof(
  fc.constant("/"),
  fc
    .array(fc.stringMatching(/^[A-Za-z0-9._~-]{1,30}$/), { minLength: 1, maxLength: 6 })
    .map((parts) => `/${parts.join("/")}`),
);
const number = (min: number, max: number) => fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
// Those of the most gibibytes that NGINX counts, and one more, are found by nobody who draws.
const digits = fc.oneof(fc.stringMatching(/^[1-9][0-9]{0,24}$/), fc.constantFrom("8589934591", "8589934592"));
const network = fc.oneof(
  fc.tuple(fc.ipV4(), number(1, 32)).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(fc.ipV6(), number(1, 128)).map(([address, bits]) => `${address}/${bits}`),
  fc.constantFrom(
    "fe80::%eth0/64",
    "0:0:0:0:0:0:0::/1",
    "10.0.0.0/08",
    "10.0.0.0/8",
    "2001:db8::/32",
    "::ffff:10.0.0.0/104",
  ),
);

/** What a person may write into `edge`; much of it is refused by the settings, and the rest NGINX must take. */
const anyEdge = fc.record({
  panel: fc.record({ host }),
  chat: fc.record({ host: fc.option(host, { nil: undefined }), path }),
  certificate: fc.constantFrom<object>(
    { kind: "selfSigned" },
    { ...acme(), directory: "https://acme.example.net/directory" },
  ),
  httpsPort: number(1, 65_535),
  limits: fc.record({
    login: fc
      .tuple(fc.oneof(digits, fc.constant("2")), fc.constantFrom("s", "m"))
      .map(([count, unit]) => `${count}r/${unit}`),
    loginBurst: number(0, 1000),
    requestsPerAddress: number(1, 100_000),
    socketsPerAddress: number(1, 100_000),
    bodySize: fc
      .tuple(fc.oneof(digits, fc.constant("64")), fc.constantFrom("k", "m", "g"))
      .map((parts) => parts.join("")),
    requestHeaders: fc.constantFrom("1k", "4k", "8k", "16k", "32k", "64k", "1m"),
    responseHeaders: fc.constantFrom("1k", "4k", "8k", "16k", "32k", "64k", "1m"),
  }),
  clientAddress: fc.record({
    from: fc.constantFrom("connection", "proxyProtocol", "xForwardedFor"),
    trustedProxies: fc.array(network, { maxLength: 20 }),
  }),
  websocketIdleSeconds: number(50, 86_400),
  drainSeconds: number(1, 600),
  hsts: fc.record({ includeSubDomains: fc.boolean() }),
});

/** Takes out of the settings what is refused, key by key, until the rest is allowed. */
function allowed(edge: Record<string, any>): Record<string, any> {
  for (let tries = 0; tries < 20; tries++) {
    const found = problems((raw) => Object.assign(raw.edge, edge)).filter((problem) => problem.startsWith("edge."));
    if (found.length === 0) return edge;
    // A problem that no deletion mends is about both ports.
    if (tries > 10) delete edge.httpsPort;
    for (const problem of found) {
      const keys = /^edge\.([\w.]+)/.exec(problem)![1]!.split(".");
      const parent = keys.slice(0, -1).reduce((here, key) => here?.[key], edge as any);
      if (parent && keys.at(-1)! in parent) delete parent[keys.at(-1)!];
      else delete edge[keys[0]!];
    }
  }
  throw new Error(`what is refused does not end: ${JSON.stringify(edge)}`);
}

/** Each is a run of the whole program. */
const runs = 30;

test("whatever the settings take, NGINX takes too, and without a warning", async () => {
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(anyEdge, async (given) => {
      const one = structuredClone(given);
      // Without a host of its own the chat is at the panel's.
      const edge = allowed({ ...one, chat: { path: one.chat.path, host: one.chat.host ?? one.panel.host } });
      const base = smallConfig()[layerKey("edge")] as object;
      const config = smallConfig({ edge: { ...base, ...edge } });
      const from = await plan(config, { preview: false });
      const { data } = from.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs;
      assert.equal(await nginx.complaints(data["nginx.conf"]), "", JSON.stringify(edge));
      judged++;
    }),
    // Making a failure smaller takes many more runs; the message has the settings that failed.
    { numRuns: runs, endOnFailure: true },
  );
  assert.equal(judged, runs);
});
