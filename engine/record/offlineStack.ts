import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { hostnamesOf } from "../../components/schema/publicHosts";
import { isEncrypted } from "../../components/schema/stackFile";
import { absolute } from "../../components/schema/values/paths";
import { projectName } from "../stack/project";
import { standInCertificate } from "./standInCertificate";

/** A stack's configuration as a machine can read it that has no key, no cluster and no cloud. */
export interface OfflineStack {
  /** The configuration: what is encrypted or lies elsewhere is replaced. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Where replaced values are that must stay secret; each path starts with the key of the configuration. */
  readonly secrets: readonly (readonly string[])[];
  /** Path of a kubeconfig that names the stack's context and leads nowhere; it names none where the stack does not. */
  readonly kubeconfig: string;
  /** What was replaced, one sentence each. */
  readonly notes: readonly string[];
}

/** What a stack's file is read against. */
export interface OfflineContext {
  /** The repository's root, where relative paths of the settings start. */
  readonly root: string;
  /** A folder for what has to be a file. */
  readonly folder: string;
  readonly now: Date;
}

/** Stands where an encrypted text was. */
export const placeholder = "not-known-offline-and-as-long-as-a-key";

/** The same of secrets that have a form: by the end of their path, the key of a service account of Google. */
const formed: readonly (readonly [end: string, text: string])[] = [
  [
    "backup.repository.key",
    JSON.stringify({ client_email: placeholder, private_key: placeholder, token_uri: "https://offline.invalid" }),
  ],
];

/** A stack's settings that say nothing to a machine without its key. */
export class UnknowableError extends Error {
  constructor(
    message: string,
    /** What the person can do. */
    readonly todo: string,
  ) {
    super(message);
  }
}

type Layer = Record<string, unknown>;

/**
 * Makes a stack's configuration readable offline: values stored with `--secret` become placeholders, a provided
 * certificate whose key cannot be read here becomes a throw-away one, and an existing cluster gets a throw-away
 * kubeconfig.
 *
 * @param config the `config` map of a stack's file
 * @throws UnknowableError naming a layer that is encrypted as a whole, so that nothing in it can be known
 */
export async function offlineStack(
  config: Readonly<Record<string, unknown>>,
  context: OfflineContext,
): Promise<OfflineStack> {
  const whole = Object.keys(config).filter((key) => isEncrypted(config[key]));
  if (whole.length > 0) {
    throw new UnknowableError(
      `${whole.join(", ")} ${whole.length === 1 ? "is" : "are"} encrypted as a whole, so nothing in it can be known offline`,
      "encrypt the secret values alone: pulumi config set --secret --path",
    );
  }
  const project = projectName();
  const notes: string[] = [];
  const secrets: string[][] = [];
  const copy = structuredClone(config) as Record<string, unknown>;

  const edge = mapOf(copy[`${project}:edge`]);
  const certificate = mapOf(edge.certificate);
  if (
    certificate.kind === "provided" &&
    [certificate.certificate, certificate.key].some((pem) => isAway(pem, context))
  ) {
    const hosts = hostnamesOf({ edge, apps: copy[`${project}:apps`] });
    const model = textOf(certificate.certificate, context);
    const standIn = await standInCertificate(model, hosts, context.now);
    certificate.certificate = standIn.certificate;
    if (isEncrypted(certificate.key)) {
      certificate.key = standIn.key;
      secrets.push([`${project}:edge`, "certificate", "key"]);
    } else {
      // In clear only a file is allowed.
      certificate.key = { file: keep("key.pem", standIn.key) };
    }
    notes.push(
      `a throw-away certificate ${model === undefined ? "for the stack's hosts" : "with the same names and dates"} stands for edge.certificate, which cannot be read here: whether certificate and key belong together is not checked`,
    );
  }

  const encrypted = replaceEncrypted(copy, []);
  secrets.push(...encrypted);
  if (encrypted.length > 0) {
    const names = encrypted.map(([key = "", ...path]) => [key.replace(`${project}:`, ""), ...path].join("."));
    notes.push(`placeholders stand for what is stored with --secret: ${names.join(", ")}`);
  }

  const cluster = mapOf(copy[`${project}:cluster`]);
  const name = cluster.kind === "existing" && typeof cluster.context === "string" ? cluster.context : undefined;
  if (name !== undefined) {
    delete cluster.kubeconfig;
    notes.push(
      `a kubeconfig that leads nowhere stands for context ${name}: whether that context exists is not checked`,
    );
  }
  return { config: copy, secrets, kubeconfig: keep("kubeconfig", kubeconfig(name)), notes };

  function keep(name: string, text: string): string {
    const path = join(context.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}

/** Replaces every `{secure: …}` below a value and says where they were. */
function replaceEncrypted(value: unknown, path: readonly string[]): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const here = [...path, key];
    if (!isEncrypted(entry)) return replaceEncrypted(entry, here);
    const [, text = placeholder] = formed.find(([end]) => here.join(".").endsWith(`.${end}`)) ?? [];
    (value as Record<string, unknown>)[key] = text;
    return [here];
  });
}

/** Whether a PEM is encrypted or in a file that is not here. What is missing or wrong is the parser's business. */
function isAway(value: unknown, context: OfflineContext): boolean {
  return isEncrypted(value) || (typeof mapOf(value).file === "string" && textOf(value, context) === undefined);
}

function textOf(value: unknown, { root }: OfflineContext): string | undefined {
  if (typeof value === "string") return value;
  const { file } = mapOf(value);
  if (typeof file !== "string") return undefined;
  try {
    return readFileSync(absolute(file, { home: homedir(), root }), "utf8");
  } catch {
    return undefined;
  }
}

function mapOf(value: unknown): Layer {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Layer) : {};
}

function kubeconfig(context = "offline"): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: context, cluster: { server: "https://offline.invalid" } }],
    users: [{ name: context, user: { token: "opens-nothing" } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
  });
}
