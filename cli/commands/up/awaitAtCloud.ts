import { execa } from "execa";
import { UserError } from "../../../lib/userError";

/** Runs a cloud's own CLI. */
export type CloudCli = (words: readonly string[]) => Promise<{ readonly exitCode: number; readonly stderr: string }>;

/** The CLIs of this machine, with the credentials that the plugins use. */
export function cloudCli(signal: AbortSignal): CloudCli {
  return async ([program = "", ...args]) => {
    const { exitCode, stderr } = await execa(program, args, { reject: false, stdin: "ignore", cancelSignal: signal });
    signal.throwIfAborted();
    return { exitCode: exitCode ?? 127, stderr: String(stderr ?? "") };
  };
}

/**
 * Waits for one thing. One that the cloud has never heard of, or that has failed, is none to wait for: the plugin looks at it next.
 *
 * @throws UserError where it is not ready, or nobody can be asked: what is read then would be half of it
 */
export async function awaitAtCloud(name: string, words: readonly string[], cli: CloudCli): Promise<void> {
  const { exitCode, stderr } = await cli(words);
  if (exitCode === 0 || /NotFound|terminal failure/i.test(stderr)) return;
  const command = words.join(" ");
  if (/Max attempts exceeded/i.test(stderr))
    throw new UserError(
      `${name}, which a killed run has begun, is not ready yet`,
      `run this again when this ends: ${command}`,
    );
  throw new UserError(
    `whether ${name} is ready, which a killed run has begun, could not be asked: ${stderr.trim().split("\n").at(-1) || `there is no ${words[0]}`}`,
    `run ${command}; when it ends, run this again`,
  );
}
