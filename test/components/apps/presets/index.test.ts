import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { parse } from "yaml";
import { presets, withPresets } from "../../../../components/apps/presets";
import type { Former } from "../../../../components/apps/presets/preset";
import { smallConfig } from "../../../support/config";
import { type Plan, plan, repository } from "../../../support/plan";
import { inThisProject, layerKey } from "../../../support/project";
import { problems } from "../../settings/stack";
import { called } from "../declared/shop";

const file = join(repository, "examples/panel-and-chat/Pulumi.panel-and-chat.yaml");
const example = () => parse(inThisProject(readFileSync(file, "utf8"))).config;
const written = () => example()[layerKey("apps")];
/** What is filled in, after a change of what the stack's file says. */
const filled = (change: (apps: any) => void = () => {}): any => {
  const apps = written();
  change(apps);
  return withPresets(apps);
};

let update: Plan;
before(async () => {
  update = await plan(example(), { stack: "panel-and-chat", preview: false });
});
const deployment = (name: string) => update.named("kubernetes:apps/v1:Deployment", `${name}-deployment`).inputs;
const container = (name: string) => deployment(name).spec.template.spec.containers[0];
const jobOf = (app: string) =>
  update.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith(`${app}-release-`))!.inputs.spec.template
    .spec;
/** A value as the pod has it: Kubernetes puts in what stands before it. */
const resolved = (env: any[], name: string): string =>
  called(env, name).value.replace(/\$\((\w+)\)/g, (_all: string, other: string) => resolved(env, other));

test("they have the names and the labels of the panel and the chat", () => {
  for (const [workload, app, component] of [
    ["panel", "panel", "web"],
    ["workers", "panel", "worker"],
    ["chat", "chat", "socket"],
  ] as const) {
    assert.equal(deployment(workload).metadata.name, workload);
    const labels = { "app.kubernetes.io/name": app, "app.kubernetes.io/component": component };
    assert.deepEqual(deployment(workload).spec.selector.matchLabels, labels);
  }
  for (const name of ["panel", "chat"])
    assert.equal(update.named("kubernetes:core/v1:Service", `${name}-service`).inputs.metadata.name, name);
});

test("each knows the other's public address, schema and role", () => {
  const [panel, chat] = [container("panel").env, container("chat").env];
  assert.equal(resolved(panel, "PUBLIC_URL"), "https://panel.localhost:8448");
  assert.equal(resolved(panel, "CHAT_URL"), "wss://chat.localhost:8448/socket");
  assert.equal(resolved(panel, "CHAT_DATABASE_ROLE"), "chat_app");
  assert.equal(resolved(chat, "ALLOWED_ORIGINS"), "https://panel.localhost:8448");
  assert.equal(resolved(chat, "TOKEN_REVOCATIONS"), "panel.chat_revocations");
  assert.equal(called(chat, "MEMORY_LIMIT_BYTES").value, String(128 * 2 ** 20));
  assert.deepEqual(update.outputs.urls, {
    panel: "https://panel.localhost:8448/",
    chat: "wss://chat.localhost:8448/socket",
  });
});

test("the keys and secrets of some processes are in no other", () => {
  const has = (env: any[]) => (name: string) => called(env, name) !== undefined;
  const secrets = ["SESSION_SECRET_FILE", "CHAT_TOKEN_KEY_FILE", "ADMIN_PASSWORD_FILE", "CHAT_TOKEN_PUBLIC_KEYS_FILE"];
  assert.deepEqual(secrets.filter(has(container("panel").env)), ["SESSION_SECRET_FILE", "CHAT_TOKEN_KEY_FILE"]);
  assert.deepEqual(secrets.filter(has(container("workers").env)), []);
  assert.deepEqual(secrets.filter(has(container("chat").env)), ["CHAT_TOKEN_PUBLIC_KEYS_FILE"]);
  const mounts = ({ volumeMounts }: any) => volumeMounts.map(({ mountPath }: any) => mountPath);
  assert.ok(mounts(jobOf("panel").containers[0]).includes("/run/secrets/own/ADMIN_PASSWORD_FILE"));
  assert.ok(!mounts(container("panel")).includes("/run/secrets/own/ADMIN_PASSWORD_FILE"));
  // Nor do they come with a Secret that a command takes whole.
  for (const { envFrom = [] } of jobOf("panel").containers)
    for (const { secretRef } of envFrom) assert.doesNotMatch(secretRef?.name ?? "", /own/);
  const { publicKeys, privateKey } = {
    publicKeys: update.named("kubernetes:core/v1:ConfigMap", "panel-keys-chat-token-public").inputs.data["keys.pem"],
    privateKey: update.named("kubernetes:core/v1:Secret", "panel-own-chat-token-key-file-secret").inputs,
  };
  assert.match(publicKeys, /PUBLIC KEY/);
  assert.doesNotMatch(publicKeys, /PRIVATE/);
  assert.deepEqual(Object.keys(privateKey.stringData["[secret]"]), ["value"]);
});

