/** `pulumi stack rename` with the real CLI on a file backend, on a state as an `up` leaves it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ensureCli } from "../../engine/cli";
import { offlineStack } from "../../engine/record/offlineStack";
import { projectName } from "../../engine/stack/project";
import { type StackPreview, stackPreview } from "../../review/plan";
import { deployedState } from "../support/deployedState";
import { plan, repository, stackConfig } from "../support/plan";
import { DeployedPreview } from "../support/previews/deployedPreview";

/** What a preview says of a stack of production after it was renamed. @param name `operations.name`; undefined for none */
async function renamed(stack: string, name: string | undefined): Promise<StackPreview> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-rename-"));
  try {
    const config = structuredClone(stackConfig(stack)) as Record<string, Record<string, unknown>>;
    const { name: _, ...operations } = config[`${projectName()}:operations`]!;
    config[`${projectName()}:operations`] = { ...operations, ...(name !== undefined && { name }) };
    const offline = await offlineStack(config, { root: repository, folder, now: new Date() });
    const preview = new DeployedPreview(await ensureCli(), stack, offline, folder);
    await preview.open();
    await preview.assume(deployedState(await plan(config, { stack, preview: false }), stack));
    const before = stackPreview((await preview.output(["preview"], ["--json", "--show-sames"])).stdout);
    assert.equal(before.changes.length, 0, "before it is renamed nothing changes");
    await preview.rename("production-europe-blue-1");
    const { stdout, stderr, exitCode } = await preview.output(["preview"], ["--json", "--show-sames"]);
    return stackPreview(stdout, { stderr, exitCode });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const stack of ["prod", "prod-eks"]) {
  test(`a renamed ${stack} that keeps its name in the settings replaces nothing`, async () => {
    const { changes, diagnostics, counts } = await renamed(stack, stack);
    assert.deepEqual(
      changes.map(({ operation, urn }) => [operation, urn]),
      [],
      JSON.stringify(diagnostics),
    );
    assert.ok(counts.same > 50);
  });
}

test("without the setting the preview names the cause and what keeps the resources", async () => {
  const { changes, diagnostics } = await renamed("prod", undefined);
  assert.ok(changes.some(({ operation }) => operation === "replace"));
  const [said] = diagnostics.filter(({ message }) => /because of a name/.test(message));
  assert.match(
    said?.message ?? JSON.stringify(diagnostics),
    /switchboard-prod becomes switchboard-production-europe-blue-1\. If the stack was renamed, .*operations\.name prod$/,
  );
});
