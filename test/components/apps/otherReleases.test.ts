/** A standard Phoenix and a standard Rails release, as their guides configure them, in the place of the reference apps. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { smallConfig } from "../../support/config";
import { type Plan, plan, repository, secretKey } from "../../support/plan";
import { podTemplates } from "../../support/pods";
import { layerKey } from "../../support/project";

const database = "postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST):$(PGPORT)/$(PGDATABASE)";
const phoenix = {
  env: { PHX_HOST: "chat.example.com", PHX_SERVER: "true", POOL_SIZE: "10", DATABASE_URL: `ecto${database.slice(8)}` },
  secretEnv: { SECRET_KEY_BASE: "correct horse", SENTRY_DSN: "https://a@o1.example/2" },
};
const rails = {
  env: {
    RAILS_ENV: "production",
    RAILS_LOG_TO_STDOUT: "1",
    DATABASE_URL: database,
    REDIS_URL: "redis://$(REDIS_USERNAME):$(REDIS_PASSWORD)@$(REDIS_HOST):$(REDIS_PORT)/0",
    RECAPTCHA_SITE_KEY: "6Lc_abc",
  },
  secretEnv: { RAILS_MASTER_KEY: "battery staple", SECRET_KEY_BASE: "another one" },
};
const config = smallConfig({ panel: rails, chat: phoenix });
const secretKeys = [layerKey("panel"), layerKey("chat")];

// The program looks into the stack's file for what is encrypted in it.
const folder = mkdtempSync(join(tmpdir(), "switchboard-releases-"));
const encrypted = (app: { env: object; secretEnv: object }) => ({
  env: app.env,
  secretEnv: Object.fromEntries(Object.keys(app.secretEnv).map((name) => [name, { secure: "v1:abc" }])),
});
const stored = { [layerKey("panel")]: encrypted(rails), [layerKey("chat")]: encrypted(phoenix) };
writeFileSync(join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config: stored }));
process.chdir(folder);
after(() => {
  process.chdir(repository);
  rmSync(folder, { recursive: true });
});

/**
 * The variables that the kubelet gives a container: those of ConfigMaps and Secrets first, then each in its order, with
 * references to what stands before it (makeEnvironmentVariables in pkg/kubelet/kubelet_pods.go). Secrets are shown by
 * their place.
 */
function environmentOf(from: Plan, container: any): Record<string, string> {
  const known: Record<string, string> = {};
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const type = configMapRef ? "kubernetes:core/v1:ConfigMap" : "kubernetes:core/v1:Secret";
    const { name } = configMapRef ?? secretRef;
    const found = from.of(type).find(({ inputs }) => inputs.metadata.name === name);
    const { data, stringData } = found?.inputs ?? {};
    const held = data ?? stringData?.[secretKey] ?? stringData ?? {};
    for (const key of Object.keys(held)) known[key] = configMapRef ? held[key] : `<${key}>`;
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    known[name] = valueFrom
      ? `<${name}>`
      : String(value).replace(/\$\((\w+)\)/g, (whole, other: string) => known[other] ?? whole);
  }
  return known;
}

for (const [app, settings] of [
  ["panel", rails],
  ["chat", phoenix],
] as const) {
  test(`every process of the ${app} gets the addresses that are made of references`, async () => {
    const from = await plan(config, { secretKeys, preview: false });
    const own = podTemplates(from).filter(({ template }) => template.metadata.labels["app.kubernetes.io/name"] === app);
    assert.ok(own.length >= 2);
    for (const { template, containers } of own) {
      const component = template.metadata.labels["app.kubernetes.io/component"];
      const container = containers.find(({ name }) => name === component)!;
      const found = environmentOf(from, container);
      for (const [name, value] of Object.entries(settings.env)) {
        const expected = value.replace(/\$\((\w+)\)/g, (_all, other: string) => found[other] ?? "?");
        assert.equal(found[name], expected, `${component}: ${name}`);
        assert.doesNotMatch(found[name]!, /\$\(|\?/, component);
      }
      for (const name of Object.keys(settings.secretEnv))
        assert.equal(found[name], `<${name}>`, `${component}: ${name}`);
    }
  });
}

test("another address is another run of the migration, and other settings are none", async () => {
  const migration = async (more: object) => {
    const from = await plan(smallConfig({ panel: rails, chat: { ...phoenix, env: { ...phoenix.env, ...more } } }), {
      secretKeys,
    });
    return from
      .of("kubernetes:batch/v1:Job")
      .map(({ name }) => name)
      .sort();
  };
  const before = await migration({});
  assert.deepEqual(await migration({ POOL_SIZE: "20" }), before);
  assert.notDeepEqual(await migration({ DATABASE_URL: `${phoenix.env.DATABASE_URL}?pool=1` }), before);
});
