import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";
import { parse, stringify } from "yaml";

/** The root of the repository. */
export const repository = resolve(__dirname, "../..");

/** The stacks that are committed. */
export const committedStacks = ["dev"] as const;

/** One resource as the program registered it. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty for a child of the stack. */
  readonly parent: string;
  readonly custom: boolean;
  /** `urn::id` of the provider; empty for components and for the default provider. */
  readonly provider: string;
  readonly protect: boolean;
  readonly dependencies: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly aliases: readonly unknown[];
  /** Inputs with secrets as `{ [secret]: value }`. */
  readonly inputs: any;
}

/** What a run of the program registered and returned. */
export interface Plan {
  readonly registrations: readonly Registration[];
  readonly outputs: any;
  of(type: string): Registration[];
  named(type: string, name: string): Registration;
}

const secretSignature = "4dabf18193072939515e22adb298388d";
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The key that a secret has in a recorded value. */
export const secretKey = "[secret]";

/** What the mocks answer for each type that this program may use; any other type is an error. */
const knownTypes: Record<string, (inputs: Record<string, unknown>, preview: boolean) => Record<string, unknown>> = {
  "random:index/randomPassword:RandomPassword": (_inputs, preview) =>
    preview ? {} : { result: secretOf("generated-password-of-forty-characters-00") },
  "tls:index/privateKey:PrivateKey": (_inputs, preview) =>
    preview ? {} : { privateKeyPem: secretOf("-----BEGIN PRIVATE KEY-----") },
  "tls:index/selfSignedCert:SelfSignedCert": (_inputs, preview) => (preview ? {} : { certPem: "authority" }),
  "tls:index/certRequest:CertRequest": (_inputs, preview) => (preview ? {} : { certRequestPem: "request" }),
  "tls:index/locallySignedCert:LocallySignedCert": (_inputs, preview) => (preview ? {} : { certPem: "certificate" }),
};

function secretOf(value: string) {
  return { [secretSignature]: "1b47061264138c4ac30d75fd1eb44270", value };
}

const mocks: pulumi.runtime.Mocks = {
  newResource(args) {
    const inputs = args.inputs as Record<string, unknown>;
    if (args.custom === false || args.type.startsWith("pulumi:")) return { id: `${args.name}-id`, state: inputs };
    const preview = pulumi.runtime.isDryRun();
    const answer = knownTypes[args.type];
    if (answer) return { id: `${args.name}-id`, state: { ...inputs, ...answer(inputs, preview) } };
    if (!args.type.startsWith("kubernetes:")) throw new Error(`the mocks know no resource type ${args.type}`);
    const metadata = (inputs.metadata ?? {}) as Record<string, unknown>;
    // The provider names what has no name when it is created, so a preview does not know it.
    const name = metadata.name ?? (preview ? undefined : `${args.name}-0a1b2c3d`);
    return { id: `${args.name}-id`, state: { ...inputs, metadata: { ...metadata, ...(name ? { name } : {}) } } };
  },
  call(args) {
    throw new Error(`the mocks know no function ${args.token}`);
  },
};

/** A MockMonitor that keeps the whole registration and gives the URNs that the engine would give. */
class RecordingMonitor extends MockMonitor {
  readonly registrations: Registration[] = [];
  outputs: unknown;
  readonly #types = new Map<string, string>();

  constructor(
    private readonly project: string,
    private readonly stack: string,
  ) {
    super(mocks);
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
      if (!error) this.record(request, response.getUrn());
      callback(error, response);
    });
  }

  override registerResourceOutputs(request: any, callback: (error: any, response: any) => void): void {
    if (request.getUrn().includes("pulumi:pulumi:Stack")) this.outputs = readable(request.getOutputs().toJavaScript());
    super.registerResourceOutputs(request, callback);
  }

  private record(request: any, urn: string): void {
    const type: string = request.getType();
    if (type === "pulumi:pulumi:Stack") return;
    this.registrations.push({
      urn,
      type,
      name: request.getName(),
      parent: request.getParent().includes("pulumi:pulumi:Stack") ? "" : request.getParent(),
      custom: request.getCustom(),
      provider: request.getProvider(),
      protect: request.getProtect(),
      dependencies: request.getDependenciesList(),
      ignoreChanges: request.getIgnorechangesList(),
      aliases: request.getAliasesList().map((alias: { toObject(): unknown }) => alias.toObject()),
      inputs: readable(request.getObject()?.toJavaScript() ?? {}),
    });
  }
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

/** The configuration of a committed stack, as the CLI would hand it over. */
export function stackConfig(stack: string): Record<string, unknown> {
  const file = parse(readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8")) as { config: object };
  return { ...file.config };
}

/** A kubeconfig for tests: one context for each name, credentials that open nothing. */
export function writeKubeconfig(...contexts: readonly string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), "switchboard-test-")), "kubeconfig");
  const text = stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: contexts.map((name) => ({ name, cluster: { server: "https://127.0.0.1:6443" } })),
    users: contexts.map((name) => ({ name, user: { token: "opens-nothing" } })),
    contexts: contexts.map((name) => ({ name, context: { cluster: name, user: name } })),
    "current-context": contexts[0],
  });
  writeFileSync(path, text);
  return path;
}

/**
 * Runs the program without the CLI and records what it registers.
 *
 * @param config stack configuration: `switchboard:layer` to an object
 * @param options `preview` is what `pulumi preview` sees: generated values are unknown
 */
export async function plan(
  config: Readonly<Record<string, unknown>>,
  options: { readonly stack?: string; readonly preview?: boolean; readonly secretKeys?: readonly string[] } = {},
): Promise<Plan> {
  const { stack = "dev", preview = true } = options;
  process.env.KUBECONFIG ??= writeKubeconfig("switchboard-local");
  await pulumi.runtime.setMocks(mocks, "switchboard", stack, preview, "organization");
  const monitor = new RecordingMonitor("switchboard", stack);
  setMockOptions(monitor, "switchboard", stack, preview, "organization");
  const texts = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  const secretKeys = [...(options.secretKeys ?? [])];
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(secretKeys);
  pulumi.runtime.setAllConfig(texts, secretKeys);
  const program = require("../../index") as () => Promise<Record<string, unknown>>;
  await pulumi.runtime.runInPulumiStack(program);
  await pulumi.runtime.disconnect();
  const registrations = [...monitor.registrations].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  return {
    registrations,
    outputs: monitor.outputs,
    of: (type) => registrations.filter((registration) => registration.type === type),
    named(type, name) {
      const found = registrations.filter((entry) => entry.type === type && entry.name === name);
      if (found.length !== 1) throw new Error(`${found.length} resources ${type} named ${name}`);
      return found[0]!;
    },
  };
}
