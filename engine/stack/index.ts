import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { logs, repository } from "../../lib/paths";
import type { Report } from "../../lib/steps";
import { UserError } from "../../lib/userError";
import type { Engine } from "..";
import { cloudHint } from "../cloudErrors";
import { checkPlugins } from "./continuity";
import { keptSettingsOf } from "./keptSettings";
import { projectName } from "./project";
import { secretsProvider, takesConfigFile, takesStack, wholeReport } from "./pulumiArguments";
import { type EngineEvent, UpdateProgress } from "./pulumiEvents";
import { locksAreStale } from "./stackLock";
import type { ExportedStack } from "./state";

/** What calls to the CLI need besides the engine. */
export interface StackOptions {
  readonly stack: string;
  readonly stackFile: string;
  /** Variables on top of the engine's, for example KUBECONFIG. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What the engine said of a stack, as it said it. */
export interface EngineReport {
  readonly project: string;
  readonly stack: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A stack of this program, driven through the Pulumi CLI. */
export class Stack {
  private readonly env: Record<string, string>;
  /** The settings as the CLI reads them. */
  private readonly configFile: string;
  readonly log: string;

  constructor(
    private readonly engine: Engine,
    private readonly options: StackOptions,
  ) {
    this.env = { ...engine.env, ...options.environment };
    this.log = join(logs, `pulumi-${options.stack}.log`);
    this.configFile = this.ownsPassphrase() ? keptSettingsOf(options.stack) : options.stackFile;
  }

  /**
   * Makes the stack in the backend if it is not there. Where the passphrase is this machine's own, its salt goes to a
   * copy of the stack's settings: in the repository's file it would be of use to nobody else.
   *
   * @param make false refuses where the stack is not there: for whoever only looks
   * @param reads whether plugins are not asked for anything: then nothing stands against it
   * @throws UserError also where this engine's plugins must not go on with the stack
   */
  async open({ make = true, reads = false } = {}): Promise<void> {
    const { stack, stackFile } = this.options;
    const list = await this.call(["stack", "ls", "--json"]);
    if (list.exitCode !== 0) throw this.refusal("the Pulumi backend could not be read", list.stderr);
    const names = (JSON.parse(list.stdout) as { name: string }[]).map(({ name }) => name.split("/").pop());
    const separateSettings = this.configFile !== stackFile;
    if (separateSettings) {
      mkdirSync(this.settingsFolder(), { recursive: true, mode: 0o700 });
      writeFileSync(join(this.settingsFolder(), "Pulumi.yaml"), readFileSync(join(repository, "Pulumi.yaml")));
    }
    if (!names.includes(stack)) {
      if (!make) {
        throw new UserError(
          `the state's backend holds no stack ${stack}: there is nothing to compare with`,
          `leave --live out (everything is new), or bring it up: switchboard up ${stack}`,
        );
      }
      rmSync(separateSettings ? this.configFile : "", { force: true });
      const initialized = await this.call(
        ["stack", "init", stack, ...secretsProvider(readFileSync(stackFile, "utf8"))],
        separateSettings ? this.settingsFolder() : repository,
      );
      if (initialized.exitCode !== 0) throw this.refusal(`stack ${stack} could not be made`, initialized.stderr);
    }
    if (separateSettings) {
      const text = readFileSync(stackFile, "utf8");
      writeFileSync(this.configFile, `${text.trimEnd()}\n${await this.salt()}`, { mode: 0o600 });
    }
    if (!reads) await checkPlugins(this.engine, stack, () => this.exported());
  }

  /**
   * Asks the engine what an `up` would do, and changes nothing.
   * @param flags more of `pulumi preview`
   * @returns also a preview that did not succeed
   */
  async preview(flags: readonly string[] = [], signal?: AbortSignal): Promise<EngineReport> {
    return this.reportOf(["preview", ...wholeReport, ...flags], signal);
  }

  /**
   * Asks the providers what is really there and compares it with the state that the last `up` left. It takes no lock and
   * writes no state, so it disturbs nobody's `up`; the program is not run, so what waits for an `up` is no difference.
   * @param without URNs that are not looked at
   * @returns also a look that did not succeed
   */
  async refreshPreview(signal?: AbortSignal, without: readonly string[] = []): Promise<EngineReport> {
    const left = without.flatMap((urn) => ["--exclude", urn]);
    return this.reportOf(["refresh", "--preview-only", "--json", ...left], signal);
  }

