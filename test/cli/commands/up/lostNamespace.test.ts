import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stringify } from "yaml";
import { namespaceIsLost } from "../../../../cli/commands/up/lostNamespace";
import type { Target } from "../../../../engine/stack/target";
import { UserError } from "../../../../lib/userError";
import { layerKey } from "../../../support/project";

const folder = mkdtempSync(join(tmpdir(), "switchboard-namespace-"));
const kept = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG, PULUMI: process.env.PULUMI_BACKEND_URL };
const target: Target = {
  ...{ stack: "test", stackFile: join(folder, "Pulumi.test.yaml"), local: false },
  ...{ context: "test", ports: { https: 443, http: 80 } },
};

before(() => {
  process.env.PATH = `${folder}:${kept.PATH}`;
  process.env.KUBECONFIG = join(folder, "config");
  process.env.PULUMI_BACKEND_URL = `file://${folder}`;
  writeFileSync(
    process.env.KUBECONFIG,
    stringify({
      ...{ apiVersion: "v1", kind: "Config" },
      clusters: [{ name: "test", cluster: { server: "https://test.example.com" } }],
      users: [{ name: "me", user: {} }],
      contexts: [{ name: "test", context: { cluster: "test", user: "me" } }],
    }),
  );
  writeFileSync(target.stackFile, stringify({ config: { [layerKey("cluster")]: { context: "test" } } }));
});
after(() => {
  process.env.PATH = kept.PATH;
  for (const [name, value] of [["KUBECONFIG", kept.KUBECONFIG] as const, ["PULUMI_BACKEND_URL", kept.PULUMI] as const])
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  rmSync(folder, { recursive: true });
});

const notFound = `echo 'Error from server (NotFound): namespaces "switchboard" not found' >&2; exit 1`;

/** A kubectl that finds the namespace, and of which the nth list has the nth answer; the last one stays. */
function cluster(there: string, ...lists: object[][]): void {
  const answers = lists.map((items, index) => `${index + 1}) echo '${JSON.stringify({ items })}';;`);
  rmSync(join(folder, "count"), { force: true });
  script(
    "kubectl",
    `case "$*" in
*"get namespace "*) ${there};;
*"get namespaces "*) echo >> ${folder}/count; n=$(wc -l < ${folder}/count); [ $n -gt ${lists.length} ] && n=${lists.length}
case $n in ${answers.join("\n")} esac;;
*version*) echo '{"clientVersion":{"gitVersion":"v1.36.1"},"serverVersion":{"gitVersion":"v1.36.0"}}';;
esac`,
  );
}

function pulumi(...types: string[]): void {
  const resources = types.map((type) => ({ type, urn: `urn:pulumi:test::switchboard::${type}::it` }));
  script("pulumi", `[ "$1 $2" = "stack export" ] && echo '${JSON.stringify({ deployment: { resources } })}'`);
}

function script(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

const active = { metadata: {}, status: {} };
const going = (message: string) => ({
  metadata: { deletionTimestamp: "2026-11-20T00:00:00Z" },
  status: { conditions: [{ type: "NamespaceContentRemaining", status: "True", message }] },
});

async function ask(): Promise<{ lost: boolean; said: string[] }> {
  const said: string[] = [];
  const lost = await namespaceIsLost(target, (line) => said.push(line), new AbortController().signal);
  return { lost, said: [...new Set(said)] };
}

test("a namespace that is there is asked for once and nothing is waited for", async () => {
  pulumi();
  cluster("echo namespace/switchboard", [active]);
  assert.deepEqual(await ask(), { lost: false, said: [] });
  assert.equal(readFileSync(join(folder, "count"), "utf8").length, 1);
});

test("one that is on its way out is waited for", async () => {
  cluster("echo namespace/switchboard", [going("2 pods")], [going("1 pod")], []);
  assert.deepEqual(await ask(), {
    lost: true,
    said: ["the namespace switchboard is being deleted by a down that was interrupted: waiting until it is gone"],
  });
});

test("one that only the state has is lost; where nobody has it, this is the first up", async () => {
  cluster(notFound, []);
  pulumi("kubernetes:core/v1:Secret", "kubernetes:core/v1:Namespace");
  assert.equal((await ask()).lost, true);
  pulumi("pulumi:pulumi:Stack");
  assert.equal((await ask()).lost, false);
});

test("one that does not go is told with what keeps it", async (context) => {
  context.mock.timers.enable({ apis: ["Date"] });
  cluster("echo namespace/switchboard", [going("pods. has 1 resource instances")]);
  const asked = namespaceIsLost(target, () => context.mock.timers.tick(400_000), new AbortController().signal);
  await assert.rejects(asked, (error: UserError) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /does not go: pods\. has 1 resource instances/);
    assert.match(error.todo, /kubectl --context test get namespace switchboard/);
    return true;
  });
});

test("a cluster that does not answer is left to the up, and Ctrl-C is heard while waiting", async () => {
  cluster("echo 'The connection to the server was refused' >&2; exit 1", []);
  assert.equal((await ask()).lost, false);
  cluster("echo namespace/switchboard", [going("pods")]);
  const controller = new AbortController();
  await assert.rejects(namespaceIsLost(target, () => controller.abort(), controller.signal));
});
