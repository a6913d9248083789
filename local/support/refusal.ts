/**
 * An error that a person can act on. It carries what happened, what to do about it and, where there is one, the log
 * to read. Commands print it as it is, without a stack; every other error is a defect and keeps its stack.
 */
export class Refusal extends Error {
  readonly todo: string;
  readonly log?: string;

  /**
   * @param what what happened, naming the thing and its value
   * @param todo what the person can do now
   * @param log path of the log that says more
   */
  constructor(what: string, todo: string, log?: string) {
    super(what);
    this.name = "Refusal";
    this.todo = todo;
    this.log = log;
  }

  /** The message as a terminal shows it: what happened, what to do, where the log is. */
  render(): string {
    return [this.message, `  what to do: ${this.todo}`, ...(this.log ? [`  log: ${this.log}`] : [])].join("\n");
  }
}

/** Runs a command's main function: a Refusal ends it with its text and exit code 1, any other error with its stack. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Refusal ? error.render() : ((error as Error).stack ?? String(error))}\n`);
    process.exitCode = 1;
  }
}
