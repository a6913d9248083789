import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stringify } from "yaml";
import { accessTo } from "../../../cli/cluster/access";
import { ClusterError } from "../../../cli/cluster/kubectlErrors";
import type { Target } from "../../../engine/stack/target";
import { UserError } from "../../../lib/userError";
import { layerKey } from "../../support/project";

const folder = mkdtempSync(join(tmpdir(), "switchboard-access-"));
const kept = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG };
before(() => {
  process.env.PATH = `${folder}:${kept.PATH}`;
  process.env.KUBECONFIG = join(folder, "config");
  const cluster = (name: string) => ({ name, cluster: { server: `https://${name}.example.com` } });
  writeFileSync(
    process.env.KUBECONFIG,
    stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "production" },
      clusters: [cluster("production"), cluster("test")],
      users: [{ name: "me", user: { token: "very-secret" } }],
      contexts: ["production", "test"].map((name) => ({ name, context: { cluster: name, user: "me" } })),
    }),
  );
});
after(() => {
  Object.assign(process.env, kept);
  if (kept.KUBECONFIG === undefined) delete process.env.KUBECONFIG;
  rmSync(folder, { recursive: true });
});

/** A kubectl that writes down how it was called and does what `script` says. */
function fakeKubectl(script: string): void {
  const file = join(folder, "kubectl");
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" >> ${folder}/calls\ncase "$*" in\n${script}\nesac\n`);
  chmodSync(file, 0o755);
  rmSync(join(folder, "calls"), { force: true });
}

const versions = (client: string) =>
  `*version*) echo '{"clientVersion":{"gitVersion":"${client}"},"serverVersion":{"gitVersion":"v1.36.0"}}';;`;

/** A stack on an existing cluster. */
function target(cluster: object): Target {
  const stackFile = join(folder, "Pulumi.test.yaml");
  writeFileSync(stackFile, stringify({ config: { [layerKey("cluster")]: { kind: "existing", ...cluster } } }));
  const { context } = cluster as { context?: string };
  return { stack: "test", stackFile, local: false, ...(context && { context }), ports: { https: 443, http: 80 } };
}

test("an existing cluster: the context that the stack names and nothing else of the kubeconfig, in a file of this user", async () => {
  fakeKubectl(`${versions("v1.36.1")}\n*) echo namespace/chatty;;`);
  const access = await accessTo(target({ context: "test", namespace: "chatty" }));
  assert.deepEqual([access.context, access.namespace], ["test", "chatty"]);
  const { kubeconfig } = access.kubectl.options;
  assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
  const content = JSON.parse(readFileSync(kubeconfig, "utf8"));
  assert.equal(content["current-context"], "test");
  assert.deepEqual(content.clusters, [{ name: "test", cluster: { server: "https://test.example.com" } }]);
  const calls = readFileSync(join(folder, "calls"), "utf8");
  for (const call of calls.trim().split("\n")) {
    assert.ok(call.startsWith(`--kubeconfig=${kubeconfig} --context=test --namespace=chatty `), call);
  }
  assert.ok(!calls.includes("very-secret"), "no credential is on a command line");
  access.close();
  assert.ok(!existsSync(kubeconfig), "and it is taken away");
});

test("a context that is not there, and none at all, are told with what is there", async () => {
  fakeKubectl(`${versions("v1.36.1")}\n*) :;;`);
  await assert.rejects(accessTo(target({ context: "nope" })), (error: UserError) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /stack test: cluster\.context: "nope" is not in .*config; use one of production, test/);
    return true;
  });
  await assert.rejects(accessTo(target({})), /names no context/);
});

test("a stack that is not up, a kubectl that is too old, one that is unusual", async () => {
  fakeKubectl(
    `${versions("v1.36.1")}\n*) echo 'Error from server (NotFound): namespaces "switchboard" not found' >&2; exit 1;;`,
  );
  await assert.rejects(
    accessTo(target({ context: "test" })),
    (error: ClusterError) => error instanceof ClusterError && error.trouble === "no namespace",
  );
  fakeKubectl(`${versions("v1.21.0")}\n*) echo namespace/switchboard;;`);
  await assert.rejects(accessTo(target({ context: "test" })), /kubectl v1\.21\.0 is too old/);
  fakeKubectl(`${versions("v1.33.0")}\n*) echo namespace/switchboard;;`);
  const notes: string[] = [];
  (await accessTo(target({ context: "test" }), { note: (line) => notes.push(line) })).close();
  assert.match(notes.join(), /kubectl v1\.33\.0 is too old/);
});

test("who may not look at namespaces, but at what is in them, gets on", async () => {
  const forbidden =
    'Error from server (Forbidden): namespaces "switchboard" is forbidden: User "joe" cannot get resource "namespaces" in API group "" in the namespace "switchboard"';
  fakeKubectl(`${versions("v1.36.1")}\n*get*pods*) echo '{"items":[1,2]}';;\n*) echo '${forbidden}' >&2; exit 1;;`);
  const access = await accessTo(target({ context: "test" }));
  assert.deepEqual(await access.kubectl.list("pods"), [1, 2]);
  await assert.rejects(access.kubectl.text(["get", "secrets"]), /joe may not get namespaces/);
  access.close();
});

test("a call that takes too long, and one that is interrupted, say so", async () => {
  fakeKubectl(`${versions("v1.36.1")}\n*slow*) exec sleep 30;;\n*) echo namespace/switchboard;;`);
  const controller = new AbortController();
  const access = await accessTo(target({ context: "test" }), { signal: controller.signal });
  await assert.rejects(access.kubectl.text(["get", "slow"], { timeoutSeconds: 0.3 }), /no answer within 0\.3 s/);
  const slow = access.kubectl.text(["get", "slow"]);
  controller.abort();
  await assert.rejects(slow, /interrupted/);
  access.close();
});
