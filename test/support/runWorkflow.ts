import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";

/** Where a workflow's jobs are run by hand. */
export interface Runner {
  /** The checkout. */
  readonly checkout: string;
  /** A folder for what a runner has beside it: artifacts, outputs, summaries. */
  readonly place: string;
  /** What GitHub sets for every step. */
  readonly env: Readonly<Record<string, string>>;
  /** Values of expressions, by their text without `${{ }}` and with single spaces. */
  readonly expressions: Readonly<Record<string, string>>;
}

/** What came of a job. */
export interface Ran {
  readonly outputs: Readonly<Record<string, string>>;
  /** Exit code of the step that failed; 0 when none did. */
  readonly exitCode: number;
  readonly said: string;
}

/**
 * Runs the scripts of a job, one after the other, as the runner would: each in a shell of its own with `-e` and
 * `pipefail`, with its environment, and with the artifacts of earlier jobs. Actions that install are left out, because the
 * checkout has everything.
 */
export async function runJob(runner: Runner, file: string, name: string): Promise<Ran> {
  const { checkout, place, env } = runner;
  const job = parse(readFileSync(join(checkout, ".github/workflows", file), "utf8")).jobs[name];
  const output = join(place, "output");
  const artifacts = join(place, "artifacts");
  mkdirSync(artifacts, { recursive: true });
  writeFileSync(output, "");
  let said = "";
  let exitCode = 0;
  for (const step of job.steps) {
    // After a failure only what is asked for always.
    if (exitCode !== 0 && step.if !== "always()") continue;
    const given = Object.entries<string>(step.env ?? {}).map(([key, value]) => [key, resolved(value, runner)]);
    if (step.uses?.startsWith("actions/upload-artifact@")) {
      const from = join(checkout, resolved(step.with.path, runner));
      if (existsSync(from)) cpSync(from, join(artifacts, resolved(step.with.name, runner)), { recursive: true });
    }
    if (step.uses?.startsWith("actions/download-artifact@")) {
      const to = resolved(step.with.path, runner);
      const folder = to.startsWith("/") ? to : join(checkout, to);
      const prefix = (step.with.pattern ?? step.with.name).replace(/\*$/, "");
      for (const artifact of readdirSync(artifacts).filter((one) => one.startsWith(prefix))) {
        cpSync(join(artifacts, artifact), folder, { recursive: true });
      }
    }
    if (!step.run || step.run.startsWith("npm ci")) continue;
    const own = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: join(place, "summary.md"), RUNNER_TEMP: place };
    const done = await execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
      ...{ cwd: checkout, env: { ...env, ...own, ...Object.fromEntries(given) }, reject: false, all: true },
    });
    said += `${done.all}\n`;
    exitCode ||= done.exitCode ?? 1;
  }
  return { outputs: outputsIn(output), exitCode, said };
}

/** A value with its expressions replaced; one that nobody gave a value for is an error of the test. */
function resolved(value: string, { expressions, place }: Runner): string {
  return String(value).replace(/\$\{\{([\s\S]*?)\}\}/g, (_, inner: string) => {
    const text = inner.trim().replace(/\s+/g, " ");
    if (text === "runner.temp") return place;
    if (!(text in expressions)) throw new Error(`no value for the expression ${text}`);
    return expressions[text]!;
  });
}

function outputsIn(file: string): Record<string, string> {
  const found = readFileSync(file, "utf8").matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]));
}
