import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { type KindMachine, offerKind } from "../../../../cli/commands/up/kindCluster";
import { readTargetAt } from "../../../../engine/stack/target";
import { temporaryFolder } from "../../../../lib/temporary";
import { repository } from "../../../support/plan";

const folder = temporaryFolder("kind");
after(() => rmSync(folder, { recursive: true, force: true }));

const committed = readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8");

/** A stack's file with this text in a folder of its own. */
function stackWith(text: string) {
  const file = join(folder, "Pulumi.dev.yaml");
  writeFileSync(file, text);
  return readTargetAt(file);
}

/** A machine where Docker and kind answer and somebody says yes; what it was asked and told. */
function machine(differs: Partial<KindMachine> & { readonly clusters?: string } = {}) {
  const calls: string[] = [];
  const said: string[] = [];
  const around: KindMachine = {
    hasNodes: false,
    canAsk: true,
    found: () => true,
    output: async ([program, ...args]) => {
      calls.push([program, ...args].join(" "));
      return program === "kind" ? (differs.clusters ?? "other") : "28.2.2";
    },
    call: async (command) => {
      calls.push(command.join(" "));
    },
    ask: async (question) => {
      said.push(question);
      return "yes";
    },
    note: (text) => said.push(text),
    ...differs,
  };
  return { around, calls, said };
}

test("a yes makes the kind cluster once, and the stack's file names it", async () => {
  const { around, calls, said } = machine();
  const target = await offerKind(stackWith(committed), around);
  assert.deepEqual([target.local, target.context], [false, "kind-switchboard"]);
  assert.deepEqual(calls.slice(1), ["kind get clusters", "kind create cluster --name switchboard --wait 180s"]);
  assert.match(said[0]!, /Docker answers here\. A kind cluster for stack dev/);
  const text = readFileSync(target.stackFile, "utf8");
  const lines = committed.split("\n");
  assert.deepEqual(
    text.split("\n").filter((line, at) => line !== lines[at]),
    ["    context: kind-switchboard", "    service: {type: NodePort}"],
  );
  // The next up finds a stack that names a context, and asks nothing.
  const again = machine();
  assert.equal(await offerKind(target, again.around), target);
  assert.deepEqual([again.calls, again.said], [[], []]);
  // A cluster of that name that is there already is taken.
  const there = machine({ clusters: "other\nswitchboard" });
  await offerKind(stackWith(committed), there.around);
  assert.deepEqual(there.calls.slice(1), ["kind get clusters"]);
});

test("a no, and what cannot be offered, change nothing", async () => {
  const cases: [string, Partial<KindMachine>, RegExp | undefined][] = [
    ["Enter", { ask: async () => "" }, undefined],
    ["local nodes that are there", { hasNodes: true }, undefined],
    ["no Docker", { found: (program) => program !== "docker" }, undefined],
    ["Docker without its engine", { output: async () => undefined }, undefined],
    ["no kind", { found: (program) => program !== "kind" }, /with kind on PATH/],
    ["nobody to ask", { canAsk: false }, /cluster\.context: kind-switchboard/],
  ];
  for (const [what, differs, note] of cases) {
    const { around, calls, said } = machine(differs);
    const target = stackWith(committed);
    assert.equal(await offerKind(target, around), target, what);
    assert.equal(readFileSync(target.stackFile, "utf8"), committed, what);
    assert.ok(!calls.some((call) => call.startsWith("kind ")), what);
    if (note) assert.match(said.join("\n"), note, what);
    else assert.deepEqual(said, [], what);
  }
});

test("a stack that names another cluster is not looked at", async () => {
  const { around, calls, said } = machine();
  const target = stackWith(committed.replace("context: switchboard-local", "context: minikube"));
  assert.equal(await offerKind(target, around), target);
  assert.deepEqual([calls, said], [[], []]);
  // Without a context it is the local nodes', and the context is added.
  const none = await offerKind(stackWith(committed.replace("    context: switchboard-local\n", "")), around);
  assert.equal(none.context, "kind-switchboard");
});

test("a cluster that kind cannot make leaves the stack's file as it was", async () => {
  const { around } = machine({
    call: async () => {
      throw new Error("kind create ended with exit code 1");
    },
  });
  const target = stackWith(committed);
  await assert.rejects(offerKind(target, around), /exit code 1/);
  assert.equal(readFileSync(target.stackFile, "utf8"), committed);
});
