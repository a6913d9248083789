import { Refusal } from "./refusal";

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
      controller.abort(new Refusal("interrupted", "run it again: it continues where this stopped"));
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

/** Asks a question that only "yes" affirms. Where nobody can answer, it is a refusal that names the flag to give. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Refusal(`${question} Nobody is there to answer.`, "give --yes to say so beforehand");
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${question} Only "yes" goes on: `)).trim() === "yes";
  } finally {
    terminal.close();
  }
}
