import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { fromText } from "../../../components/schema/stackFile";
import type { Cli } from "../../../engine/cli";

/** What a reader makes of a stack's file: its configuration, or a refusal. */
export type Read = { readonly config: Readonly<Record<string, unknown>> } | { readonly refused: string };

/** The real CLI's reading of stack files, each as one of a project in a temporary folder with a file backend. */
export class CliReader {
  private readonly folder = mkdtempSync(join(tmpdir(), "switchboard-stack-files-"));
  private readonly env: Record<string, string>;

  constructor(
    private readonly cli: Cli,
    private readonly project: string,
  ) {
    for (const name of ["project", "home", "state"]) mkdirSync(join(this.folder, name));
    this.env = {
      PATH: process.env.PATH ?? "",
      // The text of a date has the machine's zone in it.
      TZ: "UTC",
      HOME: join(this.folder, "home"),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(join(this.folder, "state")).href,
      PULUMI_CONFIG_PASSPHRASE: "nobody",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
  }

  async open(): Promise<this> {
    writeFileSync(join(this.folder, "project/Pulumi.yaml"), this.project);
    await this.pulumi("stack", "init", "t");
    return this;
  }

  /** As `pulumi config` tells it, with what the program would read in each text. */
  async read(text: string): Promise<Read> {
    const file = join(this.folder, "project/Pulumi.t.yaml");
    writeFileSync(file, text);
    const { stdout, stderr, exitCode } = await this.pulumi("config", "--json", "--show-secrets", "--stack", "t");
    if (exitCode !== 0) return { refused: stderr.replaceAll(this.folder, "").trim() };
    const told = JSON.parse(stdout) as Record<string, { value?: string }>;
    return { config: Object.fromEntries(Object.entries(told).map(([key, { value = "" }]) => [key, fromText(value)])) };
  }

  /** Runs the CLI in the project's folder. */
  async pulumi(...args: readonly string[]) {
    const options = { cwd: join(this.folder, "project"), env: this.env, extendEnv: false, reject: false } as const;
    return execa(this.cli.executable, [...args, "--non-interactive"], { ...options, stdin: "ignore" });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
