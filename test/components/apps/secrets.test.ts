/** Which process is given which secret: no more than it uses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudConfig, smallConfig } from "../../support/config";
import { type Plan, plan, secretKey } from "../../support/plan";
import { podTemplates } from "../../support/pods";

/** The one kind of pod that may have each secret, by the start of its name. */
const holders: Readonly<Record<string, readonly string[]>> = {
  "panel-session": ["panel-web"],
  "panel-signing": ["panel-web"],
  "panel-administrator": ["panel-migration"],
  "postgres-panel-owner": ["panel-migration", "postgres-roles"],
  "postgres-chat-owner": ["chat-migration", "postgres-roles"],
  "postgres-panel": ["panel-schedule-cleanup", "panel-web", "panel-worker", "postgres-roles"],
  "postgres-chat": ["chat-socket", "postgres-roles"],
  "chat-cookie": ["chat-socket"],
  "chat-tls": ["chat-socket"],
};

for (const [name, config] of Object.entries({
  "in the cluster": smallConfig(),
  "on gke": cloudConfig("gke"),
  "on eks": cloudConfig("eks"),
})) {
  test(`every secret reaches the processes that use it and no other, ${name}`, async () => {
    const found: Record<string, string[]> = {};
    for (const [pod, secrets] of podSecrets(await plan(config, { preview: false }))) {
      for (const secret of secrets) found[secret] = [...(found[secret] ?? []), pod];
    }
    for (const [secret, pods] of Object.entries(holders)) assert.deepEqual(found[secret]?.sort(), pods, secret);
  });
}

test("nodes of the chat prove themselves to each other, by an authority that is for nothing else", async () => {
  const update = await plan(smallConfig(), { preview: false });
  const { env, volumeMounts } = update.named("kubernetes:apps/v1:Deployment", "chat-deployment").inputs.spec.template
    .spec.containers[0];
  const folder = env.find(({ name }: { name: string }) => name === "DIST_TLS_DIR")?.value;
  assert.ok(volumeMounts.some(({ mountPath, readOnly }: any) => mountPath === folder && readOnly));
  const held = update.named("kubernetes:core/v1:Secret", "chat-tls-secret").inputs.stringData;
  assert.deepEqual(Object.keys(held[secretKey] ?? held).sort(), ["ca.crt", "tls.crt", "tls.key"]);
  const certificate = update.named("tls:index/locallySignedCert:LocallySignedCert", "chat-tls-certificate").inputs;
  assert.deepEqual(certificate.allowedUses, ["digital_signature", "server_auth", "client_auth"]);
  const request = update.named("tls:index/certRequest:CertRequest", "chat-tls-request").inputs;
  assert.equal(request.dnsNames[0], "chat", "the name that nodes ask each other for (apps/chat/rel/env.sh.eex)");
  for (const { type, inputs } of update.of("tls:index/locallySignedCert:LocallySignedCert")) {
    const uses = inputs.allowedUses.includes("client_auth");
    assert.equal(uses, inputs === certificate, `${type}: only nodes are each other's clients`);
  }
});

test("secrets that an app can read from files are no variables, and each file is where its variable says", async () => {
  const update = await plan(smallConfig(), { preview: false });
  const files: Record<string, string[]> = {};
  for (const { template } of podTemplates(update)) {
    const { env = [], volumeMounts, name, envFrom } = template.spec.containers[0];
    const plain = envFrom ? mapNamed(update, envFrom[0].configMapRef.name) : {};
    const variables: Record<string, string | undefined> = {
      ...plain,
      ...Object.fromEntries(env.map((entry: { name: string; value?: string }) => [entry.name, entry.value])),
    };
    for (const secret of ["SESSION_SECRET", "CHAT_TOKEN_KEY", "ADMIN_PASSWORD"])
      assert.ok(!(secret in variables), name);
    for (const [variable, path] of Object.entries(variables).filter(([key]) => key.endsWith("_FILE"))) {
      const folder = path!.slice(0, path!.lastIndexOf("/"));
      const mount = volumeMounts.find(({ mountPath }: { mountPath: string }) => mountPath === folder);
      assert.ok(mount?.readOnly, `${variable} in ${name}`);
      const volume = template.spec.volumes.find((entry: { name: string }) => entry.name === mount.name);
      const held = volume.secret
        ? secretNamed(update, volume.secret.secretName)
        : mapNamed(update, volume.configMap.name);
      assert.ok(held[path!.slice(folder.length + 1)], `${path} is in ${JSON.stringify(volume)}`);
      const labels = template.metadata.labels;
      const pod = `${labels["app.kubernetes.io/name"]}-${labels["app.kubernetes.io/component"]}`;
      files[pod] = [...(files[pod] ?? []), variable];
    }
  }
  assert.deepEqual(Object.fromEntries(Object.entries(files).map(([pod, names]) => [pod, names.sort()])), {
    "panel-web": ["CHAT_TOKEN_KEY_FILE", "SESSION_SECRET_FILE"],
    "panel-migration": ["ADMIN_PASSWORD_FILE"],
    "chat-socket": ["CHAT_TOKEN_PUBLIC_KEYS_FILE"],
  });
});

/** Each kind of pod with the secrets that it refers to, as the program calls them. */
function podSecrets(from: Plan): [string, Set<string>][] {
  return podTemplates(from).map(({ template, containers }) => {
    const labels = template.metadata.labels;
    const references = [
      ...containers.flatMap(({ env = [] }) => env.map((entry: any) => entry.valueFrom?.secretKeyRef?.name)),
      ...containers.flatMap(({ envFrom = [] }) => envFrom.map((entry: any) => entry.secretRef?.name)),
      ...template.spec.volumes.map((volume: any) => volume.secret?.secretName),
    ].filter((name): name is string => name !== undefined);
    const names = references.map((name) => name.replace(/-(secret-0a1b2c3d|current)$/, ""));
    return [`${labels["app.kubernetes.io/name"]}-${labels["app.kubernetes.io/component"]}`, new Set(names)];
  });
}

function secretNamed(from: Plan, wanted: string): Record<string, string> {
  const found = from
    .of("kubernetes:core/v1:Secret")
    .find(({ name, inputs }) => (inputs.metadata.name ?? `${name}-0a1b2c3d`) === wanted);
  assert.ok(found, wanted);
  return found.inputs.stringData[secretKey] ?? found.inputs.stringData;
}

function mapNamed(from: Plan, wanted: string): Record<string, string> {
  const found = from
    .of("kubernetes:core/v1:ConfigMap")
    .find(({ name, inputs }) => (inputs.metadata.name ?? `${name}-0a1b2c3d`) === wanted);
  assert.ok(found, wanted);
  return found.inputs.data;
}
