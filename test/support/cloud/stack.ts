import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { parse, stringify } from "yaml";
import { CliPreview } from "../../../cli/commands/preview/cliPreview";
import { ensureCli } from "../../../engine/cli";
import { type EngineLog, engineLog } from "../../../engine/plugin";
import type { Provider } from "../../../engine/providers/provider";
import { randomProvider } from "../../../engine/providers/random";
import { handlers } from "../../../engine/providers/server";
import { tlsProvider } from "../../../engine/providers/tls";
import { offlineStack } from "../../../engine/record/offlineStack";
import type { Stack } from "../../../engine/stack";
import { type EngineEvent, shortName } from "../../../engine/stack/pulumiEvents";
import type { ExportedStack } from "../../../engine/stack/state";
import { repository, stackConfig } from "../plan";

/** What a run of the CLI did. */
export interface CloudRun {
  readonly exitCode: number;
  /** What it did to what, without what stayed the same: `create Cluster cluster-gke`. */
  readonly changes: readonly string[];
  /** Its errors, each with the resource that it is about. */
  readonly errors: readonly string[];
  /** Everything that it printed. */
  readonly text: string;
}

/** What a run may be given. */
export interface RunOptions {
  /** Ends the run without letting it finish anything, as a machine that goes away does. */
  readonly killed?: AbortSignal;
  readonly flags?: readonly string[];
}

/**
 * A stack of the real program under the real Pulumi CLI and engine, with its state in a folder of its own, whose
 * providers are in this process: they make everything in a cloud of the test's.
 */
export class CloudStack extends CliPreview {
  #close: () => void = () => {};

