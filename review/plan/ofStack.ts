import type { EngineReport, Stack } from "../../engine/stack";
import { shortName } from "../../engine/stack/pulumiEvents";
import type { UserError } from "../../lib/userError";
import { stackPreview } from ".";
import type { StackPreview } from "./model";

/** What the engine said of a stack, as data; also a preview or a look that did not succeed, with its errors. */
export function previewIn({ stdout, ...told }: EngineReport): StackPreview {
  return stackPreview(stdout, told);
}

/** A preview with the program's or the resources' own errors, for example that something protected would go. */
export function failedPreview(stack: Stack, { diagnostics }: StackPreview): UserError {
  const errors = diagnostics.flatMap(({ severity, message, urn }) =>
    severity === "error" ? [urn ? `${shortName(urn)}: ${message.trim()}` : message.trim()] : [],
  );
  return stack.failed("preview", [...new Set(errors)]);
}
