import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exampleFile, exampleStacks, takeExample } from "../../../engine/stack/examples";
import { parseStackFile } from "../../../engine/stack/stackFile";
import { repository } from "../../support/plan";
import { layerKey } from "../../support/project";
import { settingsOf } from "../../support/stackSettings";

const folder = join(repository, "examples");

function example(name: string) {
  const { config } = parseStackFile(readFileSync(exampleFile(name), "utf8"), name);
  return { name, stack: name, config, kind: "existing", namespace: name, secretKeys: [] } as const;
}

test("every folder of examples/ is a stack that this machine can run", () => {
  assert.deepEqual(exampleStacks().sort(), readdirSync(folder).sort());
  assert.ok(exampleStacks().length >= 5);
  for (const name of exampleStacks()) {
    const { warnings, cluster, operations } = settingsOf(example(name));
    assert.deepEqual(warnings, [], name);
    assert.deepEqual([cluster.kind, cluster.namespace, operations.name], ["existing", name, name]);
  }
});

test("examples can run beside each other and beside the development stack", () => {
  const ports = [...exampleStacks().map((name) => settingsOf(example(name)).edge), { httpsPort: 8443, httpPort: 8080 }];
  const all = ports.flatMap(({ httpsPort, httpPort }) => [httpsPort, httpPort]);
  assert.equal(new Set(all).size, all.length, all.join(" "));
});

test("the app of the README's first screen is accepted as it stands there", () => {
  const [, block] = /```yaml\n( {2}switchboard:apps:\n[\s\S]*?)```/.exec(
    readFileSync(join(repository, "README.md"), "utf8"),
  )!;
  const { config: shown } = parseStackFile(
    `config:\n${block!.replace("source: shop}", "source: apps/panel}")}`,
    "README",
  );
  const rails = example("rails");
  assert.deepEqual(
    settingsOf({ ...rails, config: { ...rails.config, [layerKey("apps")]: shown[layerKey("apps")] } }).warnings,
    [],
  );
});

test("an example becomes a stack once, and never in the place of one", () => {
  const copy = join(repository, "Pulumi.node-api.yaml");
  assert.equal(existsSync(copy), false, "the test makes it, and takes it away");
  try {
    assert.equal(takeExample("node-api"), copy);
    assert.equal(readFileSync(copy, "utf8"), readFileSync(exampleFile("node-api"), "utf8"));
    assert.equal(takeExample("node-api"), undefined);
  } finally {
    rmSync(copy, { force: true });
  }
  assert.equal(takeExample("dev"), undefined);
  assert.equal(takeExample("../examples/rails"), undefined);
  assert.equal(existsSync(join(repository, "Pulumi.rails.yaml")), false);
});
