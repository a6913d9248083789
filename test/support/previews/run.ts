import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cli } from "../../../engine/cli";
import { offlineStack } from "../../../engine/record/offlineStack";
import { deployedState } from "../deployedState";
import { plan, repository, stackConfig } from "../plan";
import { layerKey } from "../project";
import { DeployedPreview } from "./deployedPreview";
import { normalised } from "./normalise";
import type { Edit, Layers, Situation } from "./situation";

/** What is kept of one run of the CLI. */
export interface Recording {
  readonly name: string;
  readonly about: string;
  readonly stack: string;
  readonly exitCode: number;
  readonly stderr: string;
  /** The report that the CLI printed; what it printed where that is no JSON. */
  readonly report: unknown;
}

/** Has the real CLI preview a situation, in a folder of its own that is gone afterwards. */
export async function run(situation: Situation, cli: Cli): Promise<Recording> {
  const { name, about, stack, from, to, drifted } = situation;
  const folder = mkdtempSync(join(tmpdir(), "switchboard-recording-"));
  const options = process.env.NODE_OPTIONS;
  if (situation.preload) process.env.NODE_OPTIONS = `--require ${join(repository, situation.preload)}`;
  try {
    const offline = await offlineStack(edited(stack, to), { root: repository, folder, now: new Date() });
    const preview = new DeployedPreview(cli, stack, offline, folder);
    if (drifted) preview.really(drifted);
    // The program is looked at as it will be run, and not here.
    process.env.NODE_OPTIONS = options ?? "";
    await preview.open();
    if (from !== "nothing") {
      const deployed = await plan(edited(stack, from), {
        stack,
        preview: false,
        secretKeys: situation.secretKeys ?? [],
      });
      const resources = deployedState(deployed, stack);
      situation.state?.(resources);
      await preview.assume(resources, situation.pending?.(resources));
    }
    const output = await preview.output(
      situation.command ?? ["preview"],
      situation.flags ?? ["--json", "--show-sames"],
    );
    const { stdout, stderr, exitCode } = output;
    return { name, about, stack, exitCode, ...normalised({ stdout, stderr }, folder, repository) };
  } finally {
    if (options === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = options;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A committed stack's settings with an edit. */
function edited(stack: string, edit: Edit = () => {}): Record<string, unknown> {
  const config = structuredClone(stackConfig(stack));
  const layers: Layers = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.startsWith(layerKey("")) ? key.slice(layerKey("").length) : key,
      value,
    ]),
  );
  edit(layers);
  return Object.fromEntries(
    Object.entries(layers).map(([key, value]) => [key.includes(":") ? key : layerKey(key), value]),
  );
}
