import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { type OfflineStack, offlineStack, UnknowableError } from "../ops/preview/offlineStack";
import type { Plan } from "../ops/preview/recorder";
import { type TreeStyle, wrapLine } from "../ops/preview/tree";
import { type Cli, findCli } from "./engine/cli";
import { CliPreview } from "./engine/cliPreview";
import { onInterrupt } from "./support/interrupt";
import { repository } from "./support/paths";
import { Refusal, runMain } from "./support/refusal";
import { temporaryFolder } from "./support/temporary";
import { terminalStyle } from "./support/terminal";
import { configOf, readTarget } from "./target";

/** The preview differs from the CLI's. */
const differs = 3;
const wrongUsage = 2;

interface Flags {
  /** true: the CLI's own display alone. false: never the CLI. undefined: it confirms the tree where it is there. */
  readonly cli?: boolean;
  readonly build: boolean;
  readonly json: boolean;
  readonly yaml: boolean;
  readonly verbose: boolean;
}

const help = `
It shows a stack that does not exist yet: everything is new. What a change would do to a stack that is up is told by
the real preview: npm run pulumi -- STACK preview --diff

Exit codes:
  0    the stack can be previewed
  1    its settings are wrong, the program failed, or there is no such stack
  2    the command line is wrong
  3    the Pulumi CLI previews other resources than the tree shows (a defect of this command)
  130  interrupted
`;

/** `npm run preview -- [STACK]`: what a first `up` of a stack would make, on a machine that reaches nothing. */
async function main(): Promise<void> {
  const program = new Command("npm run preview --")
    .description(
      "Shows everything that a stack is made of, from its file alone: no credentials, no plugin, no network.",
    )
    .argument("[stack]", "the stack's name, or the path of a Pulumi.<stack>.yaml that lies elsewhere", "dev")
    .option("--verbose", "show the properties of every resource, secrets masked", false)
    .option("--json", "print it as JSON, secrets masked", false)
    .option("--yaml", "print it as the golden files have it, secrets masked", false)
    .option("--cli", "show what the real `pulumi preview` displays, on an empty state with plugins that ask nobody")
    .option("--no-cli", "do not have the Pulumi CLI confirm the tree, even where there is one")
    .option("--build", "build the Pulumi CLI first where there is none (some minutes, once)", false)
    .configureHelp({ helpWidth: terminalStyle().width })
    .addHelpText("after", help)
    .exitOverride();
  try {
    program.parse();
    const flags = program.opts<Flags>();
    if (flags.json && flags.yaml) program.error("error: --json and --yaml are two formats; give one");
    if (flags.yaml && flags.cli) program.error("error: the Pulumi CLI has no --yaml; give --json");
    await preview(program.processedArgs[0] as string, flags);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : wrongUsage;
  }
}

/** Where a preview is made and how it is shown. */
interface Job {
  readonly stack: string;
  readonly offline: OfflineStack;
  readonly folder: string;
  readonly flags: Flags;
  readonly style: TreeStyle;
  readonly signal: AbortSignal;
}

