import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./plan";

/** What a run of the program in a process of its own came to. */
export interface ProgramRun {
  /** The message of the error that ended it; empty when it went well. */
  readonly error: string;
  /** The files it loaded, as paths from the repository's root with `/` between folders. */
  readonly files: readonly string[];
}

/**
 * Records the program in a process of its own: for what a run leaves in its process, and for runs that fail, which the
 * SDK also reports as a rejection that nobody handles and the test runner counts as a failed test.
 */
export function runProgram(config: Readonly<Record<string, unknown>>, stack = "dev"): ProgramRun {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", join(repository, "components/loader.cjs"), __filename],
    { cwd: repository, input: JSON.stringify({ config, stack }), encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  const line = stdout.split("\n").find((text) => text.startsWith(mark));
  if (!line) throw new Error(`the program ended without a result:\n${stderr}`);
  return JSON.parse(line.slice(mark.length));
}

const mark = "program run: ";

async function child(): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const { config, stack } = JSON.parse(Buffer.concat(chunks).toString());
  const { plan } = require("./plan") as typeof import("./plan");
  const error = await plan(config, { stack }).then(
    () => "",
    (reason: Error) => reason.message,
  );
  // What is installed may lie elsewhere, behind a link, and Node.js knows it by where it lies.
  const installed = realpathSync(join(repository, "node_modules"));
  const files = Object.keys(require.cache)
    .map((path) => (path.startsWith(installed) ? join(repository, "node_modules", path.slice(installed.length)) : path))
    .filter((path) => path.startsWith(repository))
    .map((path) => path.slice(repository.length + 1).replaceAll("\\", "/"));
  process.stdout.write(`${mark}${JSON.stringify({ error, files })}\n`);
}

if (require.main === module) void child();
