import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { temporaryFolder } from "../../lib/temporary";
import { runMain, UserError } from "../../lib/userError";
import { repository } from "../support/plan";

/**
 * The suites by what they need. Those of the nodes go on from each other, in the order of their numbers, and wait for pods
 * half of their time. The others need no nodes: stand-ins of the clouds, a real API server, forges, recordings.
 */
export const lanes = { nodes: /^[1-8]-.*\.e2e\.ts$/, others: /^9-.*\.e2e\.ts$/ } as const;

type Lane = keyof typeof lanes;

/** The files of a lane, in their order. */
export function filesOf(lane: Lane): string[] {
  return readdirSync(__dirname)
    .filter((file) => lanes[lane].test(file))
    .sort()
    .map((file) => join("test/e2e", file));
}

/** Starts the suites of a lane, one after the other. */
function start(lane: Lane, output: number | "inherit"): ChildProcess {
  const runner = ["--test", "--test-concurrency=1", "--test-timeout=2400000"];
  return spawn(process.execPath, ["--require", "./components/loader.cjs", ...runner, ...filesOf(lane)], {
    cwd: repository,
    stdio: ["ignore", output, output],
  });
}

const ended = (child: ChildProcess) =>
  new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });

/**
 * Runs both lanes at the same time, or those that are named. What the others print comes when the nodes' are done.
 * @returns the exit code
 */
async function main(args: readonly string[]): Promise<number> {
  const wrong = args.filter((arg) => !Object.hasOwn(lanes, arg));
  if (wrong.length > 0)
    throw new UserError(`${wrong.join(" ")} is no lane`, `use ${Object.keys(lanes).join(" or ")}, or nothing for both`);
  if (args.length === 1) return ended(start(args[0] as Lane, "inherit"));
  const folder = temporaryFolder("e2e");
  try {
    const log = join(folder, "others.log");
    const children = { others: start("others", openSync(log, "w")), nodes: start("nodes", "inherit") };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        for (const child of Object.values(children)) child.kill(signal);
      });
    const statuses = await Promise.all([ended(children.nodes), ended(children.others)]);
    await pipeline(createReadStream(log), process.stdout, { end: false });
    return statuses.find((status) => status !== 0) ?? 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (require.main === module)
  void runMain(async () => {
    process.exitCode = await main(process.argv.slice(2));
  });
