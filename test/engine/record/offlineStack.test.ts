import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse } from "yaml";
import type { Secret } from "../../../components/schema/secret";
import { examineCertificate } from "../../../components/schema/values/pem";
import { parseSettings } from "../../../components/settings/parse";
import { offlineStack, placeholder } from "../../../engine/record/offlineStack";
import { standInCertificate } from "../../../engine/record/standInCertificate";
import { context, leastSettings } from "../../components/settings/stack";
import { layerKey } from "../../support/project";

const folder = mkdtempSync(join(tmpdir(), "offline-"));
after(() => rmSync(folder, { recursive: true }));

const now = new Date("2026-11-21T00:00:00Z");
const hosts = ["panel.example.com", "chat.example.com"];
const read = (config: Record<string, unknown>) => offlineStack(config, { root: "/nowhere", folder, now });
const edge = (certificate: unknown) => ({
  [layerKey("edge")]: { panel: { host: hosts[0] }, chat: { host: hosts[1] }, certificate },
});

test("settings without secrets stay as they are, and the given ones are not touched", async () => {
  const config = { [layerKey("panel")]: { replicas: 2, env: { A: "b" } }, "pulumi:disable-default-providers": ["*"] };
  const { config: found, secrets, notes } = await read(config);
  assert.deepEqual(found, config);
  assert.deepEqual(secrets, []);
  assert.deepEqual(notes, []);
});

test("what is stored with --secret becomes a placeholder, and its place is known", async () => {
  const config = { [layerKey("panel")]: { secretEnv: { MAIL: { secure: "v1:abc" } }, env: { A: "b" } } };
  const { config: found, secrets, notes } = await read(config);
  assert.deepEqual(found[layerKey("panel")], { secretEnv: { MAIL: placeholder }, env: { A: "b" } });
  assert.deepEqual(secrets, [[layerKey("panel"), "secretEnv", "MAIL"]]);
  assert.deepEqual(notes, ["placeholders stand for what is stored with --secret: panel.secretEnv.MAIL"]);
  assert.deepEqual(config[layerKey("panel")]!.secretEnv.MAIL, { secure: "v1:abc" });
});

test("the secrets of backups get placeholders that have their form", async () => {
  const secret = { secure: "v1:abc" };
  const backup = { repository: { kind: "gcs", bucket: "acme", key: secret }, encryptionKey: secret };
  const { config } = await read({
    [layerKey("postgres")]: { kind: "inCluster", image: "registry.example/p:1", backup },
  });
  const { postgres } = parseSettings(
    { ...leastSettings(), postgres: config[layerKey("postgres")] },
    { ...context, secretLayers: new Set(["postgres"]) },
  ) as { postgres: { backup: { repository: { key: Secret } } } };
  assert.match(postgres.backup.repository.key.reveal(), /client_email/);
});

test("a layer that is encrypted as a whole is refused by its name", async () => {
  await assert.rejects(
    read({ [layerKey("panel")]: { secure: "v1:abc" } }),
    new RegExp(`${layerKey("panel")} is encrypted as a whole, so nothing in it can be known offline`),
  );
});

test("an existing cluster gets a kubeconfig that leads nowhere, and its own is not read", async () => {
  const cluster = { kind: "existing", context: "prod-eu", kubeconfig: "~/secret" };
  const { config, kubeconfig, notes } = await read({ [layerKey("cluster")]: cluster });
  assert.deepEqual(config[layerKey("cluster")], { kind: "existing", context: "prod-eu" });
  const written = parse(readFileSync(kubeconfig, "utf8"));
  assert.equal(written.contexts[0].name, "prod-eu");
  assert.match(written.clusters[0].cluster.server, /\.invalid$/);
  assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
  assert.match(notes.join(), /whether that context exists is not checked/);
});

test("an encrypted key: a throw-away pair with the names and dates of the real certificate", async () => {
  const real = await standInCertificate(undefined, hosts, new Date("2026-10-01T00:00:00Z"));
  const given = { kind: "provided", certificate: real.certificate, key: { secure: "v1:abc" } };
  const { config, secrets, notes } = await read(edge(given));
  const { certificate, key } = (config[layerKey("edge")] as any).certificate;
  assert.notEqual(certificate, real.certificate);
  assert.equal(new X509Certificate(certificate).validTo, new X509Certificate(real.certificate).validTo);
  assert.deepEqual(examineCertificate(certificate, key, hosts, now), { errors: [], warnings: [] });
  assert.deepEqual(secrets, [[layerKey("edge"), "certificate", "key"]]);
  assert.match(notes[0]!, /with the same names and dates/);
});

test("a certificate for other hosts is still refused, and an expired one too", async () => {
  const real = await standInCertificate(undefined, ["other.example.com"], new Date("2026-01-01T00:00:00Z"));
  const { config } = await read(edge({ kind: "provided", certificate: real.certificate, key: { secure: "v1:abc" } }));
  const { certificate, key } = (config[layerKey("edge")] as any).certificate;
  const { errors } = examineCertificate(certificate, key, hosts, now);
  assert.match(errors.map(({ message }) => message).join("\n"), /covers other\.example\.com[\s\S]*expired 2026-04-01/);
});

test("a key in a file that is not here becomes a file that is, because a key in clear is refused", async () => {
  const files = { certificate: { file: "tls/cert.pem" }, key: { file: "tls/key.pem" } };
  const { config, secrets } = await read(edge({ kind: "provided", ...files }));
  const { certificate, key } = (config[layerKey("edge")] as any).certificate;
  const text = readFileSync(key.file, "utf8");
  assert.deepEqual(examineCertificate(certificate, text, hosts, now).errors, []);
  assert.equal(statSync(key.file).mode & 0o777, 0o600);
  assert.deepEqual(secrets, []);
});

test("a key that is missing or no PEM is left to the parser", async () => {
  for (const key of [undefined, "not PEM"]) {
    const given = { kind: "provided", certificate: "also not", ...(key && { key }) };
    assert.deepEqual((await read(edge(given))).config, edge(given));
  }
});
