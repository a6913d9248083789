import assert from "node:assert/strict";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { dockerConfig } from "../../../components/network/registryLogins";
import { StackOwnership } from "../../../components/network/stackOwnership";
import { isFrom } from "../../../components/schema/values/registry";
import { SettingsError } from "../../../components/settings/parse";
import { record } from "../../../engine/record/recorder";
import { temporaryFolder } from "../../../lib/temporary";
import { smallConfig } from "../../support/config";
import { Order } from "../../support/order";
import { plan, secretKey } from "../../support/plan";
import { podTemplates } from "../../support/pods";
import { layerKey } from "../../support/project";
import { planOf } from "../../support/sharedPlans";
import { everyStack } from "../../support/stacks";
import { parse, type Raw } from "../settings/stack";

const login = { host: "registry.example", user: "puller", password: "very-secret-pull" };
const withLogin = (more: object = {}) =>
  smallConfig({ operations: { stage: "test", registries: { company: { ...login, ...more } } } });
const options = { stack: "small", secretKeys: [layerKey("operations")] };

test("the Secret is a Docker configuration, secret, of a fixed name, and there before whatever runs pods", async () => {
  const preview = await plan(withLogin(), options);
  const secret = preview.named("kubernetes:core/v1:Secret", "namespace-registries-secret");
  assert.equal(secret.inputs.type, "kubernetes.io/dockerconfigjson");
  assert.equal(secret.inputs.metadata.name, "registries");
  const text = secret.inputs.stringData[secretKey][".dockerconfigjson"];
  assert.deepEqual(JSON.parse(text), {
    auths: {
      "registry.example": {
        username: "puller",
        password: login.password,
        auth: Buffer.from(`puller:${login.password}`).toString("base64"),
      },
    },
  });
  const order = new Order(preview);
  const owners = podTemplates(preview).map(({ owner }) => owner);
  assert.ok(owners.length >= 8);
  for (const owner of owners) assert.ok(order.after(owner, secret), owner.urn);
  const holders = preview.registrations
    .filter(({ inputs }) => JSON.stringify(inputs).includes(login.password))
    .map(({ urn }) => urn);
  assert.deepEqual(holders, [secret.urn], "and is in nothing else");
});

