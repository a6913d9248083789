import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { temporaryFolder } from "../../lib/temporary";
import { renamedCopy } from "./renamedCopy";

const repository = resolve(__dirname, "../..");

/** Names the folder in which the files of one run keep what the program registered, for each other (`sharedPlans`). */
export const plansVariable = "SWITCHBOARD_TEST_PLANS";

/**
 * Every file of unit tests below a folder, however deep, as paths from the repository's root in a fixed order. They are
 * listed here because the shells and the releases of Node.js do not agree on what `**` means.
 */
export function testFiles(folder = join(repository, "test"), root = repository): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

/** What tries many values, or runs other programs, for seconds of processor time: `*.long.test.ts`. */
export function isLong(file: string): boolean {
  return file.endsWith(".long.test.ts");
}

/** What belongs to a whole process: its variables, its streams, its clock. */
const ofProcess = /\bprocess\.|\bmock\.|setMocks/;

/**
 * The files that share a process (`together`), those beside each other in the same one, because they load the same
 * modules. A file that names what belongs to a whole process has one of its own.
 *
 * @param most how many files share one
 */
export function batchesOf(files: readonly string[], root = repository, most = 8): string[][] {
  const isAlone = (file: string) => ofProcess.test(readFileSync(join(root, file), "utf8"));
  const shared = files.filter((file) => !isAlone(file));
  const starts = shared.flatMap((_, at) => (at % most === 0 ? [at] : []));
  const batches = starts.map((at) => shared.slice(at, at + most));
  return [...batches, ...files.filter((file) => !shared.includes(file)).map((file) => [file])];
}

/** What Node.js' runner is given for a batch: the file, or one that calls all of them. */
function entryOf(batch: readonly string[], folder: string): string {
  if (batch.length === 1) return batch[0]!;
  const entry = join(folder, `${batch[0]!.replaceAll("/", "-")}.cjs`);
  const together = JSON.stringify(join(__dirname, "together"));
  writeFileSync(entry, `require(${together}).together(${JSON.stringify(batch)});\n`);
  return entry;
}

/**
 * Runs all that are not long, four at a time, with `--long` the others, or those that are named. Options of Node.js'
 * runner can be given: `npm run unit -- --test-name-pattern=quota`. With `--project NAME` they run in a copy whose
 * project is called so.
 * @returns the exit code
 */
async function main(args: readonly string[]): Promise<number> {
  const { project, others: given } = withoutProject(args);
  const long = given.includes("--long");
  const others = given.filter((arg) => arg !== "--long");
  const files = others.filter((arg) => arg.endsWith(".test.ts"));
  const options = others.filter((arg) => !files.includes(arg));
  const chosen = files.length > 0 ? files : testFiles().filter((file) => isLong(file) === long);
  const plans = temporaryFolder("plans");
  const child = spawn(
    process.execPath,
    [
      ...["--require", "./components/loader.cjs", "--require", "./test/support/lightHooks.cjs"],
      ...["--test", "--test-concurrency=4"],
      // Runs of the program make much that is soon garbage: with room for it, collecting takes a tenth less of the time.
      ...["--max-semi-space-size=64", "--min-semi-space-size=64"],
      // What waits for ever is a failure with a name, not a run without an end.
      ...["--test-timeout=900000", ...options],
      // Loading is little of what a long one costs, and two of them beside each other would be one that is twice as long.
      ...batchesOf(chosen, repository, long ? 1 : 8).map((batch) => entryOf(batch, plans)),
    ],
    {
      cwd: project === undefined ? repository : renamedCopy(project),
      stdio: "inherit",
      env: { ...process.env, [plansVariable]: plans },
    },
  );
  // The copy is taken away when this process ends, so it ends after the tests do.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
  return ended.finally(() => rmSync(plans, { recursive: true, force: true }));
}

/** The name that `--project NAME` or `--project=NAME` gives, and the other arguments. */
function withoutProject(args: readonly string[]): { readonly project?: string; readonly others: readonly string[] } {
  const at = args.findIndex((arg) => /^--project(=|$)/.test(arg));
  if (at < 0) return { others: args };
  const [, joined] = args[at]!.split("=");
  const others = args.toSpliced(at, joined === undefined ? 2 : 1);
  return { project: joined ?? args[at + 1] ?? "", others };
}

if (require.main === module)
  void main(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
  });
