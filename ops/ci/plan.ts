import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { repository } from "../../local/support/paths";
import { Refusal, runMain } from "../../local/support/refusal";
import { readTarget, stacks } from "../../local/target";
import { giveOutputs } from "./outputs";
import { type CiStack, ciStack, touchedStacks } from "./touched";

const usage =
  "ops/ci/plan.ts [--base REVISION [--head REVISION]] [--stack NAME]… [--live true|false] [--names] [--only live|offline|… STACK]";

/** Exit code when the stack of `--only` is not in that list. */
const notPlanned = 3;

/** A job of a matrix. */
export interface Job {
  readonly stack: string;
  readonly cloud: CiStack["cloud"];
}

/** Jobs by what may be done with their stacks. */
export interface JobPlan {
  /** In a cloud, and there are credentials: previewed with them, checked for drift. */
  readonly live: readonly Job[];
  /** All others: previewed without. */
  readonly offline: readonly Job[];
  /** In a cloud, brought up without an approval. */
  readonly development: readonly Job[];
  /** In a cloud, brought up with one. */
  readonly production: readonly Job[];
}

/**
 * Sorts stacks into jobs.
 * @param live whether there are credentials for a cloud
 */
export function jobPlan(all: readonly CiStack[], live: boolean): JobPlan {
  const jobs = (some: readonly CiStack[]) => some.map(({ stack, cloud }) => ({ stack, cloud }));
  const cloud = all.filter((one) => one.cloud !== "none");
  return {
    live: jobs(live ? cloud : []),
    offline: jobs(live ? all.filter((one) => one.cloud === "none") : all),
    development: jobs(cloud.filter(({ production }) => !production)),
    production: jobs(cloud.filter(({ production }) => production)),
  };
}

/**
 * Files that differ between two revisions, with the old and the new name of what was renamed; `undefined` when that
 * cannot be known (the first push of a branch, a shallow clone), so that everything has to be taken for changed.
 */
export async function changedFiles(base: string, head: string, cwd = repository): Promise<string[] | undefined> {
  for (const revision of [base, head]) {
    if (!/^[\w][\w./^~-]*$/.test(revision)) throw new Refusal(`${JSON.stringify(revision)} is no revision`, usage);
  }
  const range = `${base}...${head}`;
  const diff = await execa("git", ["diff", "--name-only", "--no-renames", "-z", range, "--"], { cwd, reject: false });
  return diff.exitCode === 0 ? diff.stdout.split("\0").filter(Boolean) : undefined;
}

async function main(): Promise<void> {
  const { values, positionals } = options(process.argv.slice(2));
  const { base, head = "HEAD", only } = values;
  const [asked] = positionals;
  const all = (asked ? [asked] : (values.stack ?? stacks().sort())).map((stack) =>
    ciStack(stack, readFileSync(readTarget(stack).stackFile, "utf8")),
  );
  const files = base === undefined ? undefined : await changedFiles(base, head);
  const touched = files ? touchedStacks(files, all) : undefined;
  for (const { stack } of all) {
    const file = touched?.why[stack];
    const why = touched
      ? file
        ? `touched by ${file}`
        : "not touched"
      : "looked at, because nothing says what changed";
    process.stderr.write(`${stack}: ${why}\n`);
  }
  const some = touched ? all.filter(({ stack }) => touched.stacks.includes(stack)) : all;
  const plan = jobPlan(some, values.live === "true");
  if (only && plan[only as keyof JobPlan].length === 0) process.exitCode = notPlanned;
  const names = some.map(({ stack }) => stack).join(",");
  process.stdout.write(`${values.names ? names : JSON.stringify(plan, undefined, 2)}\n`);
  giveOutputs({
    touched: names,
    ...Object.fromEntries(Object.entries(plan).map(([name, jobs]) => [name, JSON.stringify(jobs)])),
  });
}

function options(args: string[]) {
  try {
    const text = { type: "string" } as const;
    const stack = { ...text, multiple: true } as const;
    const parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { base: text, head: text, stack, live: text, only: text, names: { type: "boolean" } },
    });
    const { values, positionals } = parsed;
    if (values.live && !["true", "false"].includes(values.live))
      throw new Error(`--live ${values.live}: true or false`);
    if (positionals.length !== (values.only ? 1 : 0)) throw new Error("--only takes a list and one stack");
    if (values.only && !Object.hasOwn(jobPlan([], false), values.only))
      throw new Error(`there is no list ${values.only}`);
    return parsed;
  } catch (error) {
    throw new Refusal((error as Error).message, usage);
  }
}

if (require.main === module) runMain(main);
