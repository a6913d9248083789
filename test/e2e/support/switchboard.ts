import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../../support/plan";
import { patience, stateFolder } from "./system";

/** What a command of `switchboard` printed, and how it ended. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const executable = join(repository, "cli/bin/switchboard.cjs");
const options = { cwd: repository, env: { SWITCHBOARD_STATE: stateFolder }, reject: false } as const;

/** Runs `switchboard` against this suite's nodes as a script would: nobody is there to answer, and no terminal. */
export async function switchboard(...args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [executable, ...args], {
    ...{ ...options, stdin: "ignore", timeout: 300_000 * patience },
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

/** The same with a state of its own, in which nothing is up. */
export async function switchboardNowhere(state: string, ...args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [executable, ...args], {
    ...{ ...options, env: { SWITCHBOARD_STATE: state }, stdin: "ignore", timeout: 60_000 * patience },
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

/** Starts it, for a command that does not end by itself. */
export function startSwitchboard(...args: readonly string[]) {
  return execa(process.execPath, [executable, ...args], { ...options, stdin: "ignore", buffer: false });
}
