import { constants } from "node:os";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { UserError } from "../../lib/userError";
import { type Circumstances, ClusterError, explainKubectl } from "./kubectlErrors";

/** How kubectl is called. */
export interface KubectlOptions extends Circumstances {
  /** Path of kubectl. */
  readonly executable: string;
  /** Path of a kubeconfig that holds the context. */
  readonly kubeconfig: string;
  readonly signal?: AbortSignal;
  /** Variables on top of the process's own, for programs that give credentials. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One call. */
export interface CallOptions {
  /** Given on stdin. */
  readonly input?: string;
  /** Longest that the call may take. @default 30 */
  readonly timeoutSeconds?: number;
}

/** A kubectl that runs until it is ended. It is waited for without being rejected. */
export interface RunningKubectl extends PromiseLike<unknown> {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  kill(): boolean;
}

/**
 * kubectl on one context and one namespace, always named: an ambient kubeconfig or a current context is never used.
 * What goes wrong is thrown as a `ClusterError` that says what to do.
 */
export class Kubectl {
  constructor(readonly options: KubectlOptions) {}

  get namespace(): string {
    return this.options.namespace;
  }

  /** The arguments with those that choose cluster and namespace, for a process that the caller starts itself. */
  args(...args: readonly string[]): string[] {
    const { kubeconfig, context, namespace } = this.options;
    return [`--kubeconfig=${kubeconfig}`, `--context=${context}`, `--namespace=${namespace}`, ...args];
  }

  /** Runs it and gives what it printed. @throws ClusterError */
  async text(args: readonly string[], { input, timeoutSeconds = 30 }: CallOptions = {}): Promise<string> {
    const result = await execa(this.options.executable, this.args(...args), {
      ...this.common(),
      ...(input === undefined ? { stdin: "ignore" as const } : { input }),
      timeout: timeoutSeconds * 1000,
      maxBuffer: 256 * 1024 * 1024,
    });
    if (result.exitCode === 0) return result.stdout;
    throw this.failure(result, timeoutSeconds);
  }

  /** Runs it and reads what it printed as JSON; `--output=json` is added. @throws ClusterError */
  async json<T>(args: readonly string[], options: CallOptions = {}): Promise<T> {
    return JSON.parse(await this.text([...args, "--output=json"], options)) as T;
  }

  /** Every object of some kinds: `list("pods,jobs", "--selector=…")`. @throws ClusterError */
  async list<T>(kinds: string, ...more: readonly string[]): Promise<T[]> {
    return (await this.json<{ items: T[] }>(["get", kinds, ...more])).items;
  }

  /** Starts it and leaves the streams to the caller, who ends it; the signal of the command ends it too. */
  stream(args: readonly string[], stderr: "pipe" | "ignore"): RunningKubectl {
    return execa(this.options.executable, this.args(...args), {
      ...this.common(),
      ...{ stdin: "ignore", stdout: "pipe", stderr, buffer: false },
    });
  }

  /**
   * Runs it on this terminal, for `exec --stdin --tty` and the like. Ctrl-C goes to what runs there and not to us.
   * @returns its exit code: that of the program in the pod
   */
  async interactive(args: readonly string[], cancelSignal?: AbortSignal): Promise<number> {
    const result = await execa(this.options.executable, this.args(...args), {
      stdio: "inherit",
      reject: false,
      env: { ...this.options.environment },
      ...(cancelSignal && { cancelSignal }),
    });
    const signal = result.signal as NodeJS.Signals | undefined;
    return result.exitCode ?? (signal ? 128 + (constants.signals[signal] ?? 0) : 1);
  }

  private common() {
    const { environment, signal } = this.options;
    return { env: { ...environment }, reject: false as const, ...(signal && { cancelSignal: signal }) };
  }

  private failure(
    result: { stderr?: unknown; cause?: unknown; timedOut?: boolean; isCanceled?: boolean },
    seconds: number,
  ) {
    const { context, stack, local } = this.options;
    if (result.isCanceled) return new UserError("interrupted", "run it again");
    if (result.timedOut) {
      return new ClusterError(
        "unreachable",
        `${local ? "the local nodes" : `the API server of context ${context}`} gave no answer within ${seconds} s`,
        local ? `npm run up -- ${stack}` : "check the network and the VPN, and whether the cluster exists",
      );
    }
    if ((result.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
      return new UserError(
        `${this.options.executable} is gone`,
        local ? `npm run up -- ${stack} makes it again` : "install kubectl (https://kubernetes.io/docs/tasks/tools/)",
      );
    }
    return explainKubectl(String(result.stderr ?? ""), this.options);
  }
}
