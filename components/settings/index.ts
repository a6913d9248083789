import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { clusterEnvironment } from "../kubernetes/access";
import type { Login } from "../registry/credentials";
import { Registries } from "../registry/manifests";
import type { SettingsContext } from "../schema/context";
import type { Sealed } from "../schema/sealed";
import { Secret } from "../schema/secret";
import { fromText, layersOf, othersOf, readStackFile, type StackFile } from "../schema/stackFile";
import { type ParsedSettings, parseSettings, SettingsError } from "./parse";
import { type DigestSources, pinImages, pullLogins } from "./pinned";

export { proxyTmpSize } from "../ingress/settings/proxyStorage";
/** Amounts and their texts: bytes of a quantity as the settings give it, e.g. of `resources.limits.memory`. */
export {
  formatBytes,
  formatCpu,
  type Resources,
  usualTmpSize,
} from "../schema/values/resources";
/** A stack's checked settings: one object for each layer. Structure is plain; only secrets are outputs. */
export type Settings = Sealed<ParsedSettings>;
/**
 * Reads and checks the settings of the stack that is being run; nothing else in the program reads configuration or
 * the environment. Images that are built from this repository get the digest that their registry has. Call it before the
 * first resource.
 *
 * @throws pulumi.RunError with every wrong setting, which the CLI prints as one message without a stack
 */
export async function readSettings(): Promise<Settings> {
  try {
    const parsed = parseSettings(rawSettings(), stackContext());
    const { settings, warnings } = asksRegistries()
      ? await pinImages(parsed, digestSources(pullLogins(parsed)))
      : { settings: parsed, warnings: [] };
    for (const warning of [...parsed.warnings, ...warnings]) void pulumi.log.warn(warning);
    return seal(settings) as Settings;
  } catch (error) {
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/**
 * Whether registries are asked: where the CLI runs the program. The recorder of offline previews asks no network, so that
 * it says the same everywhere, and a person can say that none can be reached.
 */
function asksRegistries(): boolean {
  return process.env.PULUMI_NODEJS_MONITOR !== undefined && process.env.SWITCHBOARD_ASK_REGISTRIES !== "false";
}

function digestSources(given: Readonly<Record<string, Login>>): DigestSources {
  const registries = new Registries({ env: process.env, home: homedir(), given });
  let state: Promise<string> | undefined;
  return {
    registry: (reference) => registries.digestOf(reference),
    state: () => {
      state ??= stateText();
      return state;
    },
  };
}

/** What the stack's resources have in the state; a builtin function of the engine. Empty where there is none yet. */
async function stateText(): Promise<string> {
  try {
    const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const resources = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    return JSON.stringify(resources);
  } catch {
    return "";
  }
}

/** The value of every key of this project; text that is not JSON stays text and is refused by the parser. */
function rawSettings(): Record<string, unknown> {
  const given = layersOf(pulumi.runtime.allConfig(), pulumi.getProject()) as Record<string, string>;
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, fromText(value)]));
}

function stackContext(): SettingsContext {
  const project = pulumi.getProject();
  const root = resolve(__dirname, "../..");
  return {
    stack: pulumi.getStack(),
    project,
    ...clusterEnvironment(root, homedir(), process.env),
    now: new Date(),
    secretLayers: secretLayers(`${project}:`),
    stored: storedSettings(join(pulumi.getRootDirectory(), `Pulumi.${pulumi.getStack()}.yaml`), project),
    others: othersOf(pulumi.runtime.allConfig(), project),
  };
}

/** The layers that hold a secret, as the engine says; the SDK knows and leaves the question out of its types. */
function secretLayers(prefix: string): Set<string> {
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  const keys = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(prefix) && isConfigSecret(key));
  return new Set(keys.map((key) => key.slice(prefix.length)));
}

/** The stack's file as it is stored; undefined where it lies elsewhere (`--config-file`, a remote stack). */
function storedSettings(path: string, name: string): StackFile | undefined {
  try {
    return readStackFile(readFileSync(path, "utf8"), { name, defaults: {} });
  } catch {
    return undefined;
  }
}

function seal(value: unknown): unknown {
  if (value instanceof Secret) return pulumi.secret(value.reveal());
  if (Array.isArray(value)) return value.map(seal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, seal(entry)]));
}
