import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { readTarget, stacks } from "../../engine/stack/target";
import { repository } from "../../lib/paths";
import { runMain, UserError } from "../../lib/userError";
import { placeOf } from "../../review/forge/place";
import { asksGithub } from "./approval";
import { reviewedPreviews } from "./environments";
import { giveOutputs } from "./outputs";
import { type CiStack, ciStack, touchedStacks } from "./touched";

const usage =
  "cli/ci/plan.ts [--base REVISION [--head REVISION]] [--stack NAME]… [--live true|false] [--reviewed] [--names] [--only live|offline|… STACK]";

/** Exit code when the stack of `--only` is not in that list. */
const notPlanned = 3;

/** A job of a matrix. */
export interface Job {
  readonly stack: string;
  readonly cloud: CiStack["cloud"];
}

/** Jobs by what may be done with their stacks. */
export interface JobPlan {
  /** In a cloud, and there are credentials: previewed with them (production after an approval), checked for drift. */
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
 * @param reviewed the stacks of production that a pull request previews live; all of them where it is not given
 */
export function jobPlan(all: readonly CiStack[], live: boolean, reviewed?: readonly string[]): JobPlan {
  const isLive = ({ stack, cloud, production }: CiStack) =>
    live && cloud !== "none" && (!production || !reviewed || reviewed.includes(stack));
  const jobs = (some: readonly CiStack[]) => some.map(({ stack, cloud }) => ({ stack, cloud }));
  const cloud = all.filter((one) => one.cloud !== "none");
  return {
    live: jobs(all.filter(isLive)),
    offline: jobs(all.filter((one) => !isLive(one))),
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
    if (!/^[\w][\w./^~-]*$/.test(revision)) throw new UserError(`${JSON.stringify(revision)} is no revision`, usage);
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
  const live = values.live === "true";
  const plan = jobPlan(some, live, live && values.reviewed ? await reviewed(some) : undefined);
  if (only && plan[only as keyof JobPlan].length === 0) process.exitCode = notPlanned;
  const names = some.map(({ stack }) => stack).join(",");
  process.stdout.write(`${values.names ? names : JSON.stringify(plan, undefined, 2)}\n`);
  giveOutputs({
    touched: names,
    ...Object.fromEntries(Object.entries(plan).map(([name, jobs]) => [name, JSON.stringify(jobs)])),
  });
}

/** Stacks of production that a branch may preview with their state, because somebody has to agree before. */
async function reviewed(some: readonly CiStack[]): Promise<readonly string[]> {
  const names = some.filter(({ production, cloud }) => production && cloud !== "none").map(({ stack }) => stack);
  const found = await reviewedPreviews(names, asksGithub(placeOf(), process.env));
  for (const stack of names.filter((name) => !found.includes(name))) {
    process.stderr.write(
      `${stack}: previewed offline, because its environment preview-${stack} has no required reviewers\n`,
    );
  }
  return found;
}

function options(args: string[]) {
  try {
    const text = { type: "string" } as const;
    const stack = { ...text, multiple: true } as const;
    const parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        base: text,
        head: text,
        stack,
        live: text,
        only: text,
        names: { type: "boolean" },
        reviewed: { type: "boolean" },
      },
    });
    const { values, positionals } = parsed;
    if (values.live && !["true", "false"].includes(values.live))
      throw new Error(`--live ${values.live}: true or false`);
    if (positionals.length !== (values.only ? 1 : 0)) throw new Error("--only takes a list and one stack");
    if (values.only && !Object.hasOwn(jobPlan([], false), values.only))
      throw new Error(`there is no list ${values.only}`);
    return parsed;
  } catch (error) {
    throw new UserError((error as Error).message, usage);
  }
}

if (require.main === module) runMain(main);
