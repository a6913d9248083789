import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { execa } from "execa";
import { cliOnPath } from "../../engine/cli";
import { projectName } from "../../engine/stack/project";
import { wholeReport } from "../../engine/stack/pulumiArguments";
import { configOf, readTarget, type Target } from "../../engine/stack/target";
import { repository } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import type { ConfigChange } from "../../review/comment/model";
import type { StackPreview } from "../../review/plan/model";
import { configChanges } from "./configChanges";

/** What a preview was made with. */
export type Tools = readonly (readonly [name: string, version: string])[];

/** A preview of a file that `pulumi preview --json --show-sames` wrote. */
export async function filePreview(file: string, stack?: string): Promise<StackPreview> {
  const { stackPreview } = await import("../../review/plan");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `--preview ${file}: ${(error as Error).message}`,
      "give what `pulumi preview --json --show-sames` wrote",
    );
  }
  return stackPreview(text, { project: projectName(), ...(stack && { stack }) });
}

/** Asks the Pulumi CLI, with the backend and the credentials of the environment: what an `up` would do. */
export async function livePreview(
  stack: string,
  signal?: AbortSignal,
): Promise<{ preview: StackPreview; tools: Tools }> {
  const executable = cliOnPath();
  if (!executable) {
    throw new UserError(
      "there is no Pulumi CLI on this machine",
      "install it (https://www.pulumi.com/docs/install/), or give --offline",
    );
  }
  const { stackPreview } = await import("../../review/plan");
  const args = ["preview", "--stack", stack, ...wholeReport, "--non-interactive"];
  const begun = Date.now();
  const { stdout, stderr, exitCode } = await execa(executable, args, {
    ...{ cwd: repository, stdin: "ignore", reject: false, maxBuffer: 512 * 1024 * 1024 },
    ...{ cancelSignal: signal, killSignal: "SIGINT", forceKillAfterDelay: 30_000 },
  });
  const version = await execa(executable, ["version"], { reject: false });
  const preview = stackPreview(stdout, { project: projectName(), stack, exitCode: exitCode ?? 1, stderr });
  return {
    preview: { ...preview, duration: preview.duration ?? Date.now() - begun },
    tools: [["pulumi", version.stdout.trim().replace(/^v/, "")], nodeVersion],
  };
}

/** Runs the program against nothing: what a first `up` would make. Settings that it refuses are a preview that failed. */
export async function offlineStackPreview({
  stack,
  stackFile,
}: Pick<Target, "stack" | "stackFile">): Promise<{ preview: StackPreview; tools: Tools }> {
  const [{ offlinePreview }, { offlinePlan, RefusedSettings }] = await Promise.all([
    import("../../review/plan"),
    import("../../engine/resources/offline"),
  ]);
  const tools: Tools = [nodeVersion];
  try {
    const plan = await offlinePlan(stack, { file: stackFile, name: basename(stackFile) });
    return { preview: offlinePreview(plan, stack), tools };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = error instanceof RefusedSettings ? error.message : `${error.message}; ${error.todo}`;
    return { preview: failedPreview(stack, message), tools };
  }
}

const nodeVersion: readonly [string, string] = ["node", process.versions.node];

/** What is said of a stack that could not be previewed. */
export function failedPreview(stack: string, message: string): StackPreview {
  const none = { create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, read: 0, refresh: 0, same: 0 };
  return {
    ...{ project: projectName(), stack, origin: "offline", succeeded: false, changes: [], counts: none, risk: "none" },
    ...{ diagnostics: [{ severity: "error", message }], before: [], after: [] },
  };
}

/** How a stack's settings differ from those of a revision; undefined where that revision is not here. */
export async function configChangesSince(base: string, stack: string): Promise<ConfigChange[] | undefined> {
  if (!/^[\w][\w./^~-]*$/.test(base))
    throw new UserError(`--base ${base} is no revision`, "give a commit, a branch or HEAD^1");
  const git = (...args: string[]) => execa("git", args, { cwd: repository, reject: false });
  if ((await git("rev-parse", "--verify", "--quiet", `${base}^{commit}`)).exitCode !== 0) return undefined;
  const name = `Pulumi.${stack}.yaml`;
  const then = await git("show", `${base}:${name}`);
  const now = configOf(readFileSync(readTarget(stack).stackFile, "utf8"), name);
  // A stack that is not in the base is new: nothing to compare it with.
  return then.exitCode === 0 ? configChanges(configOf(then.stdout, `${name} of ${base}`), now) : undefined;
}