async function preview(named: string, flags: Flags): Promise<void> {
  const { stack, stackFile } = stackAt(named);
  const { signal } = onInterrupt();
  const folder = temporaryFolder("preview");
  const offline = await readOffline(stackFile, folder);
  // The program looks for the kubeconfig in the environment and for the stack's file in the folder that it is run in.
  process.env.KUBECONFIG = offline.kubeconfig;
  process.chdir(dirname(stackFile));
  const job = { stack, offline, folder, flags, style: { ...terminalStyle(), properties: flags.verbose }, signal };
  const forMachines = flags.json || flags.yaml;
  const { introduction } = await import("../ops/preview/report");
  const opening = introduction(stack, offline.notes, job.style);
  (forMachines ? process.stderr : process.stdout).write(`${opening.join("\n")}\n`);
  try {
    if (flags.cli) await showCli(job, await theCli(flags, signal));
    else await showTree(job, forMachines || flags.cli === false ? undefined : await theCli(flags, signal, false));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (signal.aborted) process.exitCode = 130;
}

/** A stack of the repository, or a stack's file anywhere. */
function stackAt(named: string): { stack: string; stackFile: string } {
  if (!named.includes("/") && !named.endsWith(".yaml")) return readTarget(named);
  // npm runs scripts in the repository, wherever the person is.
  const stackFile = resolve(process.env.INIT_CWD ?? ".", named);
  const stack = /^Pulumi\.([\w.-]{1,100})\.yaml$/.exec(basename(stackFile))?.[1];
  if (!stack) throw new Refusal(`${named} is not the name of a stack's file`, "call it Pulumi.<stack>.yaml");
  if (!existsSync(stackFile)) throw new Refusal(`${stackFile} does not exist`, "name a file that is there");
  return { stack, stackFile };
}

async function readOffline(stackFile: string, folder: string): Promise<OfflineStack> {
  const config = configOf(readFileSync(stackFile, "utf8"), stackFile);
  try {
    return await offlineStack(config, { root: repository, folder, now: new Date() });
  } catch (error) {
    if (!(error instanceof UnknowableError)) throw error;
    throw new Refusal(error.message, error.todo);
  }
}

async function theCli(flags: Flags, signal: AbortSignal): Promise<Cli>;
async function theCli(flags: Flags, signal: AbortSignal, needed: false): Promise<Cli | undefined>;
async function theCli({ build }: Flags, signal: AbortSignal, needed = true): Promise<Cli | undefined> {
  const cli = await findCli(build, (line) => process.stderr.write(`${line}\n`), signal);
  if (cli || !needed) return cli;
  throw new Refusal(
    "there is no Pulumi CLI on this machine",
    "give --build to build it (some minutes, once), install it, or leave --cli out: the tree needs none",
  );
}

/** The CLI's own display. */
async function showCli({ stack, offline, folder, flags, signal }: Job, cli: Cli): Promise<void> {
  const real = new CliPreview(cli, stack, offline, folder, signal);
  await real.open();
  const exitCode = await real.show([...(flags.verbose ? ["--diff"] : []), ...(flags.json ? ["--json"] : [])]);
  process.exitCode = exitCode === 0 ? 0 : 1;
}

/** The program run in this process, and what the CLI says to it. */
async function showTree(job: Job, cli: Cli | undefined): Promise<void> {
  const { stack, offline, flags, style, signal } = job;
  const plan = await recordStack(stack, offline);
  if (!plan || signal.aborted) return;
  const { renderJson, renderYaml } = await import("../ops/preview/rendered");
  if (flags.json) return print([renderJson(stack, offline.notes, plan)]);
  if (flags.yaml) return print([renderYaml(plan).trimEnd()]);
  const { reportOf } = await import("../ops/preview/report");
  print(reportOf(stack, plan, style));
  if (cli) return confirm(job, cli, plan);
  print(
    wrapLine(
      flags.cli === false
        ? "Not asked of the Pulumi CLI."
        : "Not confirmed by the Pulumi CLI, because there is none here; --build makes one (some minutes, once).",
      style.width,
    ),
  );
}

/** Runs the program without the CLI. Errors of the settings and the program are shown as the program words them. */
async function recordStack(stack: string, { config, secrets }: OfflineStack): Promise<Plan | undefined> {
  const { RunError } = await import("@pulumi/pulumi");
  const { record } = await import("../ops/preview/recorder");
  const program = require("../index") as () => Promise<Record<string, unknown>>;
  const secretKeys = [...new Set(secrets.map(([key = ""]) => key))];
  try {
    return await record(program, { project: "switchboard", stack, config, secretKeys });
  } catch (error) {
    // What else the program was doing fails after it, of which nobody needs to read.
    process.on("unhandledRejection", () => {});
    if (!RunError.isInstance(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

/** Has the real engine preview the same, and says whether it makes the same resources. */
async function confirm({ stack, offline, folder, style, signal }: Job, cli: Cli, plan: Plan): Promise<void> {
  const waiting = process.stdout.isTTY ? "Asking the Pulumi CLI for the same …" : "";
  process.stdout.write(waiting);
  const real = new CliPreview(cli, stack, offline, folder, signal);
  const verdict = await real
    .open()
    .then(() => real.verdict())
    .finally(() => waiting && process.stdout.write("\r\x1b[K"));
  if (signal.aborted) return;
  const missing = plan.registrations.map(({ urn }) => urn).filter((urn) => !verdict.urns.includes(urn));
  const shown = new Set(plan.registrations.map(({ urn }) => urn));
  const further = verdict.urns.filter((urn) => !shown.has(urn));
  if (verdict.errors.length > 0) {
    print([`${cli.name} could not preview it:`, ...verdict.errors.map((error) => `  ${error}`)]);
    process.exitCode = differs;
  } else if (missing.length + further.length > 0) {
    print([
      `${cli.name} previews other resources:`,
      ...missing.map((urn) => `  only in the tree: ${urn}`),
      ...further.map((urn) => `  only by the CLI:  ${urn}`),
    ]);
    process.exitCode = differs;
  } else {
    print(
      wrapLine(
        `Confirmed: ${cli.name} previews the same ${verdict.urns.length} (resources and components).`,
        style.width,
      ),
    );
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

if (require.main === module) runMain(main);
