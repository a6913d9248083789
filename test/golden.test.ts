import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { render } from "./support/golden";
import { committedStacks, plan, repository, stackConfig } from "./support/plan";

for (const stack of committedStacks) {
  test(`stack ${stack} renders as committed (npm run golden writes it anew)`, async () => {
    const file = join(repository, "test/golden", `${stack}.yaml`);
    const text = render(await plan(stackConfig(stack), { stack }));
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
    assert.equal(text, readFileSync(file, "utf8"));
  });
}
