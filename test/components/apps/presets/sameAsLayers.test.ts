import assert from "node:assert/strict";
import { test } from "node:test";
import { asPresets } from "../../../support/asPresets";
import { committedStacks, type Plan, recordedPlan, stackConfig } from "../../../support/plan";

const deployments = "kubernetes:apps/v1:Deployment";
/** What is the same but for names of what a release runs. */
const same = [
  "kubernetes:core/v1:Service",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:policy/v1:PodDisruptionBudget",
  "kubernetes:core/v1:ResourceQuota",
];

/** With the names that presets have for what a release runs and for the Service of the chat's nodes. */
const renamed = (text: string) =>
  text
    .replace(/\b(panel|chat)-migration\b/g, "$1-release")
    .replaceAll('"migration"', '"release"')
    .replaceAll("chat-headless", "chat-beam-headless");

/** The inputs of all resources of a type, by what Kubernetes calls them. */
function inputsOf(from: Plan, type: string): Record<string, any> {
  const named = from.of(type).map(({ name, inputs }) => [inputs.metadata?.name ?? name, inputs] as const);
  return JSON.parse(renamed(JSON.stringify(Object.fromEntries(named))));
}

/** Kubernetes gives no meaning to the order of a policy's rules. */
function sorted(value: any): any {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** A Deployment without what its containers are told, and the checksums of it. */
function withoutVariables(deployment: any) {
  const { metadata, spec } = deployment.spec.template;
  const { annotations: _annotations, ...ofPods } = metadata;
  const { volumes: _volumes, containers, ...pods } = spec;
  const bare = containers.map(({ env: _env, envFrom: _envFrom, volumeMounts: _mounts, startupProbe, ...rest }: any) => {
    // Two minutes in both; an app of a stack's file is asked every other second.
    const { periodSeconds, failureThreshold, ...startup } = startupProbe ?? {};
    return { ...rest, startup, startupSeconds: periodSeconds * failureThreshold };
  });
  const template = { metadata: ofPods, spec: { ...pods, containers: bare } };
  return sorted({ ...deployment, spec: { ...deployment.spec, template } });
}

/** What a process reads, by name: Kubernetes puts in the values of the variables before it. */
function variablesOf(deployment: any): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { name, value, valueFrom } of deployment.spec.template.spec.containers[0].env)
    found[name] = valueFrom
      ? Object.keys(valueFrom)
      : value.replace(/\$\((\w+)\)/g, (whole: string, other: string) => found[other] ?? whole);
  return found;
}

/** What the images read in its place, or under another path. */
const changed: Readonly<Record<string, readonly string[]>> = {
  panel: ["VERSION", "SESSION_SECRET_FILE", "CHAT_TOKEN_KEY_FILE"],
  workers: ["VERSION", "PORT"],
  chat: ["VERSION", "CLUSTER_SERVICE", "DIST_PORT", "DIST_TLS_DIR", "CHAT_TOKEN_PUBLIC_KEYS_FILE"],
};

/** The configuration of NGINX. */
function proxied(from: Plan): string[] {
  const files = from.of("kubernetes:core/v1:ConfigMap").flatMap(({ inputs }) => Object.values<any>(inputs.data ?? {}));
  return files.filter((text) => typeof text === "string" && /\bproxy_pass\b/.test(text));
}

for (const stack of committedStacks) {
  test(`stack ${stack} with presets is what it is with layers`, async () => {
    const config = stackConfig(stack);
    const layers = await recordedPlan(config, { stack, preview: false });
    const presets = await recordedPlan(asPresets(config), { stack, preview: false });
    for (const type of same) {
      const before = inputsOf(layers, type);
      assert.ok(Object.keys(before).length > 0, type);
      assert.deepEqual(sorted(inputsOf(presets, type)), sorted(before), type);
    }
    assert.ok(proxied(layers).length > 0);
    assert.deepEqual(proxied(presets), proxied(layers));

    for (const command of ["panelConsole", "chatConsole"])
      assert.equal(presets.outputs.commands[command], layers.outputs.commands[command], command);

    const [before, after] = [inputsOf(layers, deployments), inputsOf(presets, deployments)];
    assert.deepEqual(Object.keys(after).sort(), Object.keys(before).sort());
    for (const name of ["panel", "workers", "chat"]) {
      assert.deepEqual(withoutVariables(after[name]), withoutVariables(before[name]), name);
      const [was, is] = [variablesOf(before[name]), variablesOf(after[name])];
      for (const [variable, value] of Object.entries(was))
        if (!changed[name]!.includes(variable)) assert.deepEqual(is[variable], value, `${name} ${variable}`);
    }
  });
}
