import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { stringify } from "yaml";
import { begunMark, continueBegun, withBegun } from "../../../../cli/commands/up/begun";
import type { Engine } from "../../../../engine";
import { Stack } from "../../../../engine/stack";
import type { Target } from "../../../../engine/stack/target";
import { temporaryFolder } from "../../../../lib/temporary";
import { layerKey } from "../../../support/project";

const folder = temporaryFolder("begun");
const file = (name: string) => join(folder, name);
const kept = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG };
const target: Target = {
  ...{ stack: "test", stackFile: file("Pulumi.test.yaml"), local: false },
  ...{ context: "test", ports: { https: 443, http: 80 } },
};

before(() => {
  process.env.PATH = `${folder}:${kept.PATH}`;
  process.env.KUBECONFIG = file("config");
  writeFileSync(
    file("config"),
    stringify({
      ...{ apiVersion: "v1", kind: "Config" },
      clusters: [{ name: "test", cluster: { server: "https://test.example.com" } }],
      users: [{ name: "me", user: {} }],
      contexts: [{ name: "test", context: { cluster: "test", user: "me" } }],
    }),
  );
  writeFileSync(
    target.stackFile,
    stringify({ config: { [layerKey("cluster")]: { context: "test" }, [layerKey("operations")]: { stage: "qa" } } }),
  );
});
after(() => {
  process.env.PATH = kept.PATH;
  if (kept.KUBECONFIG === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = kept.KUBECONFIG;
});
beforeEach(() => {
  rmSync(file("calls"), { force: true });
});

const labels = { "app.kubernetes.io/part-of": "switchboard", "app.kubernetes.io/managed-by": "pulumi" };
const ours = { ...labels, "switchboard.dev/stage": "qa" };
const urnOf = (kind: string) => `urn:pulumi:test::switchboard::kubernetes:core/v1:${kind}::edge`;
const resource = (kind: string, more = {}) => ({
  ...{ urn: urnOf(kind), type: `kubernetes:core/v1:${kind}`, custom: true, dependencies: [] },
  inputs: { apiVersion: "v1", kind, metadata: { name: "edge", namespace: "app" }, ...more },
});
const creating = (...resources: object[]) => resources.map((one) => ({ type: "creating", resource: one }));
const made = (kind: string) => ({
  ...resource(kind),
  id: "app/edge",
  outputs: { __inputs: {}, metadata: { uid: "1" } },
});

/** A Pulumi that holds a state and whose refresh does what a provider does, and a kubectl that knows some objects. */
function machine(state: object, objects: Readonly<Record<string, object>>): Stack {
  writeFileSync(file("state"), JSON.stringify({ version: 3, deployment: state }));
  const script = (name: string, text: string) => writeFileSync(file(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  script(
    "pulumi",
    `echo "$*" >> ${file("calls")}
case "$1 $2" in
"stack export") cat ${file("state")};;
"stack import") cat > ${file("state")};;
"refresh "*) sed -i 's/"outputs":{"apiVersion"/"outputs":{"metadata":{"uid":"7"},"apiVersion"/; s/"initErrors":\\[[^]]*\\]/"initErrors":[]/' ${file("state")}
echo '{"summaryEvent":{"durationSeconds":1,"resourceChanges":{"same":1}}}';;
esac`,
  );
  const answers = Object.entries(objects).map(
    ([name, metadata]) => `*"get ${name} "*) echo '${JSON.stringify(metadata)}';;`,
  );
  script(
    "kubectl",
    `echo "kubectl $*" >> ${file("calls")}
case "$*" in
*version*) echo '{"clientVersion":{"gitVersion":"v1.36.1"},"serverVersion":{"gitVersion":"v1.36.0"}}';;
${answers.join("\n")}
esac`,
  );
  const engine: Engine = {
    ...{ executable: file("pulumi"), env: {}, origin: "path", note: "a script" },
    ...{ plugins: "official", kubernetes: "official", misplaced: [] },
  };
  return new Stack(engine, target);
}

const notes: string[] = [];
const progress = {
  step: <T>(_: string, work: (report: () => void) => Promise<T>) => work(() => {}),
  note: (text: string) => void notes.push(text),
};
const goOn = (stack: Stack) => continueBegun(target, stack, { progress, signal: new AbortController().signal });
const stateNow = () => JSON.parse(readFileSync(file("state"), "utf8")).deployment;
const calls = () => readFileSync(file("calls"), "utf8");

test("an object of this stack that a killed run made becomes the state's, is read, and is waited for again", async () => {
  const fields = [
    { manager: "kube-controller-manager", operation: "Update" },
    { manager: "pulumi-kubernetes-1a2b", operation: "Apply" },
  ];
  const stack = machine(
    { resources: [], pending_operations: creating(resource("Service")) },
    { "Service.v1. edge": { name: "edge", namespace: "app", labels: ours, managedFields: fields } },
  );
  await goOn(stack);
  const { resources, pending_operations } = stateNow();
  assert.deepEqual(pending_operations, []);
  assert.equal(resources.length, 1);
  const [service] = resources;
  assert.equal(service.id, "app/edge");
  assert.equal(service.outputs.__fieldManager, "pulumi-kubernetes-1a2b");
  assert.deepEqual(service.outputs.__inputs, resource("Service").inputs);
  assert.deepEqual(service.initErrors, [begunMark]);
  assert.match(calls(), new RegExp(`^refresh --target ${urnOf("Service")} --yes `, "m"));
  assert.match(calls(), /--output=jsonpath=\{\.metadata\}/, "what is in a Secret is not read");
  assert.match(notes.join(), /resources that a killed run began to create exist \(1\)/);
});

test("what was not made, is on its way out, or is in the state alone, is forgotten; a cloud's own stays noted", async () => {
  const database = { urn: "urn:pulumi:test::p::gcp:sql/x:X::db", type: "gcp:sql/x:X", custom: true };
  const password = { urn: "urn:pulumi:test::p::random:index/p:P::p", type: "random:index/p:P", custom: true };
  const stack = machine(
    {
      resources: [made("Service")],
      pending_operations: creating(resource("Secret"), resource("ConfigMap"), password, database),
    },
    { "ConfigMap.v1. edge": { name: "edge", namespace: "app", labels: {}, deletionTimestamp: "now" } },
  );
  await goOn(stack);
  const { resources, pending_operations } = stateNow();
  assert.deepEqual(resources, [made("Service")]);
  assert.deepEqual(pending_operations, creating(database));
  assert.doesNotMatch(calls(), /refresh/);
});

test("nothing of another owner is taken: without this stack's labels it is refused, and the state stays as it was", async () => {
  for (const [found, problem, namespace] of [
    [{}, /its label app\.kubernetes\.io\/part-of is missing, not switchboard/],
    [{ ...labels, "app.kubernetes.io/managed-by": "Helm" }, /managed-by is "Helm", not pulumi/],
    [{ ...labels, "switchboard.dev/stage": "dev" }, /its label switchboard\.dev\/stage is "dev", not qa/],
    [labels, /the label of its namespace app, switchboard\.dev\/stage is "dev", not qa/, "dev"],
    [labels, /the label of its namespace app, switchboard\.dev\/stage is missing/, undefined],
  ] as const) {
    const stack = machine(
      { resources: [], pending_operations: creating(resource("Service")) },
      {
        "Service.v1. edge": { name: "edge", namespace: "app", labels: found },
        "Namespace.v1. app": { name: "app", labels: { "switchboard.dev/stage": namespace } },
      },
    );
    await assert.rejects(goOn(stack), (error: Error) => {
      assert.match(error.message, /^Service app\/edge is there, and .*: it is not taken over \(edge was about/);
      assert.match(error.message, problem);
      return true;
    });
    assert.equal(stateNow().pending_operations.length, 1);
    assert.doesNotMatch(calls(), /stack import/);
  }
});

test("an object without a stage is the stack's where its namespace is", async () => {
  const stack = machine(
    { resources: [], pending_operations: creating(resource("Service")) },
    {
      "Service.v1. edge": { name: "edge", namespace: "app", labels },
      "Namespace.v1. app": { name: "app", labels: { "switchboard.dev/stage": "qa" } },
    },
  );
  await goOn(stack);
  assert.equal(stateNow().resources.length, 1);
});

test("a run that is killed between taking up and reading reads the next time", async () => {
  const found = new Map([[urnOf("Service"), { metadata: { name: "edge", namespace: "app" } }]]);
  const between = withBegun({ resources: [], pending_operations: creating(resource("Service")) as never }, found);
  const stack = machine(between, {});
  await goOn(stack);
  assert.equal(stateNow().resources[0].outputs.metadata.uid ?? "7", "7");
  assert.match(calls(), /^refresh --target /m);
});

test("the replacement of an object takes its place, and the old one waits to be deleted", () => {
  const old = made("Secret");
  const found = new Map([[urnOf("Secret"), { metadata: { name: "new", namespace: "app" } }]]);
  const pending_operations = creating(resource("Secret")) as never;
  const { resources } = withBegun({ resources: [old], pending_operations }, found);
  assert.deepEqual(
    resources!.map(({ id, delete: isGoing }) => [id, isGoing === true]),
    [
      ["app/edge", true],
      ["app/new", false],
    ],
  );
  const gone = withBegun({ resources: [{ ...old, pendingReplacement: true } as never], pending_operations }, found);
  assert.deepEqual(
    gone.resources!.map(({ id }) => id),
    ["app/new"],
  );
});

test("where nothing was begun the cluster is not asked; a state of an older stand-in is to be looked at as a whole", async () => {
  assert.equal(await goOn(machine({ resources: [made("Service")] }, {})), false);
  const older = { ...made("Service"), outputs: { metadata: { uid: "1" } } };
  assert.equal(await goOn(machine({ resources: [older] }, {})), true);
  assert.doesNotMatch(calls(), /kubectl|import|refresh/);
});
