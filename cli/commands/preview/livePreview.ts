import { resolve } from "node:path";
import { findEngine } from "../../../engine";
import { stackOf } from "../../../engine/stack/stackOf";
import type { Target } from "../../../engine/stack/target";
import type { StackPreview } from "../../../review/plan/model";
import { previewIn } from "../../../review/plan/ofStack";
import type { Progress } from "../up/up";

export interface LivePreviewOptions {
  /** Folder of a policy pack that the CLI asks as well. */
  readonly policyPack?: string;
  /** Whether what is really there is read first. @default false */
  readonly refresh?: boolean;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * What a real `pulumi preview` says against the stack's state. Nothing is changed, and no stack is made.
 * @returns also a preview that failed, with its errors
 * @throws UserError when the state's backend holds no such stack
 */
export async function livePreview(target: Target, options: LivePreviewOptions): Promise<StackPreview> {
  const { policyPack, refresh, progress, signal } = options;
  const engine = await progress.step("finding Pulumi", (report) => findEngine({ cloud: target.cloud, report, signal }));
  const stack = stackOf(engine, target);
  await stack.open({ make: false });
  const flags = [...(refresh ? ["--refresh"] : []), ...(policyPack ? ["--policy-pack", resolve(policyPack)] : [])];
  return progress.step(`pulumi preview, stack ${target.stack}`, async () =>
    previewIn(await stack.preview(flags, signal)),
  );
}
