import { withoutShapes } from "./masking";

/**
 * An error that a person can act on. It carries what happened, what to do about it and, where there is one, the log
 * to read. Commands print it as it is, without a stack; every other error is a defect and keeps its stack.
 */
export class UserError extends Error {
  readonly todo: string;
  readonly log?: string;

  /**
   * @param what what happened, naming the thing and its value
   * @param todo what the person can do now
   * @param log path of the log that says more
   */
  constructor(what: string, todo: string, log?: string) {
    super(what);
    this.name = "UserError";
    this.todo = todo;
    this.log = log;
  }

  /** The message as a terminal shows it: what happened, what to do, where the log is. */
  render(): string {
    return [this.message, `  what to do: ${this.todo}`, ...(this.log ? [`  log: ${this.log}`] : [])].join("\n");
  }
}

/** Nobody has said a clear yes to something that needs one; nothing was done. */
export class NotConfirmed extends UserError {}

/** Runs a command's main function: a UserError ends it with its text and exit code 1, any other error with its stack. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}

/**
 * An error as the terminal shows it, without anything that looks like a secret: what a program or a cloud has said may hold
 * one. A full disk can meet any write, so it is told apart here.
 */
export function describe(error: unknown): string {
  return withoutShapes(wordsOf(error));
}

function wordsOf(error: unknown): string {
  if (error instanceof UserError) return error.render();
  const { code, path, stack } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return stack ?? String(error);
  return new UserError(
    `the disk is full${path ? `: ${path} could not be written` : ""}`,
    "free some space (df shows where), then run this again: it continues where this stopped, and nothing is lost",
  ).render();
}
