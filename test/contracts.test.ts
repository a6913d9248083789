import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { certificateKinds, clusterKinds, postgresKinds, redisKinds } from "../components/settings/kinds";
import { smallConfig } from "./support/config";
import { type Plan, plan, secretKey } from "./support/plan";

/** Settings of each kind, as small as they can be. A kind without an entry here fails its suite. */
const samples: Record<string, Record<string, () => object>> = {
  cluster: { existing: () => ({ kind: "existing", context: "switchboard-local" }) },
  postgres: { inCluster: () => ({ kind: "inCluster", image: "registry.example/postgres:15.4" }) },
  redis: { inCluster: () => ({ kind: "inCluster", image: "registry.example/redis:7.0" }) },
  certificate: { selfSigned: () => ({ kind: "selfSigned" }), provided: providedCertificate },
};

/** A pair that is made for this run. */
function providedCertificate(): object {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-test-"));
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

async function planOf(layer: string, kind: string, preview: boolean): Promise<Plan> {
  const sample = samples[layer]?.[kind];
  assert.ok(sample, `no sample settings for ${layer} kind ${kind}`);
  if (layer !== "certificate") return plan(smallConfig({ [layer]: sample() }), { preview });
  return plan(smallConfig({ edge: { ...(smallConfig()["switchboard:edge"] as object), certificate: sample() } }), {
    preview,
  });
}

const environmentOf = (from: Plan, deployment: string): Record<string, any> =>
  Object.fromEntries(
    from
      .named("kubernetes:apps/v1:Deployment", deployment)
      .inputs.spec.template.spec.containers[0].env.map((entry: any) => [entry.name, entry]),
  );

/** What consumers may rely on, whichever kind was chosen. */
const promises: Record<string, (from: Plan) => void> = {
  cluster(from) {
    const providers = from.of("pulumi:providers:kubernetes");
    assert.ok(providers.length >= 1);
    for (const { inputs } of providers) {
      assert.ok(secretKey in inputs.kubeconfig, "the kubeconfig is a secret");
      assert.ok(inputs.clusterIdentifier, "only the identifier replaces what is in the cluster");
      assert.equal(String(inputs.enableServerSideApply), "true");
    }
  },
  postgres(from) {
    for (const [deployment, role] of [
      ["panel-deployment", "panel"],
      ["chat-deployment", "chat"],
    ] as const) {
      const variables = environmentOf(from, deployment);
      for (const name of ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER"]) assert.ok(variables[name]?.value, name);
      assert.ok(variables.PGUSER.value.startsWith(role), `${deployment} has its own role`);
      assert.ok(variables.PGPASSWORD.valueFrom.secretKeyRef.key, "the password comes by reference");
      assert.equal(variables.PGPASSWORD.value, undefined);
      assert.match(variables.PGSSLMODE.value, /^(disable|verify-full)$/);
    }
  },
  redis(from) {
    const variables = environmentOf(from, "workers-deployment");
    for (const name of ["REDIS_HOST", "REDIS_PORT", "REDIS_USERNAME"]) assert.ok(variables[name]?.value, name);
    assert.ok(variables.REDIS_PASSWORD.valueFrom.secretKeyRef.key);
    assert.match(variables.REDIS_TLS.value, /^[01]$/);
  },
  certificate(from) {
    const { inputs } = from.named("kubernetes:core/v1:Secret", "certificate-secret");
    assert.equal(inputs.type, "kubernetes.io/tls");
    assert.ok(secretKey in inputs.stringData, "the key is a secret");
    assert.deepEqual(Object.keys(inputs.stringData[secretKey]).sort(), ["tls.crt", "tls.key"]);
    const volumes = from.named("kubernetes:apps/v1:Deployment", "edge-deployment").inputs.spec.template.spec.volumes;
    const mounted = volumes.filter(({ name }: { name: string }) => name === "certificate");
    assert.equal(mounted.length, 1);
    assert.equal(mounted[0].secret.secretName, "certificate-secret-0a1b2c3d");
  },
};

const registries = { cluster: clusterKinds, postgres: postgresKinds, redis: redisKinds, certificate: certificateKinds };
for (const [layer, kinds] of Object.entries(registries)) {
  for (const kind of Object.keys(kinds)) {
    describe(`${layer} of kind ${kind}`, () => {
      test("keeps the promises of its contract", async () => {
        promises[layer]!(await planOf(layer, kind, false));
      });

      test("gives the apps the same names as every other kind", async () => {
        const names = (from: Plan) =>
          from.registrations.filter(({ urn }) => urn.includes("switchboard:apps:")).map(({ name }) => name);
        const usual = names(await plan(smallConfig()));
        assert.deepEqual(names(await planOf(layer, kind, true)), usual);
      });
    });
  }
}
