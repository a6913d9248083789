import { clouds } from "../../components/clouds";
import type { CloudModule } from "../../components/clouds/shared/module";
import { runMain, UserError } from "../../lib/userError";
import { Github } from "../../review/forge/github";
import { type Place, placeOf } from "../../review/forge/place";
import { type Asks, type Opening, openings, type Use } from "./environments";

const usage = "cli/ci/approval.ts deploy|drift|door|open";
const uses: readonly string[] = ["deploy", "drift", "door"] satisfies readonly Use[];

type Variables = Readonly<Record<string, string | undefined>>;

/** Variables that read production's state. In a job without an environment none of them may have a value. */
const production: readonly string[] = [
  ...["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN"],
  ...Object.entries<CloudModule>(clouds)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, cloud]) => cloud.pipeline()?.productionVariables ?? []),
];

/**
 * Refuses to go on where whoever may push a branch gets at production: by an environment that nobody has to approve, by
 * one that takes any branch's jobs, or by a secret that every job sees. What cannot be found out is a refusal too.
 *
 * @throws UserError naming everything that is open; ForgeError where the forge does not say it
 */
async function demandClosed(stacks: readonly string[], asks: Asks, branch: string, use: Use): Promise<void> {
  const all = await Promise.all(stacks.map((stack) => openings(stack, asks, branch, use)));
  refuse(all.flat());
}

/**
 * Refuses where a job that has no environment sees what only those of an environment should.
 * @throws UserError naming the variables, never a value
 */
function demandScoped(env: Variables): void {
  const open = production.filter((name) => env[name]);
  if (env.EVERYWHERE === "true") open.unshift("PULUMI_CONFIG_PASSPHRASE");
  refuse(
    [...new Set(open)].map((name) => ({
      what: `${name} reaches the jobs of every branch`,
      todo: "keep it in the environments of its stacks only (docs/pull-requests.md)",
    })),
  );
}

/** On GitLab a protected branch is what keeps others out: only its jobs get protected variables, and its claim. */
function demandProtectedBranch(env: Variables): void {
  if (env.CI_COMMIT_REF_PROTECTED === "true") return;
  const branch = env.CI_COMMIT_REF_NAME ?? "this branch";
  refuse([
    {
      what: `${branch} is no protected branch, and this job has the role of production`,
      todo: "Settings > Repository > Protected branches; mark the variables of production as protected too",
    },
  ]);
}

function refuse(found: readonly Opening[]): void {
  if (found.length === 0) return;
  const what = found.map(({ what }) => what);
  const todo = [...new Set(found.map(({ todo }) => todo))];
  throw new UserError(what.join("\n"), todo.join("\n    "));
}

/** Asks GitHub for environments. @throws UserError outside of a workflow */
export function asksGithub(place: Place | undefined, env: Variables): Asks {
  if (place?.forge !== "github")
    throw new UserError("this is no workflow of GitHub", "run it in one of .github/workflows");
  const github = new Github({ repository: place.repository, api: place.api, token: env.GITHUB_TOKEN ?? "" });
  return (name) => github.environment(name);
}

async function main(): Promise<void> {
  const { env } = process;
  const [job = "", ...rest] = process.argv.slice(2);
  if (![...uses, "open"].includes(job) || rest.length > 0)
    throw new UserError(`${process.argv.slice(2).join(" ") || "nothing"} is no job`, usage);
  if (job === "open") return demandScoped(env);
  const place = placeOf();
  if (place?.forge === "gitlab") return demandProtectedBranch(env);
  const jobs = JSON.parse(env.PRODUCTION || "[]") as { stack: string }[];
  const stacks = jobs.map(({ stack }) => stack);
  demandScoped({ EVERYWHERE: env.EVERYWHERE });
  await demandClosed(stacks, asksGithub(place, env), env.DEFAULT_BRANCH || "main", job as Use);
  process.stderr.write(
    stacks.length > 0 ? `kept from who may only push: ${stacks.join(", ")}\n` : "no production stack is touched\n",
  );
}

if (require.main === module) runMain(main);
