import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../../components/settings";
import { leastSettings, type Raw, root } from "./stack";

const registered: string[] = [];

/** Gives the program these settings as the engine would: structured values are JSON text. */
function configure(change: (raw: Raw) => void = () => {}, secretLayers: string[] = []): void {
  const raw = leastSettings();
  raw.cluster.kubeconfig = `${root}/kubeconfig`;
  raw.panel.image = "localhost/switchboard/panel:1";
  change(raw);
  const entries = Object.entries(raw).map(([layer, value]) => [
    `switchboard:${layer}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(
    { ...Object.fromEntries(entries), "kubernetes:context": "not ours" },
    secretLayers.map((layer) => `switchboard:${layer}`),
  );
}

beforeEach(async () => {
  registered.length = 0;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push(`${type} ${name}`);
        return { id: name, state: inputs };
      },
      call: () => {
        throw new Error("reading settings calls nothing");
      },
    },
    "switchboard",
    "dev",
  );
});

const plain = (output: pulumi.Output<unknown>) => new Promise((resolve) => output.apply(resolve));

test("right settings are read; secrets in them are secret outputs", async () => {
  configure(
    (raw) => {
      raw.panel.secretEnv = { SMTP_PASSWORD: "hunter2" };
    },
    ["panel"],
  );
  const settings = await readSettings();
  assert.equal(settings.stack, "dev");
  assert.equal(settings.panel!.replicas, 2);
  const password = settings.panel!.secretEnv.SMTP_PASSWORD!;
  assert(pulumi.Output.isInstance(password));
  assert.equal(await pulumi.isSecret(password), true);
  assert.equal(await plain(password), "hunter2");
  assert(settings.cluster.kind === "existing");
  assert.equal(await pulumi.isSecret(settings.cluster.kubeconfig.text), true);
  assert.equal(settings.cluster.kubeconfig.server, "https://127.0.0.1:6443");
  assert.deepEqual(registered, []);
});

test("wrong settings end in one RunError that lists them, and nothing is registered", async () => {
  configure((raw) => {
    raw.panel.replicas = 0;
    raw.redis = "not a map";
  });
  await assert.rejects(readSettings, (error: unknown) => {
    // The CLI prints the message of a RunError and nothing else (cmd/run of the SDK).
    assert(pulumi.RunError.isInstance(error));
    assert.equal(
      (error as Error).message,
      [
        "2 settings are wrong in stack dev; nothing was changed.",
        '  redis: "not a map" is not a map of keys and values; write its keys below it',
        "  panel.replicas: 0 is too small; use a whole number from 1 to 100 (2 or more for releases without downtime)",
      ].join("\n"),
    );
    return true;
  });
  assert.deepEqual(registered, []);
});

test("a variable that is stored in clear is refused even though the layer can be read", async () => {
  configure((raw) => {
    raw.panel.secretEnv = { SMTP_PASSWORD: "hunter2" };
  });
  await assert.rejects(
    readSettings,
    /panel\.secretEnv\.SMTP_PASSWORD: is stored in clear and must be stored with --secret/,
  );
});
