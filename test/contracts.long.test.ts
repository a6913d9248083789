import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { schemasOf } from "../components/clouds";
import { certificateKinds } from "../components/ingress/settings";
import { temporaryFolder } from "../lib/temporary";
import { clusterOf, sampleOf, smallConfig } from "./support/config";
import { assertBalancerAgrees, contractSuite } from "./support/contractSuite";
import { emptyValues } from "./support/emptyValues";
import { externalPostgres, externalRedis } from "./support/externalStores";
import { type Plan, plan, type Registration } from "./support/plan";
import { layerKey } from "./support/project";

/** Settings of the kinds that need no cloud, as small as they can be; those of the others are in `support/samples`. */
const samples: Readonly<Record<string, () => object>> = {
  existing: () => ({ kind: "existing", context: "switchboard-local" }),
  selfSigned: () => ({ kind: "selfSigned" }),
  provided: providedCertificate,
};
/** Kinds of which there is a Postgres and a Redis. */
const ofBoth: Readonly<Record<string, Readonly<Record<string, () => object>>>> = {
  inCluster: {
    postgres: () => ({ kind: "inCluster", image: "registry.example/postgres:15.4" }),
    redis: () => ({ kind: "inCluster", image: "registry.example/redis:7.0" }),
  },
  external: { postgres: externalPostgres, redis: externalRedis },
};

/** A pair that is made for this run. */
function providedCertificate(): object {
  const folder = temporaryFolder("test");
  const names = "subjectAltName=DNS:panel.example.com,DNS:chat.example.com";
  const key = join(folder, "tls.key");
  const certificate = join(folder, "tls.crt");
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90"],
      ...["-subj", "/CN=panel.example.com", "-addext", names, "-keyout", key, "-out", certificate],
    ],
    { stdio: "ignore" },
  );
  return { kind: "provided", certificate: readFileSync(certificate, "utf8"), key: { file: key } };
}

function settingsOf(layer: string, kind: string): object {
  const both = ofBoth[kind];
  if (both) return both[layer]!();
  const sample = samples[kind];
  if (sample) return sample();
  assert.ok(existsSync(join(__dirname, `support/samples/${kind}.ts`)), `no sample settings for ${layer} kind ${kind}`);
  return sampleOf(kind);
}

function configOf(layer: string, kind: string, change: object = {}): Record<string, unknown> {
  const settings = { ...settingsOf(layer, kind), ...change };
  if (layer === "certificate")
    return smallConfig({ edge: { ...(smallConfig()[layerKey("edge")] as object), certificate: settings } });
  const cloud = clusterOf[kind];
  return smallConfig({ [layer]: settings, ...(cloud ? { cluster: sampleOf(cloud) } : {}) });
}

/**
 * The resources that must be the same whatever they stand on: apps, edge and the policies of both. A Job that has a
 * sidecar is another run, so its hash is left out.
 */
function usualNames({ registrations }: Plan): string[] {
  const usual = /switchboard:apps:|switchboard:edge:Edge|switchboard:policies:/;
  const ofServers = /::(policies|postgres|redis)-(postgres|redis|acme|roles|retire)-/;
  return registrations
    .filter(({ urn }) => usual.test(urn) && !urn.includes("switchboard:data:") && !ofServers.test(urn))
    .map(({ urn }) => urn.replace(/-[0-9a-f]{10}(?=$|-)/g, "-(hash)"));
}

/** Ways to have a kind that give the layers above something else. */
const variants: readonly (readonly [layer: string, kind: string, change: object])[] = [
  ["postgres", "cloudSql", { connection: "authProxy" }],
  ["postgres", "rds", { highAvailability: false, blueGreenUpdates: true }],
  ["redis", "memorystore", { highAvailability: false }],
  ["redis", "elastiCache", { replicas: 0 }],
  ["redis", "external", { tls: {} }],
  ["postgres", "cloudNativePg", { instances: 1 }],
  ["postgres", "cloudNativePg", { pooler: { image: "registry.example/pgbouncer:1.24.1", direct: ["chat"] } }],
  ["postgres", "inCluster", { pooler: { image: "registry.example/pgbouncer:1.24.1", direct: ["chat"] } }],
  [
    "postgres",
    "cloudSql",
    { connection: "authProxy", pooler: { image: "registry.example/pgbouncer:1.24.1", mode: "session" } },
  ],
];

const registries = {
  cluster: schemasOf("cluster"),
  postgres: schemasOf("postgres"),
  redis: schemasOf("redis"),
  certificate: certificateKinds,
};
const all = Object.entries(registries).flatMap(([layer, kinds]) =>
  Object.keys(kinds).map((kind): [string, string, object] => [layer, kind, {}]),
);
for (const [layer, kind, change] of [...all, ...variants]) {
  const way = Object.keys(change).length > 0 ? ` with ${JSON.stringify(change)}` : "";
  describe(`${layer} of kind ${kind}${way}`, () => {
    let update: Plan;
    let preview: Plan;
    before(async () => {
      const config = configOf(layer, kind, change);
      // The settings of what somebody else runs hold a password.
      const secretKeys = kind === "external" ? [layerKey(layer)] : [];
      update = await plan(config, { preview: false, secretKeys });
      preview = await plan(config, { secretKeys });
    });

    for (const [rule, check] of Object.entries(contractSuite[layer as keyof typeof contractSuite])) {
      test(rule, () => check(update, kind));
    }

    test("a preview shows the resources that an update makes", () => {
      const urns = ({ registrations }: Plan) => registrations.map(({ urn }: Registration) => urn);
      assert.deepEqual(urns(preview), urns(update));
    });

    test("no resource has an empty map or list that a provider would leave out", () => {
      const empty = ({ registrations }: Plan) =>
        registrations
          .filter(({ custom }) => custom)
          .flatMap(({ urn, type, inputs }) => emptyValues(type, inputs).map((path) => `${urn} ${path}`));
      assert.deepEqual([...empty(preview), ...empty(update)], []);
    });

    test("gives the apps the same names as every other kind", async () => {
      // What is not of the stack is a way out of its own, so what connects to nothing else has only that.
      const wayOut = /::policies-(egress-[a-z-]+|(panel|chat)-migration)$/;
      const named = (from: Plan) => usualNames(from).filter((name) => kind !== "external" || !wayOut.test(name));
      const names = named(preview);
      assert.ok(names.length > 40, `${names.length} names`);
      assert.deepEqual(names, named(await plan(smallConfig())));
    });
  });
}

test("where the PROXY protocol is chosen, the balancer sends it and NGINX expects it, but for the health check", async () => {
  const clientAddress = { from: "proxyProtocol", trustedProxies: ["10.64.0.0/16"] };
  const edge = { ...(smallConfig()[layerKey("edge")] as object), clientAddress };
  assertBalancerAgrees(await plan(smallConfig({ cluster: sampleOf("eks"), edge })), true);
});
