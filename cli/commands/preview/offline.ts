import { dirname } from "node:path";
import { type Cli, presentCli } from "../../../engine/cli";
import { type OfflineStack, offlineStack, UnknowableError } from "../../../engine/record/offlineStack";
import type { Plan } from "../../../engine/record/plan";
import type { TreeStyle } from "../../../engine/record/tree";
import { projectName } from "../../../engine/stack/project";
import { knownConfig } from "../../../engine/stack/stackFile";
import type { Target } from "../../../engine/stack/target";
import { repository } from "../../../lib/paths";
import { temporaryFolder } from "../../../lib/temporary";
import { wrapLine } from "../../../lib/text";
import { UserError } from "../../../lib/userError";
import { type ExitCode, exitCodes, type Io } from "../../core/command";
import { CliPreview } from "./cliPreview";

/** Where a preview is made and how it is shown. */
interface Job {
  readonly stack: string;
  readonly offline: OfflineStack;
  readonly folder: string;
  readonly style: TreeStyle;
  readonly io: Io;
}

/**
 * Shows everything that a first `up` of a stack would make, from its file alone, on a machine that reaches nothing. A
 * Pulumi CLI that is there confirms the tree; JSON is for programs, which wait for no second opinion.
 *
 * @param verbose show the properties of every resource
 * @returns `no` where the Pulumi CLI previews other resources than the tree shows
 */
export async function offlinePreview({ stack, stackFile }: Target, verbose: boolean, io: Io): Promise<ExitCode> {
  const folder = temporaryFolder("preview");
  const offline = await readOffline(stackFile, folder);
  // The program looks for the kubeconfig in the environment and for the stack's file in the folder that it is run in.
  process.env.KUBECONFIG = offline.kubeconfig;
  process.chdir(dirname(stackFile));
  const job: Job = { stack, offline, folder, style: { ...io.style, properties: verbose }, io };
  const { introduction } = await import("./report");
  const opening = introduction(stack, offline.notes, job.style).join("\n");
  if (io.json) io.note(opening);
  else print(job, [opening]);
  return showTree(job);
}

async function readOffline(stackFile: string, folder: string): Promise<OfflineStack> {
  const { config, notes } = knownConfig(stackFile);
  try {
    const offline = await offlineStack(config, { root: repository, folder, now: new Date() });
    return { ...offline, notes: [...notes, ...offline.notes] };
  } catch (error) {
    if (!(error instanceof UnknowableError)) throw error;
    throw new UserError([error.message, ...notes].join("; "), error.todo);
  }
}

/** The program run in this process, and what the CLI says to it. */
async function showTree(job: Job): Promise<ExitCode> {
  const { stack, offline, style, io } = job;
  const plan = await recordStack(stack, offline);
  if (io.signal.aborted) return exitCodes.interrupted;
  if (io.json) {
    const { jsonOf } = await import("./rendered");
    io.result(jsonOf(stack, offline.notes, plan), () => []);
    return exitCodes.ok;
  }
  const { reportOf } = await import("./report");
  print(job, reportOf(stack, plan, style));
  const cli = presentCli();
  if (cli) return confirm(job, cli, plan);
  print(job, wrapLine("Not confirmed by the Pulumi CLI, because there is none here.", style.width));
  return exitCodes.ok;
}

/**
 * Runs the program without the CLI.
 * @throws UserError with the errors of the settings and the program, as the program words them
 */
async function recordStack(stack: string, { config, secrets }: OfflineStack): Promise<Plan> {
  const { RunError } = await import("@pulumi/pulumi");
  const { record } = await import("../../../engine/record/recorder");
  const program = require("../../..") as () => Promise<Record<string, unknown>>;
  const secretKeys = [...new Set(secrets.map(([key = ""]) => key))];
  try {
    return await record(program, { project: projectName(), stack, config, secretKeys });
  } catch (error) {
    // What else the program was doing fails after it, of which nobody needs to read.
    process.on("unhandledRejection", () => {});
    if (!RunError.isInstance(error)) throw error;
    throw new UserError(error.message, "correct the stack's file; docs/settings.md says what is allowed");
  }
}

/** Has the real engine preview the same, and says whether it makes the same resources. */
async function confirm(job: Job, cli: Cli, plan: Plan): Promise<ExitCode> {
  const { stack, offline, folder, style, io } = job;
  const real = new CliPreview(cli, stack, offline, folder, io.signal);
  const verdict = await io.step("asking the Pulumi CLI for the same", async () => {
    await real.open();
    return real.verdict();
  });
  if (io.signal.aborted) return exitCodes.interrupted;
  const missing = plan.registrations.map(({ urn }) => urn).filter((urn) => !verdict.urns.includes(urn));
  const shown = new Set(plan.registrations.map(({ urn }) => urn));
  const further = verdict.urns.filter((urn) => !shown.has(urn));
  if (verdict.errors.length > 0) {
    print(job, [`${cli.name} could not preview it:`, ...verdict.errors.map((error) => `  ${error}`)]);
    return exitCodes.no;
  }
  if (missing.length + further.length > 0) {
    print(job, [
      `${cli.name} previews other resources:`,
      ...missing.map((urn) => `  only in the tree: ${urn}`),
      ...further.map((urn) => `  only by the CLI:  ${urn}`),
    ]);
    return exitCodes.no;
  }
  const confirmed = `Confirmed: ${cli.name} previews the same ${verdict.urns.length} (resources and components).`;
  print(job, wrapLine(confirmed, style.width));
  return exitCodes.ok;
}

function print({ io }: Job, lines: readonly string[]): void {
  io.line(undefined, lines.join("\n"));
}
