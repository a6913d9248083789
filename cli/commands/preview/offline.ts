import { dirname } from "node:path";
import { type Cli, ensureCli, presentCli } from "../../../engine/cli";
import { type OfflineStack, offlineStack, UnknowableError } from "../../../engine/record/offlineStack";
import type { Plan } from "../../../engine/record/recorder";
import type { TreeStyle } from "../../../engine/record/tree";
import { previewErrors, previewReport } from "../../../engine/stack/previewReport";
import { projectName } from "../../../engine/stack/project";
import { knownConfig } from "../../../engine/stack/stackFile";
import type { Target } from "../../../engine/stack/target";
import { repository } from "../../../lib/paths";
import { temporaryFolder } from "../../../lib/temporary";
import { wrapLine } from "../../../lib/text";
import { UserError } from "../../../lib/userError";
import { type ExitCode, exitCodes, type Io } from "../../core/command";
import { CliPreview } from "./cliPreview";

/** How a preview is shown. */
export interface PreviewFlags {
  /** true: the CLI's own display alone. false: never the CLI. undefined: it confirms the tree where it is there. */
  readonly cli?: boolean;
  readonly build: boolean;
  readonly yaml: boolean;
  readonly verbose: boolean;
}

/** Where a preview is made and how it is shown. */
interface Job {
  readonly stack: string;
  readonly offline: OfflineStack;
  readonly folder: string;
  readonly flags: PreviewFlags;
  readonly style: TreeStyle;
  readonly io: Io;
}

/**
 * Shows everything that a first `up` of a stack would make, from its file alone, on a machine that reaches nothing.
 * @returns `no` where the Pulumi CLI previews other resources than the tree shows
 */
export async function offlinePreview({ stack, stackFile }: Target, flags: PreviewFlags, io: Io): Promise<ExitCode> {
  const folder = temporaryFolder("preview");
  const offline = await readOffline(stackFile, folder);
  // The program looks for the kubeconfig in the environment and for the stack's file in the folder that it is run in.
  process.env.KUBECONFIG = offline.kubeconfig;
  process.chdir(dirname(stackFile));
  const job: Job = { stack, offline, folder, flags, style: { ...io.style, properties: flags.verbose }, io };
  const forMachines = io.json || flags.yaml;
  const { introduction } = await import("./report");
  const opening = introduction(stack, offline.notes, job.style).join("\n");
  if (forMachines) io.note(opening);
  else print(job, [opening]);
  if (flags.cli) return showCli(job, await theCli(flags, io));
  return showTree(job, forMachines || flags.cli === false ? undefined : await theCli(flags, io, false));
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

async function theCli(flags: PreviewFlags, io: Io): Promise<Cli>;
async function theCli(flags: PreviewFlags, io: Io, needed: false): Promise<Cli | undefined>;
async function theCli({ build }: PreviewFlags, { note, signal }: Io, needed = true): Promise<Cli | undefined> {
  const cli = build ? await ensureCli(note, signal) : presentCli();
  if (cli || !needed) return cli;
  throw new UserError(
    "there is no Pulumi CLI on this machine",
    "give --build to download or build it, install it, or leave --cli out: the tree needs none",
  );
}

/** The CLI's own display, or its own JSON. */
async function showCli({ stack, offline, folder, flags, io }: Job, cli: Cli): Promise<ExitCode> {
  const real = new CliPreview(cli, stack, offline, folder, io.signal);
  await real.open();
  const diff = flags.verbose ? ["--diff"] : [];
  if (!io.json) return (await real.show(diff)) === 0 ? exitCodes.ok : exitCodes.failed;
  const { stdout, stderr, exitCode } = await real.output(["preview"], [...diff, "--json"]);
  const report = previewReport(stdout);
  if (exitCode !== 0) {
    const errors = previewErrors(report, stderr).map((error) => `  ${error}`);
    throw new UserError([`${cli.name} could not preview it:`, ...errors].join("\n"), "correct the stack's file");
  }
  io.result(report, () => []);
  return exitCodes.ok;
}

/** The program run in this process, and what the CLI says to it. */
async function showTree(job: Job, cli: Cli | undefined): Promise<ExitCode> {
  const { stack, offline, flags, style, io } = job;
  const plan = await recordStack(stack, offline);
  if (io.signal.aborted) return exitCodes.interrupted;
  const { jsonOf, renderYaml } = await import("./rendered");
  if (io.json) io.result(jsonOf(stack, offline.notes, plan), () => []);
  if (flags.yaml) print(job, [renderYaml(plan).trimEnd()]);
  if (io.json || flags.yaml) return exitCodes.ok;
  const { reportOf } = await import("./report");
  print(job, reportOf(stack, plan, style));
  if (cli) return confirm(job, cli, plan);
  const why =
    flags.cli === false
      ? "Not asked of the Pulumi CLI."
      : "Not confirmed by the Pulumi CLI, because there is none here; --build downloads or builds one.";
  print(job, wrapLine(why, style.width));
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