test("the first log-in is an output, and a secret", () => {
  assert.deepEqual(Object.keys(update.outputs.firstLogins["[secret]"] ?? update.outputs.firstLogins), ["panel"]);
  assert.equal(called(container("panel").env, "ADMIN_EMAIL").value, "admin@panel.localhost");
});

test("what the stack says itself comes first, and what follows from it follows", () => {
  const { panel, chat } = filled((apps) => {
    apps.panel.processes.web = { ...apps.panel.processes.web, replicas: 4, stopSeconds: 45, connections: 9 };
    apps.panel.processes.worker = { stopSeconds: 90 };
    apps.panel.env = { JOB_CONCURRENCY: "7", FEATURE: "on" };
    apps.chat.processes.socket.route = [{ host: "a.localhost" }, { host: "b.localhost", pingSeconds: 10 }];
    apps.chat.processes.socket.resources = { memory: "1Gi" };
    apps.chat.uses = { keys: [] };
    apps.panel.schedules = { cleanup: null, weekly: { cron: "0 1 * * 0", command: ["node", "x.js"] } };
  });
  const { web, worker } = panel.processes;
  assert.deepEqual(Object.keys(panel.schedules), ["weekly"]);
  assert.deepEqual([web.replicas, web.stopSeconds, web.command], [4, 45, ["node", "src/main.js", "web"]]);
  assert.equal(worker.connections, 9);
  const { SHUTDOWN_SECONDS, JOB_TIMEOUT_SECONDS, JOB_CONCURRENCY, PG_POOL_SIZE, FEATURE } = panel.env;
  assert.deepEqual(
    [SHUTDOWN_SECONDS, JOB_TIMEOUT_SECONDS, JOB_CONCURRENCY, PG_POOL_SIZE, FEATURE],
    ["45", "90", "7", "9", "on"],
  );
  assert.deepEqual(
    chat.processes.socket.route.map(({ host, only, pingSeconds }: any) => [host, only, pingSeconds]),
    [
      ["a.localhost", ["/socket"], 25],
      ["b.localhost", ["/socket"], 10],
    ],
  );
  assert.equal(chat.env.MEMORY_LIMIT_BYTES, String(2 ** 30));
  assert.deepEqual([chat.uses.keys, chat.uses.postgres], [[], true]);
});

test("a stack that had them in layers of their own keeps what its resources hold", async () => {
  const layers = await plan(smallConfig(), { preview: false });
  const parts = (urn: string) => urn.split("::").slice(-2) as [chain: string, name: string];
  const before = new Set(layers.registrations.map(({ urn }) => parts(urn).join("::")));
  for (const [preset, { former }] of Object.entries(presets))
    for (const [now, { name, type, parent }] of Object.entries<Former>(former)) {
      // A password is a resource of its own for each generation, and was one for all.
      const isPassword = now.endsWith("-password");
      const first = isPassword ? "-g1" : "";
      const resource = update.registrations.find((one) =>
        [one.name, `${one.type}::${one.name}`].includes(`${now}${first}`),
      );
      assert.ok(resource, `${preset}: ${now} is no resource`);
      const wanted = `${parent ? `${parent.type}$` : ""}${type ?? resource.type}::${name ? `${name}${first}` : resource.name}`;
      assert.ok(
        [...before].some((urn) => urn === wanted || urn.endsWith(`$${wanted}`)),
        `there was no ${wanted}`,
      );
      assert.equal(resource.aliases.length, isPassword ? 3 : 1, now);
    }
  const passwordType = "random:index/randomPassword:RandomPassword";
  // A generated value of another length is another value.
  for (const [now, once] of [
    ["panel-SESSION_SECRET-password-g1", "panel-session-password-g1"],
    ["panel-ADMIN_PASSWORD-password-g1", "panel-administrator-password-g1"],
    ["chat-beam-cookie-password-g1", "chat-cookie-password-g1"],
  ] as const)
    assert.deepEqual(update.named(passwordType, now).inputs, layers.named(passwordType, once).inputs);
  // What serves keeps its name, and selects the same pods.
  for (const name of ["panel", "workers", "chat"]) {
    const { metadata, spec } = layers.named("kubernetes:apps/v1:Deployment", `${name}-deployment`).inputs;
    assert.equal(deployment(name).metadata.name, metadata.name);
    assert.deepEqual(deployment(name).spec.selector, spec.selector);
  }
});

