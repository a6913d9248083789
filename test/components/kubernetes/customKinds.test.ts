import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { KindGuard } from "../../../components/kubernetes/customKinds";
import { record } from "../../../engine/record/recorder";

const folder = mkdtempSync(join(tmpdir(), "switchboard-kinds-"));
const path = process.env.PATH;
after(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  process.env.PATH = `${folder}${delimiter}${path}`;
});

/** A kubectl that answers so to whatever it is asked, and writes down what that was. */
function kubectl(script: string): void {
  writeFileSync(join(folder, "kubectl"), `#!/bin/sh\necho "$@" > ${join(folder, "asked")}\n${script}\n`, {
    mode: 0o755,
  });
}
const definition = (...versions: readonly object[]) =>
  `cat <<'END'\n${JSON.stringify({ metadata: {}, spec: { versions } })}\nEND`;

const kind = { group: "external-secrets.io", version: "v1", kind: "ExternalSecret", plural: "externalsecrets" };
const words = { key: "apps.shop.externalSecrets", bringer: "the operator", instead: "use secretEnv" };

/** What the guard says before the object is made, and the warnings. */
async function told(kubeconfig = "server: https://127.0.0.1:6443") {
  let message = "";
  const { warnings } = await record(
    async () => {
      const { hooks } = new KindGuard(pulumi.output(kubeconfig)).guard("shop-external", kind, words);
      assert.deepEqual(hooks!.beforeCreate, hooks!.beforeUpdate);
      const hook = hooks!.beforeCreate![0] as pulumi.ResourceHook;
      assert.equal(hook.opts?.onDryRun, true, "in a preview too");
      await new Promise(setImmediate);
      message = await Promise.resolve(hook.callback({ urn: "", id: "", name: "", type: "" } as never))
        .then(() => "")
        .catch((error: Error) => error.message);
      return {};
    },
    { project: "switchboard", stack: "dev", config: {}, preview: true },
  );
  return { message, warnings };
}

test("a kind that the cluster serves is no matter", async () => {
  kubectl(definition({ name: "v1beta1", served: true }, { name: "v1", served: true }));
  assert.deepEqual(await told(), { message: "", warnings: [] });
});

test("a cluster without the kind, or with another version of it, is told before anything is tried", async () => {
  kubectl("exit 0");
  assert.equal(
    (await told()).message,
    "apps.shop.externalSecrets: the cluster has no ExternalSecret of external-secrets.io. Install the operator, or use secretEnv",
  );
  kubectl(definition({ name: "v1beta1", served: true }, { name: "v1", served: false }));
  assert.equal(
    (await told()).message,
    "apps.shop.externalSecrets: the cluster has ExternalSecret of external-secrets.io in v1beta1, not in v1. Install the operator, or use secretEnv",
  );
});

test("who may not read definitions is told that nothing was checked, and an offline preview asks nobody", async () => {
  kubectl("echo 'Error from server (Forbidden): no' >&2; exit 1");
  const { message, warnings } = await told();
  assert.equal(message, "");
  assert.match(
    warnings.join(),
    /whether the cluster knows the kind of shop-external could not be checked: Error from server \(Forbidden\): no/,
  );
  kubectl("exit 0");
  assert.equal((await told("server: https://offline.invalid")).message, "");
});
