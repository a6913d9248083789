import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { smallConfig } from "./support/config";
import { type Plan, plan, type Registration } from "./support/plan";
import { layerKey } from "./support/project";

/** What a pod is made of changes with these: its template and the content behind the names in it. */
const rolling = [
  "panel-deployment",
  "workers-deployment",
  "chat-deployment",
  "edge-deployment",
  "postgres-server",
  "redis-server",
];

describe("a change rolls what depends on it and nothing else", () => {
  let base: Plan;
  before(async () => {
    base = await plan(withSecret(), secretPanel);
  });

  const cases: { change: string; config: Record<string, object>; rolls: string[]; jobs: string[] }[] = [
    { change: "nothing", config: {}, rolls: [], jobs: [] },
    {
      change: "a variable of the panel",
      config: { panel: { env: { GREETING: "hello" } } },
      rolls: ["panel-deployment", "workers-deployment"],
      jobs: [],
    },
    {
      change: "a secret of the panel",
      config: { panel: { secretEnv: { MAIL_PASSWORD: "another battery staple" } } },
      rolls: ["panel-deployment", "workers-deployment"],
      jobs: [],
    },
    {
      change: "one more secret of the panel",
      config: { panel: { secretEnv: { MAIL_PASSWORD: "correct horse battery", MAP_KEY: "staple" } } },
      rolls: ["panel-deployment", "workers-deployment"],
      jobs: [],
    },
    {
      change: "no secret of the panel any more",
      config: { panel: { secretEnv: {} } },
      rolls: ["panel-deployment", "workers-deployment"],
      jobs: [],
    },
    {
      change: "the panel's image",
      config: { panel: { image: "registry.example/panel:1.0.1" } },
      rolls: ["panel-deployment", "workers-deployment"],
      jobs: ["panel-migrate"],
    },
    {
      change: "the chat's image",
      config: { chat: { image: "registry.example/chat:1.0.1" } },
      rolls: ["chat-deployment"],
      jobs: ["chat-migrate"],
    },
    {
      change: "the panel's size",
      config: { panel: { resources: { cpu: "75m" } } },
      rolls: ["panel-deployment"],
      jobs: [],
    },
    {
      change: "the time of a job",
      config: { workers: { jobTimeoutSeconds: 90 } },
      rolls: ["panel-deployment", "workers-deployment"],
      jobs: [],
    },
    {
      change: "the limits of the edge",
      config: { edge: { limits: { bodySize: "20m" } } },
      rolls: ["edge-deployment"],
      jobs: [],
    },
    {
      change: "a parameter of Postgres",
      config: { postgres: { parameters: { work_mem: "8MB" } } },
      rolls: ["postgres-server"],
      jobs: [],
    },
    { change: "the memory of Redis", config: { redis: { maxMemory: "40Mi" } }, rolls: ["redis-server"], jobs: [] },
    {
      change: "the generation of the passwords",
      config: { postgres: { passwordGeneration: 2 } },
      rolls: ["panel-deployment", "workers-deployment", "chat-deployment"],
      jobs: ["postgres-roles", "postgres-retire"],
    },
  ];

  for (const { change, config, rolls, jobs } of cases) {
    test(change, async () => {
      const layers = Object.fromEntries(
        Object.entries(config).map(([layer, value]) => [layer, merged(layerKey(layer), value)]),
      );
      const changed = await plan(withSecret(layers), secretPanel);
      assert.deepEqual(
        rolling.filter((name) => contentOf(base, name) !== contentOf(changed, name)),
        rolls,
      );
      const jobsOf = (from: Plan) => from.of("kubernetes:batch/v1:Job").map(({ inputs }) => inputs);
      const names = (from: Plan) => jobsOf(from).map(({ metadata }): string => metadata.name);
      const fresh = names(changed).filter((name) => !names(base).includes(name));
      assert.deepEqual(fresh.map((name) => name.replace(/-[0-9a-f]{10}$/, "")).sort(), [...jobs].sort());
      // A Job that keeps its name must keep its pod, or it would be replaced and run again.
      for (const name of names(changed).filter((entry) => names(base).includes(entry))) {
        const spec = (from: Plan) => JSON.stringify(jobsOf(from).find(({ metadata }) => metadata.name === name).spec);
        assert.equal(spec(changed), spec(base), name);
      }
    });
  }

  test("a first secret of the panel", async () => {
    const before = await plan(withSecret({ panel: merged(layerKey("panel"), { secretEnv: {} }) }), secretPanel);
    const secrets = (from: Plan) => from.of("kubernetes:core/v1:Secret").map(({ name }) => name);
    assert.deepEqual(
      secrets(base)
        .filter((name) => !secrets(before).includes(name))
        .sort(),
      ["panel-given-current", "panel-given-secret"],
    );
    const rolled = rolling.filter((name) => contentOf(base, name) !== contentOf(before, name));
    assert.deepEqual(rolled, ["panel-deployment", "workers-deployment"]);
    for (const { name, inputs } of before.of("kubernetes:batch/v1:Job"))
      assert.deepEqual(base.named("kubernetes:batch/v1:Job", name).inputs.spec, inputs.spec, name);
  });

  test("another host makes another certificate: the edge rolls, and the panel, whose pages name the host", async () => {
    const changed = await plan(
      withSecret({ edge: merged(layerKey("edge"), { chat: { host: "talk.example.com" } }) }),
      secretPanel,
    );
    const rolled = rolling.filter((name) => contentOf(base, name) !== contentOf(changed, name));
    assert.deepEqual(rolled, ["panel-deployment", "workers-deployment", "edge-deployment"]);
    const request = (from: Plan) =>
      JSON.stringify(from.named("tls:index/certRequest:CertRequest", "certificate-request").inputs);
    assert.notEqual(request(changed), request(base));
  });
});

/** The CLI says which keys hold a secret. */
const secretPanel = { secretKeys: [layerKey("panel")] };

/** A small stack whose panel has a secret of its own. */
function withSecret(changes: Readonly<Record<string, object>> = {}): Record<string, unknown> {
  const panel = { secretEnv: { MAIL_PASSWORD: "correct horse battery" }, ...changes.panel };
  return smallConfig({ ...changes, panel });
}

function merged(layer: string, change: object): object {
  return { ...(smallConfig()[layer] as object), ...change };
}

/** The pod template and, with it, the content of every ConfigMap and Secret that it depends on. */
function contentOf(from: Plan, name: string): string {
  const owner = from.registrations.find((entry) => entry.name === name && entry.type.startsWith("kubernetes:apps/"))!;
  const template = owner.inputs.spec.template;
  const behind = dependenciesOf(from, owner)
    .filter(({ type, inputs }) => /:(ConfigMap|Secret)$/.test(type) && !inputs.metadata.name)
    .map(({ urn, inputs }) => [urn, inputs.data, inputs.stringData, generationsOf(from, urn)]);
  return JSON.stringify([template, behind]);
}

/** Secrets are unknown in a preview: what makes a new one is the generation of the password behind it. */
function generationsOf(from: Plan, urn: string): unknown {
  const secret = from.registrations.find((entry) => entry.urn === urn)!;
  return dependenciesOf(from, secret)
    .filter(({ type }) => type.startsWith("random:") || type.startsWith("tls:"))
    .map(({ inputs }) => inputs.keepers);
}

function dependenciesOf(from: Plan, owner: Registration): Registration[] {
  return from.registrations.filter(({ urn }) => owner.dependencies.includes(urn));
}