  /**
   * Makes the stack, with nothing in it.
   *
   * @param stack its name: that of a committed stack whose settings it has
   * @param providers the clouds' and Kubernetes'; those of generated values come by themselves
   * @param config settings instead of the committed ones
   * @param env variables of every call; undefined takes one away
   */
  static async open(
    stack: string,
    providers: readonly Provider[],
    config: Readonly<Record<string, unknown>> = stackConfig(stack),
    env: Readonly<Record<string, string | undefined>> = {},
  ): Promise<CloudStack> {
    const folder = mkdtempSync(join(tmpdir(), "switchboard-cloud-"));
    const cli = await ensureCli();
    const offline = await offlineStack(config, { root: repository, folder, now: new Date() });
    const opened = new CloudStack(cli, stack, offline, folder);
    const served = await Promise.all([...providers, randomProvider(), tlsProvider()].map(serve));
    opened.#close = () => {
      for (const { server } of served) server.forceShutdown();
      rmSync(folder, { recursive: true, force: true });
    };
    opened.env.PULUMI_DEBUG_PROVIDERS = served.map(({ name, port }) => `${name}:${port}`).join(",");
    Object.assign(opened.env, env);
    await opened.open();
    return opened;
  }

  /** Ends the providers and removes everything on disk. */
  close(): void {
    this.#close();
  }

  /** Changes the settings: from now on the stack has these. */
  async configure(change: (config: Record<string, any>) => void): Promise<void> {
    const file = parse(await readFile(this.settings(), "utf8")) as { config: Record<string, any> };
    change(file.config);
    await writeFile(this.settings(), stringify(file));
  }

  up(options: RunOptions = {}): Promise<CloudRun> {
    return this.run(["up", "--yes", "--skip-preview"], options);
  }

  /** What an `up` would do. */
  preview(options: RunOptions = {}): Promise<CloudRun> {
    return this.run(["preview"], options);
  }

  /** What is otherwise in the cloud than the state says: `switchboard drift` runs the same. */
  drift(options: RunOptions = {}): Promise<CloudRun> {
    return this.run(["refresh", "--preview-only"], options);
  }

  refresh(options: RunOptions = {}): Promise<CloudRun> {
    return this.run(["refresh", "--yes", "--skip-preview"], options);
  }

  destroy(options: RunOptions = {}): Promise<CloudRun> {
    return this.run(["destroy", "--yes", "--skip-preview"], options);
  }

  /** The state, as `pulumi stack export` writes it; secrets are encrypted. */
  async exported(): Promise<{ deployment: { resources?: any[]; pending_operations?: any[] } }> {
    const { stdout, stderr, exitCode } = await this.call(["stack", "export", "--stack", this.stack], repository);
    if (exitCode !== 0) throw new Error(`the state could not be exported: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Takes the lock of a run away that was killed. */
  async unlock(): Promise<void> {
    await this.must(["cancel", "--yes", "--stack", this.stack]);
  }

  /** The stack as the commands of this repository drive it. */
  get driven(): Pick<Stack, "exported" | "update" | "replaceState"> {
    return {
      exported: async () => (await this.exported()) as ExportedStack,
      update: async (command, _report, _signal, flags) => {
        const { exitCode, errors, text } = await this[command]({ flags });
        if (exitCode !== 0) throw new Error(errors.join("\n") || text);
        return {};
      },
      replaceState: async (state) => {
        await writeFile(join(this.folder, "state.json"), JSON.stringify(state));
        await this.must(["stack", "import", "--stack", this.stack, "--file", join(this.folder, "state.json")]);
      },
    };
  }

  private async run(command: readonly string[], { killed, flags = [] }: RunOptions): Promise<CloudRun> {
    const running = this.call([...this.commandOn(command), ...flags, "--json"], repository);
    // The group: what the CLI has started goes with it.
    killed?.addEventListener("abort", () => process.kill(-running.pid!, "SIGKILL"), { once: true });
    const { stdout, stderr, exitCode } = await running;
    const text = `${stdout}\n${stderr}`;
    return { exitCode: exitCode ?? 1, text, ...readEvents(stdout) };
  }
}

function readEvents(stdout: string): Pick<CloudRun, "changes" | "errors"> {
  const events = stdout.trimStart().startsWith('{"') ? stdout.split("\n").flatMap(eventOf) : stepsOf(stdout);
  const changes = events.flatMap(({ resourcePreEvent }) => {
    const { op, urn, type } = resourcePreEvent?.metadata ?? { op: "same", urn: "", type: "" };
    return op === "same" || op === "read" || isBookkeeping(op, type) ? [] : [`${op} ${shortName(urn)}`];
  });
  const errors = events.flatMap(({ diagnosticEvent: said }) =>
    said?.severity === "error" ? [`${said.urn ? `${shortName(said.urn)}: ` : ""}${said.message.trim()}`] : [],
  );
  return { changes, errors };
}

/** A refresh that finds nothing else, and the stack itself, are no change. */
function isBookkeeping(op: string, type: string): boolean {
  return op === "refresh" || type === "pulumi:pulumi:Stack";
}

function eventOf(line: string): EngineEvent[] {
  return line.startsWith("{") ? [JSON.parse(line) as EngineEvent] : [];
}

/** A preview is told as one report. */
function stepsOf(stdout: string): EngineEvent[] {
  if (!stdout.trimStart().startsWith("{")) return [];
  const { steps = [], diagnostics = [] } = JSON.parse(stdout) as {
    steps?: { op: string; urn: string }[];
    diagnostics?: { urn?: string; message: string; severity: string }[];
  };
  return [
    ...steps.map(({ op, urn }) => ({
      resourcePreEvent: { metadata: { op, urn, type: urn.split("::")[2]!.split("$").at(-1)! } },
    })),
    ...diagnostics.map((diagnosticEvent) => ({ diagnosticEvent })),
  ];
}

/** Serves a provider from this process: the engine attaches to its port (`PULUMI_DEBUG_PROVIDERS`). */
async function serve(provider: Provider): Promise<{ name: string; port: number; server: grpc.Server }> {
  const most = 400 * 1024 * 1024;
  const server = new grpc.Server({ "grpc.max_receive_message_length": most, "grpc.max_send_message_length": most });
  let current: EngineLog = () => {};
  const attach = (address: string) => {
    current = engineLog(address);
  };
  server.addService(
    ResourceProviderService,
    handlers(provider, (...line) => current(...line), attach),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { name: provider.name, port, server };
}
