import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../lib/paths";
import { catalog } from "./commands";
import { run } from "./core/run";

/** The `switchboard` command: `cli/bin/switchboard.cjs` starts it. */
export async function main(argv: readonly string[]): Promise<void> {
  // npm runs scripts in the repository; paths on the command line are those of the person's folder.
  const { INIT_CWD, npm_lifecycle_event } = process.env;
  if (npm_lifecycle_event && INIT_CWD && process.cwd() === repository) process.chdir(INIT_CWD);
  const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
  const { env, stdin, stdout, stderr } = process;
  const code = await run(argv, { catalog, version, env, stdin, stdout, stderr });
  process.exitCode = code;
  // What a library left open must not keep the process; what is written must be read first.
  await Promise.all([stdout, stderr].map(flushed));
  process.exit(code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
