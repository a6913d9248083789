import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandOutput } from "./commandOutput";

/** What proves to a registry who asks. */
export type Login =
  | { readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, which is exchanged for one of access. */
  | { readonly identityToken: string };

/** Where logins are looked for. */
export interface LoginPlaces {
  /** The environment: it names configuration files, and is handed to helpers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder. */
  readonly home: string;
  /** Logins that come from elsewhere and count where the person has none: by a registry, or the beginning of a path in it. */
  readonly given?: Readonly<Record<string, Login>>;
}

interface DockerConfig {
  readonly auths?: Readonly<
    Record<string, { auth?: string; identitytoken?: string; username?: string; password?: string }>
  >;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/**
 * The person's own login for a registry: from Docker's and podman's configuration, with their credential helpers, and
 * for Amazon ECR and Google Artifact Registry otherwise from `aws` and `gcloud`. Undefined where there is none: the
 * registry is then asked as anybody.
 *
 * @param registry as a reference names it, with its port
 * @param name the repository in it: podman keeps logins for a part of a registry too, and the longest that fits counts
 */
export async function loginFor(registry: string, places: LoginPlaces, name = ""): Promise<Login | undefined> {
  const parts = name.split("/").filter(Boolean);
  const within = parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join("/"));
  for (const file of configFiles(places)) {
    const config = readConfig(file);
    if (!config) continue;
    const login =
      storedLogin(config, within) ??
      (await helperLogin(config, registry, places)) ??
      storedLogin(config, keysOf(registry));
    if (login) return login;
  }
  const known = [...within, registry].find((key) => places.given && Object.hasOwn(places.given, key));
  return known === undefined ? cloudLogin(registry, places) : places.given?.[known];
}

/** Files with logins, in the order in which they count: what was named first, then Docker's (also nerdctl's), then podman's. */
function configFiles({ env, home }: LoginPlaces): string[] {
  return [
    ...(env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : []),
    join(env.DOCKER_CONFIG || join(home, ".docker"), "config.json"),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, "containers/auth.json")] : []),
    join(env.XDG_CONFIG_HOME || join(home, ".config"), "containers/auth.json"),
  ];
}

function readConfig(file: string): DockerConfig | undefined {
  try {
    const config: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof config === "object" && config !== null ? config : undefined;
  } catch {
    // Not there, not readable, or no JSON: then it says nothing.
    return undefined;
  }
}

/** The names under which tools keep the login of a registry. Docker Hub has had several. */
function keysOf(registry: string): string[] {
  const hub =
    registry === "docker.io" ? ["https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io"] : [];
  return [
    ...hub,
    registry,
    `https://${registry}`,
    `https://${registry}/`,
    `https://${registry}/v1/`,
    `https://${registry}/v2/`,
  ];
}

/** The protocol of credential helpers: `get` reads the registry's name and prints JSON (github.com/docker/docker-credential-helpers). */
async function helperLogin(config: DockerConfig, registry: string, { env }: LoginPlaces): Promise<Login | undefined> {
  const keys = keysOf(registry);
  const helperKey = keys.find((key) => config.credHelpers?.[key] !== undefined);
  const helper = helperKey === undefined ? config.credsStore : config.credHelpers?.[helperKey];
  // It becomes a part of a program's name: nothing but a name may.
  if (helper === undefined || !/^[\w.-]+$/.test(helper)) return undefined;
  for (const key of helperKey === undefined ? keys.slice(0, 2) : [helperKey]) {
    const text = await commandOutput(`docker-credential-${helper}`, ["get"], env, key);
    try {
      const { Username: username, Secret: password } = JSON.parse(text ?? "") as Record<string, string>;
      if (!password) continue;
      return username === "<token>" ? { identityToken: password } : { username: username ?? "", password };
    } catch {
      // It has none for this name, and says so in words.
    }
  }
  return undefined;
}

function storedLogin(config: DockerConfig, keys: readonly string[]): Login | undefined {
  for (const key of keys) {
    const entry = config.auths?.[key];
    if (!entry) continue;
    if (entry.identitytoken) return { identityToken: entry.identitytoken };
    if (entry.username && entry.password) return { username: entry.username, password: entry.password };
    const text = Buffer.from(entry.auth ?? "", "base64").toString("utf8");
    const colon = text.indexOf(":");
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, "") };
  }
  return undefined;
}

/** The form of https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html, also FIPS, dual-stack and China. */
const amazonForm = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;
/** https://cloud.google.com/artifact-registry/docs/docker/authentication, and the names of Container Registry. */
const googleForm = /^(?:[a-z0-9-]+-)?docker\.pkg\.dev$|^(?:[a-z]+\.)?gcr\.io$/;

/** A registry of a cloud takes a token of whoever is logged in to that cloud. */
async function cloudLogin(registry: string, { env }: LoginPlaces): Promise<Login | undefined> {
  const region = amazonForm.exec(registry)?.[1];
  const [program, args, username] = region
    ? ["aws", ["ecr", "get-login-password", "--region", region], "AWS"]
    : ["gcloud", ["auth", "print-access-token", "--quiet"], "oauth2accesstoken"];
  if (!region && !googleForm.test(registry)) return undefined;
  const password = (await commandOutput(program as string, args as string[], env))?.trim();
  return password ? { username: username as string, password } : undefined;
}