  private async reportOf(command: readonly string[], signal?: AbortSignal): Promise<EngineReport> {
    const { stack } = this.options;
    const settings = ["--stack", stack, "--config-file", this.configFile];
    const { stdout, stderr, exitCode } = await this.call([...command, ...settings], repository, signal);
    this.write(stderr);
    signal?.throwIfAborted();
    return { project: projectName(), stack, stdout, stderr, exitCode: exitCode ?? 1 };
  }

  /**
   * Brings the stack up, takes it away, or looks at what is there. A lock that a dead process of this machine left is
   * removed first.
   * @param flags more of the command's flags: `--refresh` first looks at what is there, so that it is brought back
   * @returns what changed, by kind
   * @throws UserError with the program's or the resources' own errors
   */
  async update(
    command: "up" | "destroy" | "refresh",
    report: Report,
    signal?: AbortSignal,
    flags: readonly string[] = [],
  ): Promise<Readonly<Record<string, number>>> {
    const attempt = () => this.tryUpdate([command, ...flags], report, signal);
    let last = await attempt();
    if (!last.changes && (await this.unlocked(last.complaint, report))) last = await attempt();
    if (last.changes) return last.changes;
    throw this.failure(command, last);
  }

  /** The stack's outputs; secrets are masked. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const { stdout, stderr, exitCode } = await this.call(["stack", "output", "--json", "--stack", this.options.stack]);
    if (exitCode !== 0) throw this.refusal("the outputs could not be read", stderr);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** What the backend keeps of the stack, secrets encrypted. @returns undefined when it has no such stack */
  async exported(): Promise<ExportedStack | undefined> {
    const { stack } = this.options;
    const { exitCode, stdout, stderr } = await this.call(["stack", "export", "--stack", stack]);
    if (exitCode === 0) return JSON.parse(stdout) as ExportedStack;
    if (/no stack named/.test(stderr)) return undefined;
    throw this.refusal(`the state of ${stack} could not be read`, stderr);
  }

  /**
   * Writes another state, after the lock of a run that was killed is taken away.
   * @param doing what it is for, as the person is told when it fails
   */
  async replaceState(state: ExportedStack, doing: string, report: Report): Promise<void> {
    const input = JSON.stringify(state);
    const attempt = () => this.call(["stack", "import", "--stack", this.options.stack], repository, undefined, input);
    let last = await attempt();
    if (last.exitCode !== 0 && (await this.unlocked(last.stderr, report))) last = await attempt();
    if (last.exitCode !== 0)
      throw this.refusal(`the state of ${this.options.stack} could not be ${doing}`, last.stderr);
  }

  /** Runs any command of the CLI on the terminal, for this stack. @returns its exit code */
  async passOn(args: readonly string[]): Promise<number> {
    const settings = takesConfigFile(args) ? ["--config-file", this.configFile] : [];
    const named = takesStack(args) ? ["--stack", this.options.stack] : [];
    const { exitCode } = await execa(this.engine.executable, [...args, ...named, ...settings], {
      ...{ cwd: repository, env: this.env, stdio: "inherit", reject: false },
    });
    if (args[0] === "config" && this.configFile !== this.options.stackFile) this.takeSettingsBack();
    return exitCode ?? 1;
  }

  /** What a `config` command changed in the copy goes to the repository's file, without the salt. */
  private takeSettingsBack(): void {
    const changed = readFileSync(this.configFile, "utf8").replace(/^encryptionsalt: .*\n?/m, "");
    if (changed.trimEnd() !== readFileSync(this.options.stackFile, "utf8").trimEnd()) {
      writeFileSync(this.options.stackFile, `${changed.trimEnd()}\n`);
    }
  }

