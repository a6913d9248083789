import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { Problem, show } from "../schema/fields";
import { mapIn } from "../schema/mapIn";

/** A kubeconfig file: where it lies and what it says. */
export interface KubeconfigFile {
  readonly path: string;
  readonly text: string;
}

/** A kubeconfig cut down to one context. */
export interface Kubeconfig {
  /** JSON (which is YAML) with sorted keys and absolute paths: equal content gives equal text. Holds credentials. */
  readonly text: string;
  /** URL of the API server. */
  readonly server: string;
  /** How the user proves who they are. */
  readonly user: "exec" | "token" | "certificate" | "basic" | "authProvider" | "none";
}

type Entry = Record<string, unknown>;

/** Paths inside clusters and users that are relative to the file they stand in. */
const pathKeys = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/**
 * Reads kubeconfig files from disk and cuts them down to one context.
 *
 * @param paths absolute; files that are missing are passed over while another is there, as kubectl does with $KUBECONFIG
 * @param searchPath `$PATH`, where a credential plugin is looked for
 * @throws Problem naming the file or the context and what to do
 */
export function readKubeconfigs(paths: readonly string[], context: string, searchPath: string): Kubeconfig {
  const there = paths.filter(isFile);
  if (there.length === 0) {
    throw new Problem(
      `${paths.map(show).join(", ")} is not a file; set cluster.kubeconfig or KUBECONFIG to the file that names context ${show(context)}`,
      "kubeconfig",
    );
  }
  const kubeconfig = readKubeconfig(
    there.map((path) => ({ path, text: readText(path) })),
    context,
    searchPath,
  );
  checkFiles(kubeconfig, context);
  return kubeconfig;
}

/** Keys and certificates in files of their own are read at the first request; a missing one is told now. */
function checkFiles({ text }: Kubeconfig, context: string): void {
  const { clusters, users } = JSON.parse(text) as { clusters: Entry[]; users: Entry[] };
  const bodies = [...clusters.map(({ cluster }) => mapIn(cluster)), ...users.map(({ user }) => mapIn(user))];
  for (const [key, path] of bodies.flatMap((body) => pathKeys.map((key) => [key, body[key]] as const))) {
    if (typeof path !== "string" || path === "") continue;
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      throw new Problem(
        `${show(context)} names ${key} ${show(path)}, which cannot be read (${(error as NodeJS.ErrnoException).code}); put the file there, or use another context`,
        "context",
      );
    }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Problem(
      `${show(path)} cannot be read (${(error as NodeJS.ErrnoException).code}); allow this user to read it`,
      "kubeconfig",
    );
  }
}

/** Cuts kubeconfig files down to one context; of entries with one name the first counts, as in kubectl. */
export function readKubeconfig(files: readonly KubeconfigFile[], context: string, searchPath: string): Kubeconfig {
  const contents = files.map(parse);
  const named = files.map(({ path }) => path).join(", ");
  const all = (list: string) =>
    contents.flatMap(({ root, folder }) => entries(root, list).map((entry) => ({ entry, folder })));
  const find = (list: string, name: unknown) => all(list).find(({ entry }) => entry.name === name);

  const chosen = find("contexts", context);
  if (!chosen) {
    const known = [...new Set(all("contexts").map(({ entry }) => String(entry.name)))];
    throw new Problem(
      `${show(context)} is not in ${named}; ${known.length > 0 ? `use one of ${known.join(", ")}` : "it names no context"}`,
      "context",
    );
  }
  const body = mapIn(chosen.entry.context);
  const clusterName = body.cluster;
  const cluster = find("clusters", clusterName);
  const clusterBody = mapIn(cluster?.entry.cluster);
  if (!cluster || typeof clusterBody.server !== "string") {
    throw new Problem(
      `${show(context)} leads to cluster ${show(clusterName)}, which has no server in ${named}; add the cluster, or use another context`,
      "context",
    );
  }
  if (!URL.canParse(clusterBody.server)) {
    throw new Problem(
      `${show(context)} leads to cluster ${show(clusterName)}, whose server ${show(clusterBody.server)} in ${named} is not a URL; correct it`,
      "context",
    );
  }
  const user = body.user === undefined || body.user === "" ? undefined : find("users", body.user);
  if (body.user !== undefined && body.user !== "" && !user) {
    throw new Problem(
      `${show(context)} names user ${show(body.user)}, who is not in ${named}; add the user, or use another context`,
      "context",
    );
  }
  const userBody = mapIn(user?.entry.user);
  const kind = userKind(userBody);
  if (kind === "exec") checkPlugin(mapIn(userBody.exec), user!.folder, searchPath, context);

  const minified = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: body }],
    clusters: [{ name: clusterName, cluster: absolutePaths(clusterBody, cluster.folder) }],
    users: user ? [{ name: body.user, user: absolutePaths(userBody, user.folder) }] : [],
  };
  return { text: JSON.stringify(sorted(minified)), server: clusterBody.server, user: kind };
}

function parse({ path, text }: KubeconfigFile): { root: Entry; folder: string } {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) {
    // The parser's message quotes the line, which may hold a credential; its position is enough.
    const line = error.linePos?.[0].line;
    throw new Problem(
      `${show(path)} is not YAML (${error.code}${line ? ` in line ${line}` : ""}); repair it or name another file`,
      "kubeconfig",
    );
  }
  const root: unknown = document.toJS();
  if (typeof root !== "object" || root === null || Array.isArray(root)) {
    throw new Problem(`${show(path)} holds no clusters and contexts; name a kubeconfig`, "kubeconfig");
  }
  return { root: root as Entry, folder: dirname(path) };
}

function entries(root: Entry, list: string): Entry[] {
  const value = root[list];
  return Array.isArray(value)
    ? value.filter((entry): entry is Entry => typeof entry === "object" && entry !== null)
    : [];
}

function userKind(user: Entry): Kubeconfig["user"] {
  if (user.exec) return "exec";
  if (user.token || user.tokenFile) return "token";
  if (user["client-certificate"] || user["client-certificate-data"]) return "certificate";
  if (user.username) return "basic";
  return user["auth-provider"] ? "authProvider" : "none";
}

/** A plugin that is missing shows up only at the first request, long after the preview; so it is looked for here. */
function checkPlugin(exec: Entry, folder: string, searchPath: string, context: string): void {
  const command = String(exec.command ?? "");
  // A name with a slash is a path, relative to the kubeconfig; one without is looked for on PATH.
  const candidates = command.includes("/")
    ? [resolve(folder, command)]
    : searchPath
        .split(delimiter)
        .filter(Boolean)
        .map((part) => join(part, command));
  if (command !== "" && candidates.some(isExecutable)) return;
  const hint =
    typeof exec.installHint === "string" && exec.installHint.trim()
      ? ` (${exec.installHint.trim().split("\n")[0]})`
      : "";
  throw new Problem(
    `${show(context)} gets its credentials from ${show(command)}, which is not on PATH; install it${hint}`,
    "context",
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}

/** Whether a file is there; what cannot be a path at all (too long, a zero byte) is none. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The provider reads the text, not the file, so relative paths would be relative to nothing. */
function absolutePaths(body: Entry, folder: string): Entry {
  const result = { ...body };
  for (const key of pathKeys) {
    const value = result[key];
    if (typeof value === "string" && value !== "" && !isAbsolute(value)) result[key] = resolve(folder, value);
  }
  const exec = mapIn(result.exec);
  if (typeof exec.command === "string" && exec.command.includes("/")) {
    result.exec = { ...exec, command: resolve(folder, exec.command) };
  }
  return result;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}
