import assert from "node:assert/strict";
import { test } from "node:test";
import { RegistryUnreachable } from "../../../components/registry/client";
import { Secret } from "../../../components/schema/secret";
import { pinImages, pullLogins } from "../../../components/settings/pinned";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const image = (repository: string, tag: string) => ({
  reference: `${repository}:${tag}`,
  repository,
  source: "apps/x",
});
const panel = image("registry.example/team/panel", "src-1");
const chat = image("registry.example/team/chat", "src-2");
const secret = new Secret("hidden");
const settings = (cluster: object = { kind: "gke" }) => ({
  cluster,
  panel: { image: panel, secretEnv: { KEY: secret }, list: [1] },
  chat: { image: chat },
  edge: { image: { reference: "docker.io/library/nginx:1", repository: "docker.io/library/nginx" } },
  postgres: { image: { ...image("localhost/postgres", "src-3") } },
});
const nobody = async (): Promise<string> => {
  throw new Error("the state is not asked");
};
const away = async (): Promise<never> => {
  throw new RegistryUnreachable("registry.example", "nothing listens there");
};

test("only what is built from sources gets a digest, and a tag that is not there yet stays a tag", async () => {
  const asked: string[] = [];
  const registry = async (reference: string) => {
    asked.push(reference);
    return reference === panel.reference ? digest("a") : undefined;
  };
  const given = settings();
  const { settings: pinned, warnings } = await pinImages(given, { registry, state: nobody });
  assert.equal(pinned.panel.image.reference, `${panel.reference}@${digest("a")}`);
  assert.deepEqual(pinned.chat, given.chat);
  assert.deepEqual([pinned.edge, pinned.postgres, pinned.cluster], [given.edge, given.postgres, given.cluster]);
  assert.equal(pinned.panel.secretEnv.KEY, secret, "a secret stays the object that it is");
  assert.deepEqual(asked.sort(), [chat.reference, panel.reference].sort());
  assert.deepEqual(warnings, []);
});

test("where the registry cannot be asked the digest counts that runs under this very tag, and that is said once", async () => {
  const state = async () =>
    JSON.stringify({
      other: `mirror/${panel.reference}@${digest("0")}`,
      old: `${panel.repository}:src-0@${digest("b")}`,
      longer: `${panel.reference}0@${digest("c")}`,
      pods: [{ image: `${panel.reference}@${digest("d")}` }],
    });
  const { settings: pinned, warnings } = await pinImages(settings(), { registry: away, state });
  assert.equal(pinned.panel.image.reference, `${panel.reference}@${digest("d")}`);
  assert.equal(pinned.chat.image.reference, chat.reference);
  assert.deepEqual(warnings, [
    `the registry registry.example could not be asked (nothing listens there): ${panel.reference} keeps the digest that the stack runs and ${chat.reference} has no digest`,
  ]);
});

test("a cluster that gets its images from this machine's builder is named no digest of a registry", async () => {
  for (const context of [
    "switchboard-local",
    "kind-dev",
    "k3d-dev",
    "minikube",
    "docker-desktop",
    "orbstack",
    "colima-work",
    "rancher-desktop",
  ]) {
    const { settings: same } = await pinImages(settings({ kind: "existing", context }), {
      registry: nobody,
      state: nobody,
    });
    assert.equal(same.panel.image.reference, panel.reference, context);
  }
  const { settings: pinned } = await pinImages(settings({ kind: "existing", context: "team" }), {
    registry: async () => digest("e"),
    state: nobody,
  });
  assert.equal(pinned.panel.image.reference, `${panel.reference}@${digest("e")}`);
});

test("a fault that is no silence of a registry is not passed over", async () => {
  const registry = async (): Promise<never> => {
    throw new TypeError("a defect");
  };
  await assert.rejects(pinImages(settings(), { registry, state: nobody }), TypeError);
});

test("who may pull by the settings may ask", () => {
  const registries = {
    one: { host: "ghcr.io/team", user: "token", password: new Secret("s3cret") },
    clear: { host: "b.example", user: "me", password: "in clear" },
  };
  assert.deepEqual(pullLogins({ operations: { registries } }), {
    "ghcr.io/team": { username: "token", password: "s3cret" },
  });
  assert.deepEqual(pullLogins({ operations: {} }), {});
});
