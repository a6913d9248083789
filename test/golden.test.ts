import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { everythingStack } from "./support/everything";
import { render } from "./support/golden";
import { committedStacks, recordedPlan, repository, stackConfig } from "./support/plan";
import { layerKey } from "./support/project";

const { config, stack, secretKeys } = everythingStack("existing");
/** Where the files that this stack names were made, another place in every run. */
const made = dirname((config[layerKey("cluster")] as { readonly kubeconfig: string }).kubeconfig);
const stacks = [
  ...committedStacks.map((name) => ({ stack: name as string, config: stackConfig(name), secretKeys: [] as string[] })),
  { stack, config, secretKeys },
];

for (const { stack, config, secretKeys } of stacks) {
  test(`stack ${stack} renders as committed (npm run golden writes it anew)`, async () => {
    const file = join(repository, "test/golden", `${stack}.yaml`);
    const text = render(await recordedPlan(config, { stack, secretKeys })).replaceAll(made, "/files");
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
    assert.equal(text, readFileSync(file, "utf8"));
  });
}