  private async tryUpdate(command: readonly string[], report: Report, signal?: AbortSignal): Promise<Attempt> {
    const progress = new UpdateProgress();
    mkdirSync(logs, { recursive: true });
    this.write(`--- pulumi ${command.join(" ")}, ${new Date().toISOString()}`);
    const child = execa(
      this.engine.executable,
      [
        ...[...command, "--yes", "--skip-preview", "--json", "--non-interactive"],
        ...["--stack", this.options.stack, "--config-file", this.configFile],
      ],
      // A group of its own: the terminal's Ctrl-C reaches it once, by us, and it ends in order.
      { cwd: repository, env: this.env, stdin: "ignore", reject: false, detached: true, buffer: { stdout: false } },
    );
    const onAbort = () => child.kill("SIGINT");
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    try {
      for await (const line of createInterface({ input: child.stdout! })) {
        if (!line.startsWith("{")) {
          this.write(line);
          continue;
        }
        const progressText = progress.take(JSON.parse(line) as EngineEvent);
        if (progressText) this.write(progressText);
        report(progress.line());
      }
      const { exitCode, stderr } = await child;
      this.write(`--- exit code ${exitCode}\n${stderr}`);
      const complaint = [...progress.errors, stderr].join("\n");
      return exitCode === 0 ? { changes: progress.changes ?? {}, complaint, progress } : { complaint, progress };
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Takes the locks of killed runs away. @returns whether there were any: then it is worth another try */
  private async unlocked(complaint: string, report: Report): Promise<boolean> {
    if (!(await locksAreStale(complaint, this.options.stack, report))) return false;
    report("taking away the lock of a run that was killed");
    const { exitCode, stderr } = await this.call(["cancel", "--yes", "--stack", this.options.stack]);
    if (exitCode !== 0) throw this.refusal("the stale lock could not be taken away", stderr);
    return true;
  }

  private failure(command: string, { progress, complaint }: Attempt): UserError {
    return this.failed(command, progress.errors.length > 0 ? progress.errors : [lastOf(complaint)]);
  }

  /** A command that the engine refused, with its errors. */
  failed(command: string, errors: readonly string[]): UserError {
    const what = [`pulumi ${command} of ${this.options.stack} failed:`, ...errors.map((error) => `  ${error}`)].join(
      "\n",
    );
    const todo = cloudHint(errors.join("\n")) ?? "correct it, then run this again";
    return new UserError(what, `${todo}: it continues where this stopped`, this.log);
  }

  private refusal(what: string, stderr: string): UserError {
    this.write(stderr);
    const todo = cloudHint(stderr) ?? "read the log, then run this again";
    return new UserError(`${what}: ${lastOf(stderr)}`, todo, this.log);
  }

  private call(args: readonly string[], cwd = repository, signal?: AbortSignal, input?: string) {
    return execa(this.engine.executable, [...args, "--non-interactive"], {
      ...{ cwd, env: this.env, reject: false },
      ...(input === undefined ? { stdin: "ignore" } : { input }),
      // A group of its own: the terminal's Ctrl-C reaches it once, by us, and it ends in order.
      ...(signal && { detached: true, cancelSignal: signal, killSignal: "SIGINT", forceKillAfterDelay: 30_000 }),
    });
  }

  private write(line: string): void {
    mkdirSync(logs, { recursive: true });
    appendFileSync(this.log, `${line.trimEnd()}\n`, { mode: 0o600 });
  }

  private ownsPassphrase(): boolean {
    // A file with a salt or a provider of its own belongs to people who share a passphrase or a key.
    const shared = /^(encryptionsalt|secretsprovider):/m.test(readFileSync(this.options.stackFile, "utf8"));
    return this.engine.env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined && !shared;
  }

  private settingsFolder(): string {
    return dirname(keptSettingsOf(this.options.stack));
  }

  /** The line with the salt: from the copy, else from the stack's own state. */
  private async salt(): Promise<string> {
    const line = /^encryptionsalt: .+$/m;
    const found = existsSync(this.configFile) ? line.exec(readFileSync(this.configFile, "utf8"))?.[0] : undefined;
    if (found) return `${found}\n`;
    const exported = await this.call(["stack", "export", "--stack", this.options.stack]);
    if (exported.exitCode !== 0) return "";
    const { deployment } = JSON.parse(exported.stdout) as {
      deployment?: { secrets_providers?: { state?: { salt?: string } } };
    };
    const salt = deployment?.secrets_providers?.state?.salt;
    return salt ? `encryptionsalt: ${salt}\n` : "";
  }
}

interface Attempt {
  /** What changed; undefined after a failure. */
  readonly changes?: Readonly<Record<string, number>>;
  readonly complaint: string;
  readonly progress: UpdateProgress;
}

function lastOf(text: string): string {
  return text.trim().split("\n").filter(Boolean).slice(-5).join("\n  ") || "it gave no reason";
}
