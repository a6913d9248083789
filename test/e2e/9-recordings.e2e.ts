import assert from "node:assert/strict";
import { test } from "node:test";
import { ensureCli } from "../../engine/cli";
import { fixture } from "../support/previews/fixtures";
import { withoutLines } from "../support/previews/normalise";
import { run } from "../support/previews/run";
import { situations } from "../support/previews/situations";

/** New, changed, replaced, deleted, failed, drifted, imported: each kind of report that the CLI has. */
const chosen = [
  ...["first-up-dev", "env-variable", "redis-replaced", "schedule-removed", "namespace-renamed"],
  ...["postgres-major-version", "settings-wrong", "drift", "import"],
];

for (const name of chosen) {
  test(`recording ${name} is what the Pulumi CLI says today`, async () => {
    const situation = situations.find((entry) => entry.name === name)!;
    const { stdout: _, ...recorded } = fixture(name);
    const now = await run(situation, await ensureCli());
    const told =
      "the program or the CLI says something else now: npm run record:previews, and look at what has changed";
    // Lines of the program move with every edit above them, and are not what is compared.
    assert.deepEqual(withoutLines(now), withoutLines(recorded), `${name}: ${told}`);
  });
}
