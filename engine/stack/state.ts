import { execa } from "execa";
import { repository } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { type Engine, findEngine } from "..";
import { cloudHint } from "../cloudErrors";
import type { StateResource } from "../resources/fromState";
import type { Target } from "./target";

/** What `pulumi stack export` prints; secrets in it stay encrypted. */
export interface ExportedStack {
  readonly deployment?: {
    readonly resources?: readonly StateResource[];
    /** What was under way when the state was written last: an update that runs, or one that was killed. */
    readonly pending_operations?: readonly { readonly type: string; readonly resource: StateResource }[];
    readonly manifest?: { readonly time?: string };
  };
}

/** One entry of `pulumi stack history`. */
export interface PastUpdate {
  readonly kind: string;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly result: string;
  readonly resourceChanges?: Readonly<Record<string, number>>;
  readonly message?: string;
}

/** What the backend keeps of a stack. It is only read: a stack that is not there is not made. */
export class StackState {
  private constructor(
    private readonly engine: Engine,
    private readonly stack: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** @throws UserError where there is no Pulumi CLI, or no backend is chosen */
  static async open({ stack, cloud }: Target, signal?: AbortSignal): Promise<StackState> {
    return new StackState(await findEngine({ cloud, signal }), stack, signal);
  }

  /** Where the state is kept, if it is in a folder of this machine. */
  get folder(): string | undefined {
    const url = this.engine.env.PULUMI_BACKEND_URL ?? process.env.PULUMI_BACKEND_URL;
    return url?.startsWith("file://") ? decodeURIComponent(new URL(url).pathname) : undefined;
  }

  /** @returns undefined when the backend has no such stack */
  async exported(): Promise<ExportedStack | undefined> {
    return this.read<ExportedStack>(["stack", "export"]);
  }

  /** The outputs without secrets. @returns undefined when the backend has no such stack */
  async outputs(): Promise<Readonly<Record<string, unknown>> | undefined> {
    return this.read(["stack", "output", "--json"]);
  }

  /** The newest update that has ended, if there was one. */
  async lastUpdate(): Promise<PastUpdate | undefined> {
    return (await this.read<PastUpdate[]>(["stack", "history", "--json", "--page-size", "1"]))?.[0];
  }

  /** Whether an update runs, for a backend that knows it (Pulumi Cloud). */
  async inProgress(): Promise<boolean> {
    const list = await this.read<{ name: string; updateInProgress?: boolean }[]>(["stack", "ls", "--json"], false);
    return (list ?? []).some(({ name, updateInProgress }) => name.split("/").pop() === this.stack && updateInProgress);
  }

  private async read<T>(args: readonly string[], named = true): Promise<T | undefined> {
    const { stdout, stderr, exitCode } = await execa(
      this.engine.executable,
      [...args, ...(named ? ["--stack", this.stack] : []), "--non-interactive"],
      {
        ...{ cwd: repository, env: this.engine.env, stdin: "ignore", reject: false, timeout: 60_000 },
        ...(this.signal && { cancelSignal: this.signal }),
      },
    );
    if (exitCode === 0) return JSON.parse(stdout) as T;
    if (/no stack named/.test(stderr)) return undefined;
    const reason = (stderr ?? "").trim().split("\n").at(-1) || "it gave no reason";
    throw new UserError(
      `pulumi ${args.slice(0, 2).join(" ")} of ${this.stack} failed: ${reason}`,
      cloudHint(stderr ?? "") ?? "see whether the backend can be reached: pulumi stack ls",
    );
  }
}
