import { findEngine } from "../../../engine";
import { cloudHint } from "../../../engine/cloudErrors";
import { stackOf } from "../../../engine/stack/stackOf";
import { StackState } from "../../../engine/stack/state";
import type { Target } from "../../../engine/stack/target";
import { UserError } from "../../../lib/userError";
import { type Drift, driftOf } from "../../../review/drift";
import { lookAtReadable } from "../../../review/drift/readable";
import { previewIn } from "../../../review/plan/ofStack";
import type { Io } from "../../core/command";

/**
 * Looks at everything of a stack and compares it with what the last `up` left. It changes nothing, not even the state.
 * @throws UserError when the stack is not up, or when something could not be looked at
 */
export async function lookForDrift(target: Target, io: Io): Promise<Drift> {
  const { stack: name, cloud } = target;
  const exported = await (await StackState.open(target, io.signal)).exported();
  if (!exported?.deployment?.resources?.length)
    throw new UserError(`${name} is not up, so nothing of it can have been changed`, `switchboard up ${name}`);
  if (exported.deployment.pending_operations?.length)
    io.note("an update runs or was killed: what it has begun may be shown as drift");
  const { resources } = exported.deployment;
  const { preview, unread } = await io.step(`reading the real resources of ${name}`, async () => {
    const engine = await findEngine({ cloud, signal: io.signal });
    const stack = stackOf(engine, target);
    await stack.open();
    return lookAtReadable(async (without) => previewIn(await stack.refreshPreview(io.signal, without)), resources);
  });
  if (preview.succeeded) return driftOf(preview, unread);
  const errors = preview.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message.trim());
  throw new UserError(
    [`the real resources of ${name} could not be read:`, ...new Set(errors)].join("\n  "),
    whatToDo(target, errors),
  );
}

function whatToDo({ stack, local }: Target, errors: readonly string[]): string {
  if (local) return `are the local nodes running? switchboard up ${stack}`;
  return cloudHint(errors.join("\n")) ?? "see that the cluster and the cloud can be reached";
}
