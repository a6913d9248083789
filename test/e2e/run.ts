import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
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

/** Runs the suites of a lane, one after the other. @returns the exit code */
function run(lane: Lane): number {
  const runner = ["--test", "--test-concurrency=1", "--test-timeout=2400000"];
  const args = ["--require", "./components/loader.cjs", ...runner, ...filesOf(lane)];
  const { status, error } = spawnSync(process.execPath, args, { cwd: repository, stdio: "inherit" });
  if (error) throw error;
  return status ?? 1;
}

/**
 * Runs the lanes that are named, or all. Two at once need a checkout each: suites on nodes edit stack files.
 * @returns the exit code
 */
function main(args: readonly string[]): number {
  const wrong = args.filter((arg) => !Object.hasOwn(lanes, arg));
  if (wrong.length > 0)
    throw new UserError(`${wrong.join(" ")} is no lane`, `use ${Object.keys(lanes).join(" or ")}, or nothing for both`);
  const chosen = args.length > 0 ? args : Object.keys(lanes);
  return chosen.map((lane) => run(lane as Lane)).find((status) => status !== 0) ?? 0;
}

if (require.main === module)
  void runMain(async () => {
    process.exitCode = main(process.argv.slice(2));
  });
