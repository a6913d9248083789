import { randomBytes } from "node:crypto";
import { appendFileSync, copyFileSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { stringify } from "yaml";
import { keyName } from "../../../components/schema/report";
import type { Cli } from "../../../engine/cli";
import { previewNeeds, standInFolder } from "../../../engine/plugins";
import type { OfflineStack } from "../../../engine/record/offlineStack";
import { previewErrors, previewReport } from "../../../engine/stack/previewReport";
import { repository } from "../../../lib/paths";
import { UserError } from "../../../lib/userError";

/** What the CLI says of a preview. */
export interface CliVerdict {
  /** URNs that it would make, without the stack itself. */
  readonly urns: readonly string[];
  /** What it would do to each of them: `create`, `update`, `replace`, `delete` … */
  readonly operations: Readonly<Record<string, string>>;
  /** Its errors, if it failed. */
  readonly errors: readonly string[];
}

/** What a run of the CLI left behind. */
export interface CliOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * The real `pulumi preview` of a stack that does not exist, with plugins that ask nobody: state, settings, Pulumi home
 * and plugins are in one folder of their own.
 */
export class CliPreview {
  private readonly project: string;
  /** Variables of every call. */
  protected readonly env: NodeJS.ProcessEnv;

  /**
   * @param folder an empty folder that the caller removes
   */
  constructor(
    protected readonly cli: Cli,
    protected stack: string,
    protected readonly offline: OfflineStack,
    protected readonly folder: string,
    private readonly signal?: AbortSignal,
  ) {
    this.project = join(folder, "project");
    const plugins = standInFolder(previewNeeds, join(folder, "plugins"));
    // Neither a log-in nor credentials of the person reach the CLI or a plugin.
    const own = Object.entries(process.env).filter(([name]) => !/^(PULUMI_|AWS_|GOOGLE_|GCLOUD_|CLOUDSDK_)/.test(name));
    this.env = {
      ...Object.fromEntries(own),
      PATH: [plugins, process.env.PATH].join(delimiter),
      KUBECONFIG: offline.kubeconfig,
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(join(folder, "state")).href,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      SWITCHBOARD_ASK_REGISTRIES: "false",
    };
  }

  /** Makes the stack in its own empty backend, with the settings and their secrets encrypted. */
  async open(): Promise<void> {
    for (const name of ["project", "home", "state"]) mkdirSync(join(this.folder, name), { recursive: true });
    copyFileSync(join(repository, "Pulumi.yaml"), join(this.project, "Pulumi.yaml"));
    await this.must(["stack", "init", this.stack]);
    // After the salt that `stack init` has put there.
    appendFileSync(this.settings(), stringify({ config: this.offline.config }));
    const secrets = this.offline.secrets.map((path) => [pathOf(path), valueAt(this.offline.config, path)]);
    if (secrets.length === 0) return;
    // None of these is a secret of anybody: each was made for this preview.
    const given = secrets.flatMap(([path, value]) => ["--secret", `${path}=${value}`]);
    await this.must(["config", "set-all", "--path", "--stack", this.stack, ...given]);
  }

  /**
   * What the CLI prints, as it prints it.
   *
   * @param command `preview`, or `refresh --preview-only`, which reads what is really there
   * @param flags more of the command's flags
   */
  async output(command: readonly string[] = ["preview"], flags: readonly string[] = ["--json"]): Promise<CliOutput> {
    const { stdout, stderr, exitCode } = await this.call([...this.commandOn(command), ...flags], repository);
    return { stdout, stderr, exitCode: exitCode ?? 1 };
  }

  /** Previews without showing anything. */
  async verdict(): Promise<CliVerdict> {
    const { stdout, stderr, exitCode } = await this.output();
    const report = previewReport(stdout);
    if (exitCode !== 0 || !report.steps) return { urns: [], operations: {}, errors: previewErrors(report, stderr) };
    const made = report.steps.filter(({ op, urn }) => op !== "read" && !urn.includes("::pulumi:pulumi:Stack::"));
    const operations = Object.fromEntries(made.map(({ op, urn }) => [urn, op]));
    return { urns: made.map(({ urn }) => urn).sort(), operations, errors: [] };
  }

  protected commandOn(command: readonly string[]): string[] {
    return [...command, "--stack", this.stack, "--config-file", this.settings()];
  }

  protected settings(): string {
    return join(this.project, `Pulumi.${this.stack}.yaml`);
  }

  protected async must(args: readonly string[]): Promise<void> {
    const { exitCode, stderr } = await this.call(args, this.project);
    if (exitCode === 0) return;
    throw new UserError(
      `${this.cli.name} could not prepare the preview (pulumi ${args[0]} ${args[1]}): ${stderr.trim()}`,
      "give --json to preview without it",
    );
  }

  protected call(args: readonly string[], cwd: string) {
    return execa(this.cli.executable, [...args, "--non-interactive"], {
      ...{ cwd, env: this.env, extendEnv: false, stdin: "ignore", reject: false },
      // A group of its own: the terminal's Ctrl-C reaches it once, by us, and it ends in order.
      ...{ detached: true, cancelSignal: this.signal, killSignal: "SIGINT", forceKillAfterDelay: 10_000 },
    });
  }
}

/** `switchboard:panel.secretEnv["MAIL.KEY"]`, as `pulumi config set --path` reads it. */
function pathOf([key = "", ...path]: readonly string[]): string {
  return key + keyName(["x", ...path]).slice(1);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((here, key) => (here as Record<string, unknown>)[key], value);
}
