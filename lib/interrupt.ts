import { NotConfirmed, UserError } from "./userError";

/**
 * Turns Ctrl-C (and SIGTERM, SIGHUP) into an abort signal, so that running steps can end in order. A second one ends
 * the process at once.
 */
export function onInterrupt(): AbortController {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      process.stderr.write("ending what runs; once more to end at once\n");
      controller.abort(new UserError("interrupted", "run it again: it continues where this stopped"));
    });
  }
  return controller;
}

/**
 * Waits for works that run side by side. When one fails the others are told to end and waited for, so that nothing
 * writes on after the error is shown.
 * @throws the first error
 */
export async function together<T extends readonly unknown[]>(
  controller: AbortController,
  works: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const first = Promise.all(works).catch((error: unknown) => {
    controller.abort(error);
    throw error;
  });
  first.catch(() => {});
  await Promise.allSettled(works);
  return (await first) as unknown as T;
}

/** Where questions are asked: on stderr, because stdout holds results. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Whether somebody is there who sees a question and can answer it. */
export function canAsk({ stdin, stderr }: Terminal = process): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/**
 * Asks a question on the terminal.
 * @returns the line that was typed, trimmed; empty where the input ended (Ctrl-D)
 * @throws Interrupted after Ctrl-C
 */
export async function ask(question: string, { stdin, stderr }: Terminal = process): Promise<string> {
  const { createInterface } = await import("node:readline");
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    return await new Promise((resolve, reject) => {
      // Without a listener a Ctrl-C here would only pause, and a process that waits for nothing ends with code 0.
      terminal.once("SIGINT", () => reject(new Interrupted()));
      terminal.once("close", () => resolve(""));
      terminal.question(question, (answer) => resolve(answer.trim()));
    });
  } finally {
    terminal.close();
  }
}

/** Ctrl-C where a question was asked: nothing runs yet that could end in order. */
export class Interrupted extends UserError {
  constructor() {
    super("interrupted", "run it again; nothing was changed");
  }
}

/** Asks a question that only "yes" affirms. Where nobody can answer, it is a refusal that names the flag to give. */
export async function confirm(question: string, terminal: Terminal = process): Promise<boolean> {
  if (!canAsk(terminal)) {
    throw new NotConfirmed(`${question} There is no terminal to answer on.`, "give --yes to say so beforehand");
  }
  return (await ask(`${question} Only "yes" goes on: `, terminal)) === "yes";
}
