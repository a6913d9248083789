import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import { offlineResources } from "../../../engine/resources/offline";
import type { Resource } from "../../../engine/resources/resource";
import { readTarget, type Target } from "../../../engine/stack/target";
import { repository } from "../../../lib/paths";
import { UserError } from "../../../lib/userError";
import { compare, estimate } from "../../../review/cost";
import { changeReport, estimateReport, rounded } from "../../../review/cost/report";
import { type CommandSpec, type ExitCode, exitCodes, type Invocation, type Io } from "../../core/command";

/** `switchboard cost`: what a stack costs a month, by a price sheet that lies here. */
export const command: CommandSpec = {
  name: "cost",
  summary: "estimate what a stack costs a month",
  description:
    "Low has autoscalers at their minimum and next to no traffic. High has them at their maximum. docs/costs.md " +
    "explains what likely means. The program is run to find the resources of a first up. The prices are those of " +
    "components/clouds/*/prices.json. It needs no credentials and no network. What has no price is listed and is in no sum.",
  options: [
    { flags: "--compare <stack>", description: "show the difference to another stack" },
    { flags: "--base <ref>", description: "show the difference to the stack's file at a git revision, such as main" },
    { flags: "--verbose", description: "show every line, not only components", default: false },
  ],
  examples: [
    ["switchboard cost prod", "the production stack, by component"],
    ["switchboard cost prod --verbose", "and what each component pays for"],
    ["switchboard cost prod --base main", "what the settings of this branch add or save"],
    ["switchboard cost prod --compare prod-eks --json", "the same product on the other cloud, for a script"],
  ],
  access: "none",
  run: ({ io, target, options }: Invocation) => {
    const verbose = options.verbose === true;
    if (options.compare !== undefined && options.base !== undefined) {
      io.note("--compare and --base are two comparisons; give one");
      return Promise.resolve(exitCodes.usage);
    }
    if (options.compare !== undefined) return withOther(io, target, String(options.compare), verbose);
    if (options.base !== undefined) return withBase(io, target, String(options.base), verbose);
    return alone(io, target, verbose);
  },
};

async function alone(io: Io, { stack }: Target, verbose: boolean): Promise<ExitCode> {
  const result = estimate(await resourcesOf(io, stack));
  const style = { width: io.style.width, verbose };
  io.result({ stack, ...rounded(result) }, () => estimateReport(stack, result, style));
  return exitCodes.ok;
}

async function withOther(io: Io, { stack }: Target, other: string, verbose: boolean): Promise<ExitCode> {
  // Named wrongly, it is told before the first program runs.
  readTarget(other);
  const change = compare(await resourcesOf(io, stack), await resourcesOf(io, other));
  const style = { width: io.style.width, verbose };
  io.result({ stack, compared: other, ...rounded(change) }, () => changeReport([stack, other], change, style));
  return exitCodes.ok;
}

async function withBase(io: Io, { stack, stackFile }: Target, ref: string, verbose: boolean): Promise<ExitCode> {
  const text = await fileAt(ref, basename(stackFile));
  if (text === undefined) io.note(`${basename(stackFile)} is not in ${ref}: all of the stack is new`);
  const name = `${basename(stackFile)} at ${ref}`;
  const before =
    text === undefined
      ? []
      : await io.step(`running the program for ${name}`, () => offlineResources(stack, { text, name }));
  const change = compare(before, await resourcesOf(io, stack));
  const style = { width: io.style.width, verbose };
  io.result({ stack, base: ref, ...rounded(change) }, () => changeReport([ref, "now"], change, style));
  return exitCodes.ok;
}

function resourcesOf(io: Io, stack: string): Promise<Resource[]> {
  return io.step(`running the program for stack ${stack}`, () => offlineResources(stack));
}

const run = promisify(execFile);

/**
 * A file of the repository's root at a git revision. The program is the one of the working tree: what is compared are the
 * settings.
 *
 * @returns undefined where the revision does not have the file
 * @throws UserError when there is no such revision, or no git
 */
export async function fileAt(ref: string, file: string, folder: string = repository): Promise<string | undefined> {
  const git = async (...words: string[]) => (await run("git", words, { cwd: folder, maxBuffer: 16 * 2 ** 20 })).stdout;
  let commit: string;
  try {
    commit = (await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`)).trim();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UserError(
      missing ? "there is no git on this machine" : `--base ${ref}: git knows no such revision here`,
      missing
        ? "install git, or compare two stacks with --compare"
        : "name a branch, a tag or a commit; git fetch may bring it",
    );
  }
  const listed = await git("ls-tree", "--name-only", commit, "--", file);
  return listed.trim() === "" ? undefined : git("show", `${commit}:./${file}`);
}
