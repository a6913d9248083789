/**
 * Runs the program without the Pulumi CLI, without any plugin and without any network, and records what it registers:
 * what a preview of a stack that does not exist yet would show.
 */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";
import { secretSignature, unknownValue } from "../../lib/engineValues";
import { answers } from "./answers";
import { type Plan, planWith, type Reading, type Registration } from "./plan";

/** The key that a secret has in a recorded value. */
export const secretKey = "[secret]";

/** A MockMonitor that keeps the whole registration and gives the URNs that the engine would give. */
class RecordingMonitor extends MockMonitor {
  readonly registrations: Registration[] = [];
  readonly reads: Reading[] = [];
  outputs: unknown;
  readonly #types = new Map<string, string>();
  readonly #byUrn = new Map<string, Registration>();

  constructor(
    private readonly project: string,
    private readonly stack: string,
    private readonly withoutDefault: readonly string[],
  ) {
    super(answers);
    // Private in the SDK's types. Its own URNs keep only the last parent's type; the engine's have the whole chain.
    Object.assign(this, {
      newUrn: (parent: string, type: string, name: string) => {
        const parentType = this.#types.get(parent);
        const qualified = parentType && parentType !== "pulumi:pulumi:Stack" ? `${parentType}$${type}` : type;
        const urn = `urn:pulumi:${this.stack}::${this.project}::${qualified}::${name}`;
        this.#types.set(urn, qualified);
        return urn;
      },
    });
  }

  override async registerResource(request: any, callback: (error: any, response: any) => void): Promise<void> {
    await super.registerResource(request, (error: any, response: any) => {
      const problem = error ?? this.problemOf(request, response.getUrn());
      if (problem) return callback(problem, undefined);
      this.record(request, response.getUrn());
      // What does not exist yet has no id.
      if (pulumi.runtime.isDryRun() && request.getCustom()) response.setId("");
      callback(undefined, response);
    });
  }

  override async readResource(request: any, callback: (error: any, response: any) => void): Promise<void> {
    await super.readResource(request, (error: any, response: any) => {
      if (!error) {
        const urn: string = response.getUrn();
        const parent = parentOf(request);
        this.reads.push({ urn, type: request.getType(), name: request.getName(), parent, id: request.getId() });
        // Nobody was asked, so nothing is known of it.
        if (pulumi.runtime.isDryRun()) response.clearProperties();
      }
      callback(error, response);
    });
  }

  /** Hooks run when an engine compares an old state with a new one, and here is no old one. */
  registerResourceHook(_request: unknown, callback: (error: any, response: any) => void): void {
    callback(null, {});
  }

  registerErrorHook(_request: unknown, callback: (error: any, response: any) => void): void {
    callback(null, {});
  }

  /** What the engine would refuse. */
  private problemOf(request: any, urn: string): Error | undefined {
    const type: string = request.getType();
    if (this.#byUrn.has(urn)) return new Error(`two resources are ${urn}`);
    const owner = type.split(":")[0]!;
    if (!request.getCustom() || type.startsWith("pulumi:") || request.getProvider() !== "") return undefined;
    return this.withoutDefault.includes(owner) || this.withoutDefault.includes("*")
      ? new Error(`${urn} has no provider, and pulumi:disable-default-providers names ${owner}`)
      : undefined;
  }

  override registerResourceOutputs(request: any, callback: (error: any, response: any) => void): void {
    if (request.getUrn().includes("pulumi:pulumi:Stack")) this.outputs = readable(request.getOutputs().toJavaScript());
    super.registerResourceOutputs(request, callback);
  }

  private record(request: any, urn: string): void {
    const type: string = request.getType();
    if (type === "pulumi:pulumi:Stack") return;
    // The engine hands these down from a component to what is in it.
    const above = this.#byUrn.get(request.getParent());
    const deletedWith = request.getDeletedwith() || above?.deletedWith || "";
    const registration: Registration = {
      urn,
      type,
      name: request.getName(),
      parent: parentOf(request),
      custom: request.getCustom(),
      provider: request.getProvider(),
      protect: request.getProtect(),
      dependencies: request.getDependenciesList(),
      ignoreChanges: request.getIgnorechangesList(),
      deletedWith,
      replaceWith: request.getReplaceWithList(),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      retainOnDelete: request.getRetainondelete(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      aliases: request.getAliasesList().map((alias: { toObject(): unknown }) => alias.toObject()),
      hooks: hooksOf(request),
      order: this.registrations.length,
      inputs: readable(request.getObject()?.toJavaScript() ?? {}),
    };
    this.#byUrn.set(urn, registration);
    this.registrations.push(registration);
  }
}

/** URN of the parent, empty below the stack itself. */
function parentOf(request: any): string {
  const parent: string = request.getParent();
  return parent.includes("pulumi:pulumi:Stack") ? "" : parent;
}

function hooksOf(request: any): string[] {
  const lists = Object.values<unknown>(request.getHooks()?.toObject() ?? {});
  return [...new Set(lists.flat() as string[])];
}

/** A value as tests read it: secrets under `[secret]`, unknown values as `[unknown]`. */
function readable(value: unknown): unknown {
  if (value === unknownValue) return "[unknown]";
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Record<string, unknown>;
  if (secretSignature in entries) return { [secretKey]: readable(entries.value) };
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, readable(entry)]));
}

