import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { temporaryFolder } from "../../lib/temporary";
import { repository } from "./plan";

/** A job of a pipeline, each combination of its matrix by itself. */
export interface PipelineJob {
  readonly name: string;
  readonly stage: string;
  readonly when: string;
}

/** What GitLab would make of a file: a pipeline's jobs, or why it takes the file for none. */
export interface Pipeline {
  readonly jobs: readonly PipelineJob[];
  readonly refused: string;
}

let folder: string | undefined;

/**
 * Reads a pipeline file as GitLab does: by GitLab's own schema, with `extends`, `!reference`, rules and matrices, for one
 * event. gitlab-ci-local does it; it runs nothing here.
 *
 * @param variables what GitLab says of the event: `CI_PIPELINE_SOURCE` and the others
 * @param options `schema: false` for a file that was held against the schema already, which takes half of the time
 */
export async function gitlabPipeline(
  source: string,
  variables: Readonly<Record<string, string>>,
  { schema = true } = {},
): Promise<Pipeline> {
  folder ??= await project();
  writeFileSync(join(folder, ".gitlab-ci.yml"), source);
  const words = ["--list-json", ...(schema ? [] : ["--no-json-schema-validation"])];
  const { exitCode, stdout, stderr } = await gitlabCiLocal(folder, folder, variables, ...words);
  if (exitCode !== 0) return { jobs: [], refused: stdout + stderr };
  // Before the list it warns that variables of GitLab's own are given.
  const list = stdout.slice(stdout.search(/^\[/m));
  const jobs = (JSON.parse(list) as PipelineJob[]).filter(({ when }) => when !== "never");
  return { jobs, refused: "" };
}

/**
 * Calls gitlab-ci-local in a checkout, for one event.
 *
 * @param home a folder without settings of a person's own
 */
export async function gitlabCiLocal(
  checkout: string,
  home: string,
  variables: Readonly<Record<string, string>>,
  ...args: readonly string[]
) {
  const given = Object.entries(variables).flatMap(([name, value]) => ["--variable", `${name}=${value}`]);
  return execa("gitlab-ci-local", ["--home", home, ...given, ...args], {
    ...{ cwd: checkout, preferLocal: true, localDir: repository, reject: false, all: true, env: { NO_COLOR: "1" } },
  });
}

/** A project as GitLab would have cloned it. */
async function project(): Promise<string> {
  const made = temporaryFolder("gitlab");
  await execa("git", ["init", "--quiet", "--initial-branch=main"], { cwd: made });
  await execa("git", ["remote", "add", "origin", "git@gitlab.example:acme/shop.git"], { cwd: made });
  return made;
}
