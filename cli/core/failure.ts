import { Interrupted } from "../../lib/interrupt";
import { withoutShapes } from "../../lib/masking";
import { describe, NotConfirmed, UserError } from "../../lib/userError";
import { type ExitCode, exitCodes } from "./command";

/** The command line is wrong. */
export class UsageError extends UserError {}

/** How an error ends the command. */
export interface Failure {
  readonly code: ExitCode;
  /** For a person, as lines. */
  readonly text: string;
  /** For a program: `{"error": …}`. */
  readonly error: { readonly message: string; readonly todo: string; readonly log?: string };
}

/** An error as the terminal and as JSON have it, with the exit code; nothing in it looks like a secret. */
export function failureOf(thrown: unknown): Failure {
  const { code, text, error } = wordsOf(thrown);
  const { message, todo } = error;
  return {
    code,
    text: withoutShapes(text),
    error: { ...error, message: withoutShapes(message), todo: withoutShapes(todo) },
  };
}

function wordsOf(error: unknown): Failure {
  const code =
    error instanceof UsageError
      ? exitCodes.usage
      : error instanceof Interrupted
        ? exitCodes.interrupted
        : error instanceof NotConfirmed
          ? exitCodes.refused
          : exitCodes.failed;
  if (error instanceof UserError) {
    const { message, todo, log } = error;
    return { code, text: error.render(), error: { message, todo, ...(log !== undefined && { log }) } };
  }
  // Loaded for its own errors only: by name, so that `--help` does not load the settings.
  if ((error as Error)?.name === "SettingsError") {
    const { message } = error as Error;
    return { code, text: message, error: { message, todo: "correct the stack's file (docs/settings.md)" } };
  }
  const text = describe(error);
  const message = error instanceof Error ? error.message : String(error);
  // A full disk is described as something to act on; what else comes here is a defect, and keeps its stack.
  const [, todo] = /^ {2}what to do: (.+)$/m.exec(text) ?? [];
  return { code, text, error: { message, todo: todo ?? "this is a defect: report it with what stderr says" } };
}