/** What the program is run with. */
export interface RecordOptions {
  readonly project: string;
  readonly stack: string;
  /** Configuration as the CLI would hand it over: `switchboard:layer` to a value. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The keys of configuration that hold a secret. */
  readonly secretKeys?: readonly string[];
  /** Folder with the stack's file, in which the program looks what is encrypted. @default the working directory */
  readonly root?: string;
  /** What `pulumi preview` sees, where generated values are unknown; else what `pulumi up` sees. @default true */
  readonly preview?: boolean;
}

/**
 * Runs a program and records it.
 *
 * @param program what the program's entry file exports
 * @throws what the program throws
 */
export async function record(
  program: () => Promise<Record<string, unknown>>,
  { project, stack, config, secretKeys = [], root = process.cwd(), preview = true }: RecordOptions,
): Promise<Plan> {
  const without = config["pulumi:disable-default-providers"];
  const monitor = new RecordingMonitor(project, stack, Array.isArray(without) ? without.map(String) : []);
  await pulumi.runtime.setMocks(answers, project, stack, preview, "organization");
  setMockOptions(monitor, project, stack, preview, "organization");
  getStore().settings.options.rootDirectory = root;
  const texts = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(secretKeys);
  pulumi.runtime.setAllConfig(texts, [...secretKeys]);
  const warnings: string[] = [];
  const stopWarnings = takeWarnings(warnings);
  const failures = takeFailures();
  try {
    const run = pulumi.runtime.runInPulumiStack(program).then(disconnect);
    // After a failure the run may wait for ever for what has failed.
    await Promise.race([run, failures.first]);
  } finally {
    stopWarnings();
    await failures.stop();
  }
  if (failures.found.length > 0) throw failures.found[0];
  const registrations = [...monitor.registrations].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  const reads = [...monitor.reads].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  return planWith({ registrations, reads, warnings, outputs: monitor.outputs });
}

/** Left out of the SDK's types. */
const { getStore } = state as unknown as {
  getStore(): { settings: { options: { rootDirectory?: string } }; callbacks?: { _target: Promise<string> } };
};

/**
 * The server that would run hooks first calls itself, once a second until it answers. Ended before that, as with a hook that
 * no resource has waited for, it would call for ever and keep the process.
 */
async function disconnect(): Promise<void> {
  await getStore().callbacks?._target;
  await pulumi.runtime.disconnect();
}

/** What fails inside an output or while a resource is registered is thrown where nobody waits for it. */
function takeFailures(): { readonly found: unknown[]; readonly first: Promise<void>; stop(): Promise<void> } {
  const found: unknown[] = [];
  let tell = () => {};
  const first = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const take = (reason: unknown) => {
    found.push(reason);
    tell();
  };
  process.on("unhandledRejection", take);
  return {
    found,
    first,
    async stop() {
      // Node.js tells of them after the promises of this turn.
      await new Promise((resolve) => setImmediate(resolve));
      process.off("unhandledRejection", take);
    },
  };
}

/** Without an engine the SDK writes warnings on the terminal; here they belong to the plan. */
function takeWarnings(into: string[]): () => void {
  const { log } = pulumi;
  const { warn } = log;
  log.warn = async (message: string) => {
    into.push(message);
  };
  return () => {
    log.warn = warn;
  };
}
