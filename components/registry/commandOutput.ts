import { spawn } from "node:child_process";

/** How long a program may take to tell a login, in milliseconds: the clouds' own may ask their servers first. */
const patience = 20_000;

/**
 * What a program prints to its standard output; undefined where it is not there, fails or takes too long.
 *
 * @param input what it reads from its standard input
 * @param env the whole environment that it gets
 */
export function commandOutput(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  input = "",
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: env as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "ignore"],
      timeout: patience,
      killSignal: "SIGKILL",
    });
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? Buffer.concat(parts).toString("utf8") : undefined));
    // A program that reads nothing closes the pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