test("another password changes the Secret and nothing else, so that no pod starts again", async () => {
  const one = await plan(withLogin(), options);
  const two = await plan(withLogin({ password: "next" }), options);
  const inputs = (all: typeof one) =>
    new Map(all.registrations.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
  const later = inputs(two);
  const changed = [...inputs(one)]
    .filter(([urn, text]) => later.get(urn) !== text)
    .map(([urn]) => urn.split("::").at(-1));
  assert.deepEqual(changed, ["namespace-registries-secret"]);
});

for (const stack of everyStack().filter(({ config }) => "registries" in Object(config[layerKey("operations")])))
  test(`${stack.name}: whatever makes pods in the namespace has the credentials`, async () => {
    const preview = await planOf(stack);
    for (const { owner, template } of podTemplates(preview))
      assert.ok(
        template.spec.imagePullSecrets.some(({ name }: { name: string }) => name === "registries"),
        owner.urn,
      );
  });

/** What the kubelet does with a key, by its own table (pkg/credentialprovider/keyring_test.go of Kubernetes). */
const matches: [registry: string, repository: string, matches: boolean][] = [
  ["registry.example", "registry.example/team/panel", true],
  ["registry.example", "registry.example:5000/team/panel", false],
  ["registry.example:5000", "registry.example:5000/panel", true],
  ["registry.example:5000", "registry.example/panel", false],
  ["registry.example/team", "registry.example/team/panel", true],
  ["registry.example/team", "registry.example/other/panel", false],
  ["docker.io", "nginx", true],
  ["docker.io", "docker.io/library/nginx", true],
  ["docker.io", "index.docker.io/team/panel", true],
  ["docker.io", "team/panel", true],
  ["docker.io", "localhost/team/panel", false],
  ["docker.io/team", "team/panel", true],
  ["ghcr.io", "team/panel", false],
  ["ghcr.io/team", "ghcr.io/team/panel", true],
];

test("which image a registry's credentials are for: host with port, then the beginning of the path", () => {
  for (const [registry, repository, expected] of matches)
    assert.equal(isFrom(registry, repository), expected, `${registry} ${repository}`);
});

test("Docker's own registry has the one key that clients look for, however it is written", () => {
  for (const host of ["docker.io", "index.docker.io", "registry-1.docker.io"]) {
    const { operations } = parse((raw) => {
      raw.operations = { registries: { docker: { host, user: "team", password: "p" } } };
    }, secretly);
    const logins = Object.values(operations.registries);
    assert.deepEqual(Object.keys(JSON.parse(dockerConfig(logins, ["p"])).auths), ["https://index.docker.io/v1/"], host);
  }
});

const secretly = { secretLayers: new Set(["operations"]) };
/** What is written, and what is said of it. */
const wrong: [registries: Raw, told: RegExp][] = [
  [{ a: { ...login, host: "https://registry.example" } }, /a\.host: "https:\/\/registry\.example" is a URL/],
  [{ a: { ...login, host: "team" } }, /a\.host: "team" has no host/],
  [{ a: { ...login, host: "Registry.example" } }, /a\.host: .* is not a registry/],
  [{ a: { host: login.host, user: "", password: "p" } }, /a\.user: "" is empty/],
  [{ a: { host: login.host, user: "u" } }, /a\.password: is not set/],
  [{ "A b": login }, /is not a valid name/],
  [
    { a: { ...login, host: "docker.io" }, b: { ...login, host: "index.docker.io" } },
    /b\.host: "docker\.io" is that of .*registries\.a too/,
  ],
];

describe("what is wrong with a registry is told", () => {
  for (const [registries, pattern] of wrong)
    test(JSON.stringify(registries).replaceAll(login.password, "…"), () => {
      assert.throws(
        () =>
          parse((raw) => {
            raw.operations = { registries };
          }, secretly),
        (error: SettingsError) => {
          assert.ok(error instanceof SettingsError);
          assert.match(error.message, pattern);
          assert.ok(!error.message.includes(login.password), "the password is not in the error");
          return true;
        },
      );
    });

  test("a password in clear", () => {
    assert.throws(
      () =>
        parse((raw) => {
          raw.operations = { registries: { company: { ...login, host: "docker.io" } } };
        }),
      /operations\.registries\.company\.password: is stored in clear.*--secret --path operations\.registries\.company\.password/,
    );
  });

  test("credentials that no image is pulled with", () => {
    const { warnings } = parse((raw) => {
      raw.operations = { registries: { company: { ...login, host: "registry.exmaple" } } };
    }, secretly);
    assert.match(warnings.join("\n"), /company\.host: no image of this stack is from "registry\.exmaple"/);
  });
});

describe("a Secret that is to be there before", () => {
  const folder = temporaryFolder("test");
  const path = process.env.PATH;
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  /** What is told when the namespace is about to be made, in a cluster that answers this. */
  async function told(stdout: string, { preview = false, known = true } = {}): Promise<string> {
    writeFileSync(join(folder, "kubectl"), `#!/bin/sh\nprintf '%s' '${stdout}'\n`);
    chmodSync(join(folder, "kubectl"), 0o700);
    process.env.PATH = [folder, path].join(delimiter);
    let message = "";
    await record(
      async () => {
        const owner = { project: "switchboard", stack: "dev", stage: "test" };
        const kubeconfig = '{"clusters":[{"cluster":{"server":"https://192.0.2.1:6443"}}]}';
        const output = known ? pulumi.output(kubeconfig) : (pulumi.output(pulumi.unknown) as pulumi.Output<string>);
        const ownership = new StackOwnership(owner, output, { name: "lab", isOwn: false });
        const hook = ownership.demandSecret("pull", "regcred");
        assert.equal(hook.opts?.onDryRun, true, "a preview says it too");
        await new Promise(setImmediate);
        const newInputs = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
        message = await Promise.resolve(hook.callback({ urn: "", id: "", name: "", type: "", newInputs } as never))
          .then(() => "")
          .catch((error: Error) => error.message);
        return {};
      },
      { project: "switchboard", stack: "dev", config: {}, preview },
    );
    return message;
  }

  const missing =
    /^operations\.imagePullSecret: the Secret regcred is not in the namespace shop, which this run creates.*operations\.registries/;

  test("it cannot be in a namespace that this run makes, in a preview and in an update", async () => {
    assert.match(await told(""), missing);
    assert.match(await told("", { preview: true }), missing);
  });

  test("a namespace that somebody has prepared may hold it; a preview of a cluster to come does not know", async () => {
    assert.equal(await told('{"metadata":{}}'), "");
    assert.equal(await told("", { known: false, preview: true }), "");
  });
});
