import { Refusal, runMain } from "../../local/support/refusal";
import { Github } from "../forge/github";
import { placeOf } from "../forge/place";

/** What the API says of an environment; undefined when there is none of that name. */
export interface Environment {
  readonly name: string;
  /** People or teams of whom one has to agree. */
  readonly reviewers: number;
}

/**
 * Refuses production stacks whose environment nobody has to approve. GitHub makes an environment that a workflow names
 * and that is not there, without any rule, so a forgotten one would bring production up with every merge.
 * @throws Refusal naming all of them
 */
export function demandReviewers(stacks: readonly string[], environments: readonly (Environment | undefined)[]): void {
  const open = stacks.filter((_, index) => (environments[index]?.reviewers ?? 0) === 0);
  if (open.length === 0) return;
  throw new Refusal(
    `production would be brought up without an approval: the environment ${open.join(" and ")} has no required reviewers`,
    "Settings > Environments > the stack's name > Required reviewers; or take operations.protect out of the stack's file",
  );
}

async function main(): Promise<void> {
  const place = placeOf();
  if (place?.forge !== "github")
    throw new Refusal("this is no workflow of GitHub", "run it in .github/workflows/deploy.yml");
  const jobs = JSON.parse(process.env.PRODUCTION ?? "[]") as { stack: string }[];
  const stacks = jobs.map(({ stack }) => stack);
  const github = new Github({ repository: place.repository, api: place.api, token: process.env.GITHUB_TOKEN ?? "" });
  demandReviewers(stacks, await Promise.all(stacks.map((stack) => github.environment(stack))));
  process.stderr.write(
    stacks.length > 0 ? `approved by people: ${stacks.join(", ")}\n` : "no production stack is touched\n",
  );
}

if (require.main === module) runMain(main);
