import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseBytes as bytesOf } from "../../../components/schema/values/resources";
import { cloudConfig, smallConfig } from "../../support/config";
import { type Plan, plan, repository } from "../../support/plan";
import { podTemplates } from "../../support/pods";
import { layerKey } from "../../support/project";
import { problems } from "../settings/stack";

const apps = ["panel", "chat"] as const;

/** The names of all variables that any container of an app is given, from wherever. */
function namesOf(from: Plan, app: string): string[] {
  const own = podTemplates(from).filter(({ template }) => template.metadata.labels["app.kubernetes.io/name"] === app);
  const names = own.flatMap(({ containers }) =>
    containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ name }: { name: string }) => name),
      ...envFrom.flatMap(({ configMapRef }: any) =>
        configMapRef ? Object.keys(mapNamed(from, configMapRef.name)) : [],
      ),
    ]),
  );
  return [...new Set(names)];
}

function mapNamed(from: Plan, wanted: string): object {
  return from.of("kubernetes:core/v1:ConfigMap").find(({ inputs }) => inputs.metadata.name === wanted)!.inputs.data;
}

/** Which of some names are accepted as variables of an app. */
function accepted(app: (typeof apps)[number], group: "env" | "secretEnv", names: readonly string[]): string[] {
  const found = problems((raw) => {
    raw[app][group] = Object.fromEntries(names.map((name) => [name, "x"]));
  });
  return names.filter((name) => !found.some((text) => text === `${app}.${group}.${name}: ${refusal}`));
}

const refusal = "is set by the platform; remove it or use another name";

test("every variable that any process of an app is given is refused for that app, in env and in secretEnv", async () => {
  for (const config of [smallConfig(), cloudConfig("gke"), cloudConfig("eks")]) {
    const platform = await plan(config, { preview: false });
    for (const app of apps) {
      const names = namesOf(platform, app);
      assert.ok(names.length > 15);
      for (const group of ["env", "secretEnv"] as const) assert.deepEqual(accepted(app, group, names), [], app);
    }
  }
});

test("so is the other spelling of one that may come as a file or as a text", () => {
  assert.deepEqual(accepted("panel", "secretEnv", ["SESSION_SECRET", "CHAT_TOKEN_KEY", "ADMIN_PASSWORD"]), []);
  assert.deepEqual(accepted("panel", "env", ["PGPASSWORD_FILE", "REDIS_PASSWORD_FILE"]), []);
  assert.deepEqual(accepted("chat", "env", ["PGPASSWORD_FILE", "CHAT_TOKEN_PUBLIC_KEYS"]), []);
});

test("what the scripts and the image of the chat's release set is refused, and what they let a person add is not", () => {
  const scripts = ["rel/env.sh.eex", "Dockerfile"].map((file) =>
    readFileSync(join(repository, "apps/chat", file), "utf8"),
  );
  const exported = [...scripts[0]!.matchAll(/^\s*export ([A-Z_]+)/gm)].map(([, name]) => name!);
  const last = scripts[1]!.slice(scripts[1]!.lastIndexOf("\nFROM "));
  const image = [...last.matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) =>
    [...line!.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name!),
  );
  assert.ok(exported.length > 3 && image.length > 2);
  const shared = ["ERL_AFLAGS", "LANG"];
  const names = [...new Set([...exported, ...image, "RELEASE_COOKIE"])].filter((name) => !shared.includes(name));
  assert.deepEqual(accepted("chat", "env", names), []);
  assert.deepEqual(accepted("chat", "env", ["ERL_AFLAGS", "FEATURE_X", "SECRET_KEY_BASE_FILE"]).length, 3);
});

test("the chat takes secrets as the panel does: encrypted, by reference, in its migration too", async () => {
  const clear = problems((raw) => {
    raw.chat.secretEnv = { SECRET_KEY_BASE: "x" };
  });
  assert.deepEqual(clear, [
    "chat.secretEnv.SECRET_KEY_BASE: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path chat.secretEnv.SECRET_KEY_BASE",
  ]);
  const advised = problems((raw) => {
    raw.chat.env = { PUSH_TOKEN: "x" };
  });
  assert.match(advised[0]!, /pulumi config set --secret --path chat\.secretEnv\.PUSH_TOKEN$/);
  const both = problems((raw) => Object.assign(raw.chat, { env: { FEED: "x" }, secretEnv: { FEED: "y" } }), {
    secretLayers: new Set(["chat"]),
  });
  assert.deepEqual(both, ["chat.env.FEED: is also in chat.secretEnv; keep one"]);
  const config = smallConfig({ chat: { secretEnv: { SECRET_KEY_BASE: "correct horse" } } });
  const from = await plan(config, { secretKeys: [layerKey("chat")], preview: false });
  // The migration takes the Secret whole, by the name that stays: a first secret must not run it again.
  const whole = ({ secretRef }: any) => secretRef?.name === "chat-given-current";
  const holders = podTemplates(from).filter(({ containers }) =>
    containers.some(
      ({ env = [], envFrom = [] }) =>
        env.some((entry: any) => entry.name === "SECRET_KEY_BASE" && !entry.value) || envFrom.some(whole),
    ),
  );
  assert.deepEqual(holders.map(({ template }) => template.metadata.labels["app.kubernetes.io/component"]).sort(), [
    "migration",
    "socket",
  ]);
});

test("a pod of the chat knows the limit of its memory, and a migration runs no second time because of it", async () => {
  const platform = await plan(cloudConfig("gke"), { preview: false });
  const found = podTemplates(platform).filter(
    ({ template }) => template.metadata.labels["app.kubernetes.io/name"] === "chat",
  );
  const limits = found.flatMap(({ template, containers }) =>
    containers
      .filter(({ name }) => name === template.metadata.labels["app.kubernetes.io/component"])
      .map(({ name, env, resources }) => ({
        name,
        told: env.find((variable: { name: string }) => variable.name === "MEMORY_LIMIT_BYTES")?.value,
        limit: String(bytesOf(resources.limits.memory)),
      })),
  );
  const serving = limits.filter(({ name }) => name === "socket");
  assert.ok(serving.length > 0);
  for (const { told, limit } of serving) assert.equal(told, limit);
  for (const { name, told } of limits) if (name === "migration") assert.equal(told, undefined);
});
