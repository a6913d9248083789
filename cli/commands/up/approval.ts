import type { StackPreview } from "../../../review/plan/model";
import type { Invocation } from "../../core/command";

/** Shows what an `up` in a cloud would change, and asks. */
export function approval({ io, target, confirm }: Pick<Invocation, "io" | "target" | "confirm">) {
  return async (preview: StackPreview): Promise<void> => {
    const { tailOf } = await import("../../core/previewTail");
    const { previewLines } = await import("../../core/previewReport");
    io.note(previewLines(preview, { ...tailOf(preview), style: io.style }).join("\n"));
    await confirm(`This changes the stack ${target.stack} as above.`, { always: true });
  };
}
