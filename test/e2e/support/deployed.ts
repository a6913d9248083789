import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CliVerdict } from "../../../cli/commands/preview/cliPreview";
import { ensureCli } from "../../../engine/cli";
import { offlineStack } from "../../../engine/record/offlineStack";
import { deployedState, type State } from "../../support/deployedState";
import { plan, repository, stackConfig } from "../../support/plan";
import { DeployedPreview } from "../../support/previews/deployedPreview";

/**
 * What the real Pulumi engine says of a stack's preview when everything of it is there already, with the state that the
 * program itself would have left.
 *
 * @param before changes what is there, as if an earlier version of the program had made it
 */
export async function previewOfDeployed(stack: string, before: (resource: State) => void): Promise<CliVerdict> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-deployed-"));
  try {
    const cli = await ensureCli();
    const offline = await offlineStack(stackConfig(stack), { root: repository, folder, now: new Date() });
    const preview = new DeployedPreview(cli, stack, offline, folder);
    await preview.open();
    await preview.assume(deployedState(await plan(stackConfig(stack), { stack, preview: false }), stack, before));
    return await preview.verdict();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