test("a command of its own size has the usual limit for that size", () => {
  const resources = (change: (apps: any) => void) => filled(change).panel.schedules.cleanup.resources;
  assert.deepEqual(
    resources(() => {}),
    { cpu: "20m", memory: "64Mi", memoryLimit: "192Mi" },
  );
  assert.deepEqual(
    resources((apps) => (apps.panel.schedules = { cleanup: { resources: { memory: "1Gi" } } })),
    { cpu: "20m", memory: "1Gi" },
  );
});

test("under other names they find each other too", () => {
  const { backoffice, talk } = filled((apps) => {
    apps.backoffice = apps.panel;
    apps.talk = apps.chat;
    delete apps.panel;
    delete apps.chat;
  });
  assert.equal(backoffice.env.CHAT_URL, "$(TALK_PUBLIC_URL)");
  assert.deepEqual(talk.uses.keys, ["backoffice/CHAT_TOKEN"]);
  assert.deepEqual([backoffice.processes.web.name, backoffice.processes.worker.name], ["backoffice", undefined]);
});

test("what is wrong is told with the key of the app", () => {
  const cases: [change: (apps: any) => void, told: string | RegExp][] = [
    [
      (apps) => (apps.panel.preset = "pannel"),
      'apps.panel.preset: "pannel" is not supported; use one of panel, chat (did you mean panel?)',
    ],
    [
      (apps) => delete apps.panel.processes,
      "apps.panel.processes.web.route.host: is not set; add it to Pulumi.dev.yaml (public host name)",
    ],
    [
      (apps) => delete apps.panel.firstLogin,
      "apps.panel.firstLogin.email: is not set; add it to Pulumi.dev.yaml (e-mail address of the account that the app makes by itself)",
    ],
    [(apps) => delete apps.panel.image, /^apps\.panel\.image: is not set/],
    [(apps) => (apps.chat.processes.socket.replicas = "2"), /^apps\.chat\.processes\.socket\.replicas: "2" is text/],
    [(apps) => delete apps.chat, 'apps.panel.uses.addresses[1]: "chat" is not one of apps; use one of panel'],
    [
      (apps) => delete apps.panel,
      'apps.chat.uses.keys[0]: "panel/CHAT_TOKEN" is no key of an app; there is no other; remove it',
    ],
    [
      (apps) => (apps.panel.env = { CHAT_PGROLE: "x" }),
      'apps.panel.env.CHAT_PGROLE: is set by uses.schemas ("chat"); remove it or use another name',
    ],
    [
      (apps) => (apps.panel.generated = { SESSION_SECRET: { for: ["webb"] } }),
      'apps.panel.generated.SESSION_SECRET.for[0]: "webb" is no process, schedule or command of it; did you mean web?',
    ],
    [
      (apps) => (apps.panel.firstLogin.password = "ADMIN"),
      /^apps\.panel\.firstLogin\.password: is not the name of one of generated; use one of SESSION_SECRET, ADMIN_PASSWORD$/,
    ],
    [
      (apps) => (apps.chat.processes.socket.route.loginPath = "/login"),
      "apps.chat.processes.socket.route.loginPath: is not limited beside only, which leads exact paths on; remove one of the two",
    ],
    [
      (apps) => (apps.chat.processes.socket.route.websocket = false),
      "apps.chat.processes.socket.route.socketsOnly: needs websocket: true; set it, or remove socketsOnly",
    ],
    [
      (apps) => (apps.chat.processes.socket.name = "workers"),
      'apps.chat.processes.socket.name: "workers" is what the Deployment of apps.panel.processes.worker is called; use another',
    ],
    [
      (apps) => (apps.chat.processes.socket.name = "redis"),
      "apps.chat.processes.socket.name: is the name of a part of the platform; use another",
    ],
  ];
  for (const [change, told] of cases) {
    const apps = written();
    for (const app of Object.values<any>(apps)) app.image = "registry.example/own:1";
    change(apps);
    const found = problems((raw) => {
      for (const layer of ["panel", "chat"]) {
        delete raw[layer];
        delete raw.edge[layer];
      }
      raw.apps = apps;
    });
    assert.ok(
      found.some((one) => (typeof told === "string" ? one === told : told.test(one))),
      `${told}\n${found.join("\n")}`,
    );
  }
});
