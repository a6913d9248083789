import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { ResourceError } from "../provider";

/** What it takes to talk to an API server, from one context of a kubeconfig. */
export interface Connection {
  /** The context's name, for messages. */
  readonly context: string;
  readonly server: URL;
  /** The namespace that the context names, if it names one. */
  readonly namespace?: string;
  readonly ca?: string;
  readonly serverName?: string;
  readonly insecure: boolean;
  /** The client's credentials: read anew at every call, because tokens and files are rotated. */
  credentials(): Promise<Credentials>;
}

export interface Credentials {
  readonly token?: string;
  readonly basic?: string;
  readonly cert?: string;
  readonly key?: string;
}

interface Named<Key extends string, Content> {
  readonly list: (Record<Key, Content> & { name: string })[];
}

type Fields = { readonly [key: string]: unknown };

const run = promisify(execFile);

/**
 * Reads a kubeconfig.
 * @param setting its text, or the path of a file; without it `KUBECONFIG` and `~/.kube/config`
 * @param contextName the context to use; without it the kubeconfig's current one
 * @throws ResourceError when there is none, it is not a kubeconfig or has no such context
 */
export function readKubeconfig(setting: string | undefined, contextName: string | undefined): Connection {
  const { text, folder, origin } = load(setting);
  let config: Fields;
  try {
    config = parse(text) as Fields;
  } catch (error) {
    throw new ResourceError(
      `kubeconfig (${origin}): it is neither YAML nor JSON: ${(error as Error).message.split("\n")[0]}`,
    );
  }
  if (typeof config !== "object" || config === null || !Array.isArray(config.contexts)) {
    throw new ResourceError(
      `kubeconfig (${origin}): it has no list of contexts; give the text or the path of a kubeconfig`,
    );
  }
  const wanted = contextName ?? (config["current-context"] as string | undefined);
  if (!wanted) throw new ResourceError(`kubeconfig (${origin}): it has no current context; name one`);
  const context = entry(config, "contexts", "context", wanted, origin);
  const cluster = entry(config, "clusters", "cluster", String(context.cluster), origin);
  const user = context.user ? entry(config, "users", "user", String(context.user), origin) : {};
  const content = (fields: Fields, name: string): string | undefined => {
    const data = fields[`${name}-data`];
    if (typeof data === "string" && data) return Buffer.from(data, "base64").toString();
    const file = fields[name];
    if (typeof file !== "string" || !file) return undefined;
    return readFileSync(isAbsolute(file) ? file : join(folder, file), "utf8");
  };
  return {
    context: wanted,
    server: new URL(String(cluster.server)),
    namespace: context.namespace as string | undefined,
    ca: content(cluster, "certificate-authority"),
    serverName: cluster["tls-server-name"] as string | undefined,
    insecure: cluster["insecure-skip-tls-verify"] === true,
    credentials: credentialsOf(user, content, cluster),
  };
}

function load(setting: string | undefined): { text: string; folder: string; origin: string } {
  if (setting && (setting.includes("\n") || setting.trimStart().startsWith("{"))) {
    return { text: setting, folder: process.cwd(), origin: "from the provider's settings" };
  }
  const candidates = setting
    ? [setting.replace(/^~(?=\/)/, homedir())]
    : [...(process.env.KUBECONFIG ?? "").split(delimiter).filter(Boolean), join(homedir(), ".kube/config")];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (!file)
    throw new ResourceError(`kubeconfig: there is no file ${candidates.join(" or ")}; give its text or its path`);
  return { text: readFileSync(file, "utf8"), folder: dirname(file), origin: file };
}

function entry(config: Fields, list: string, key: string, name: string, origin: string): Fields {
  const entries = (config[list] ?? []) as Named<string, Fields>["list"];
  const found = entries.find((candidate) => candidate.name === name);
  if (found) return (found[key] ?? {}) as Fields;
  const names = entries.map((candidate) => candidate.name).join(", ") || "none";
  throw new ResourceError(`kubeconfig (${origin}): there is no ${key} ${JSON.stringify(name)}; it has ${names}`);
}

function credentialsOf(
  user: Fields,
  content: (fields: Fields, name: string) => string | undefined,
  cluster: Fields,
): () => Promise<Credentials> {
  let cached: { credentials: Credentials; until: number } | undefined;
  return async () => {
    if (user.exec) {
      if (!cached || Date.now() > cached.until) cached = await execCredentials(user.exec as Fields, cluster);
      return cached.credentials;
    }
    const file = user.tokenFile as string | undefined;
    const basic = user.username ? `${user.username}:${user.password ?? ""}` : undefined;
    return {
      token: file ? readFileSync(file, "utf8").trim() : (user.token as string | undefined),
      basic: basic && Buffer.from(basic).toString("base64"),
      cert: content(user, "client-certificate"),
      key: content(user, "client-key"),
    };
  };
}

/** Runs a credential plugin such as `gke-gcloud-auth-plugin` (client.authentication.k8s.io). */
async function execCredentials(exec: Fields, cluster: Fields): Promise<{ credentials: Credentials; until: number }> {
  const command = String(exec.command);
  const variables = ((exec.env ?? []) as { name: string; value: string }[]).map(({ name, value }) => [name, value]);
  const info = {
    apiVersion: exec.apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster: { server: cluster.server } } : {}) },
  };
  let stdout: string;
  try {
    ({ stdout } = await run(command, (exec.args ?? []) as string[], {
      env: { ...process.env, ...Object.fromEntries(variables), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      timeout: 60_000,
    }));
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const why = code === "ENOENT" ? `it is not installed; ${exec.installHint ?? "install it"}` : (stderr ?? "").trim();
    throw new ResourceError(`kubeconfig: the credential plugin ${command} failed: ${why}`);
  }
  const { status } = JSON.parse(stdout) as { status?: Record<string, string> };
  return {
    credentials: { token: status?.token, cert: status?.clientCertificateData, key: status?.clientKeyData },
    until: status?.expirationTimestamp ? Date.parse(status.expirationTimestamp) - 60_000 : Number.POSITIVE_INFINITY,
  };
}
