/**
 * Finds a Pulumi CLI with everything that this program needs, on a machine that may have nothing of it. What is
 * installed comes first, then the official download. Only where neither is to be had, the CLI is built from its Go
 * modules, and plugins of this repository stand in for the official ones.
 */

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type Cloud, clouds } from "../components/clouds";
import type { CloudModule } from "../components/clouds/shared/module";
import { cache, pulumiState } from "../lib/paths";
import { UserError } from "../lib/userError";
import { type Cli, ensureCli, pathFolders, presentCli } from "./cli";
import { chosenProvider, ensureOfficialProvider, type KubernetesProviderChoice, officialVersion } from "./official";
import { linkPlugin, officialPlugin, type PluginNeed, pluginNeeds, standInFolder, wantedVersion } from "./plugins";

/** A Pulumi CLI that can run this program. */
export interface Engine {
  /** Path of `pulumi`. */
  readonly executable: string;
  /** Variables to set for every call, on top of the process's own. */
  readonly env: Record<string, string>;
  /** Whether it was found on PATH, downloaded as its makers publish it, or built from its Go modules. */
  readonly origin: Cli["origin"];
  /** `local` where at least one plugin is a stand-in of this repository. */
  readonly plugins: "official" | "local";
  /** Whose Kubernetes provider it is: `local` is the stand-in of this repository. */
  readonly kubernetes: "official" | "local";
  /** The plugins that are stand-ins, by their names, where the state is in a backend that the person chose. */
  readonly misplaced: readonly string[];
  /** One sentence for people: what is used. */
  readonly note: string;
}

export interface FindEngineOptions {
  /** The cloud that the stack's cluster is made in: nothing but official parts are used then. */
  readonly cloud?: Cloud;
  /** Called with one short line per step. */
  readonly report?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const run = promisify(execFile);

/**
 * The CLI on PATH, else the one in the cache (downloaded or built now if there is none). For a cloud it must be on PATH:
 * a person logs in to a backend with it first.
 * @throws UserError when there is none and it can be neither downloaded nor built; for a cloud, when an official part is
 * missing, or when the person has chosen no backend for the state
 */
export async function findEngine({ cloud, report, signal }: FindEngineOptions = {}): Promise<Engine> {
  const folders = pathFolders();
  if (cloud && presentCli()?.origin !== "path") {
    throw new UserError(`the Pulumi CLI is not installed. ${whyOfficial}`, installCli);
  }
  const choice = chosenProvider();
  const cli = await ensureCli(report, signal);
  const { executable, origin } = cli;
  const isOfficial = origin !== "built";
  const personHome = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  if (cloud && !hasBackend(personHome)) {
    throw new UserError(
      "Pulumi is logged in to no backend, and the state of a cloud stack must outlive this machine.",
      `pulumi login ${(clouds[cloud] as CloudModule).doctor()?.bucketScheme}://BUCKET, or pulumi login for Pulumi Cloud; pulumi login --local if this machine is meant`,
    );
  }
  const backend = backendEnv(personHome);
  const ownHome = origin !== "path" && backend.PULUMI_BACKEND_URL !== undefined && !process.env.PULUMI_HOME;
  const home = ownHome ? join(cache, "pulumi-home") : personHome;

  const search = isOfficial ? [...folders, dirname(realpathSync(executable))] : folders;
  const standIns: PluginNeed[] = [];
  const missing: PluginNeed[] = [];
  const built: string[] = [];
  for (const need of pluginNeeds(cloud)) {
    const asked = cloud || need.name !== "kubernetes" ? undefined : choice;
    if (asked === "local") {
      standIns.push(need);
      continue;
    }
    let plugin = officialPlugin(need, search, [home, personHome]);
    if (!plugin && isOfficial) plugin = await install(need, executable, home, report, signal);
    if (!plugin && asked === "official") {
      built.push(await ensureOfficialProvider(report, signal));
      continue;
    }
    if (!plugin) (need.standIn ? standIns : missing).push(need);
    else if (ownHome && plugin.startsWith(join(personHome, "plugins"))) linkPlugin(plugin, home);
  }

  if (missing.length > 0) throw missingPlugins(missing);

  const stands = standIns.length > 0;
  const path = [...built, ...(stands ? [standInFolder(standIns)] : []), dirname(executable), ...folders];
  mkdirSync(home, { recursive: true });
  return {
    executable,
    origin,
    plugins: stands ? "local" : "official",
    kubernetes: standIns.some(({ name }) => name === "kubernetes") ? "local" : "official",
    misplaced: hasBackend(personHome) ? standIns.map(({ name }) => name) : [],
    note: describe(cli, standIns, choice, built.length > 0),
    env: {
      PATH: path.join(delimiter),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...(ownHome ? { PULUMI_HOME: home } : {}),
      // With all official plugins the engine may fetch what it likes; stand-ins must not be replaced half-way.
      ...(stands || built.length > 0 ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
      ...backend,
      SWITCHBOARD_STATE_ID: onceGenerated(join(cache, "state-id"), 8),
    },
  };
}

const whyOfficial =
  "A stack in a cloud uses official parts only: the stand-ins of this repository are made for the local nodes.";
const installCli =
  "install it (https://www.pulumi.com/docs/install/), then run this again; to look only: npm run preview -- STACK";

function missingPlugins(missing: readonly PluginNeed[]): UserError {
  const names = missing.map(({ name }) => name).join(", ");
  const commands = missing.map((need) =>
    need.kind === "language"
      ? "install the complete Pulumi CLI, with its language host beside it (https://www.pulumi.com/docs/install/)"
      : `pulumi plugin install resource ${need.name} v${wantedVersion(need)}`,
  );
  return new UserError(
    `the official plugins ${names} are not installed and could not be installed now. ${whyOfficial}`,
    [...commands, "then run this again; to look only: npm run preview -- STACK"].join("\n    "),
  );
}

/** One sentence about what was found. */
function describe(
  { name }: Cli,
  standIns: readonly PluginNeed[],
  choice: KubernetesProviderChoice | undefined,
  isBuilt: boolean,
): string {
  const provider = isBuilt ? `; official Kubernetes provider ${officialVersion} built from its Go module` : "";
  if (standIns.length === 0) return `${name}, official plugins${provider}`;
  const isChosen = ({ name }: PluginNeed) => name === "kubernetes" && choice === "local";
  const names = (needs: readonly PluginNeed[]) => needs.map(({ name }) => name).join(", ");
  const missing = standIns.filter((need) => !isChosen(need));
  return [
    `${name}${provider}`,
    ...(missing.length > 0
      ? [`local stand-ins, because the official plugins are not installed: ${names(missing)}`]
      : []),
    ...(standIns.some(isChosen) ? ["the local stand-in for kubernetes, as SWITCHBOARD_KUBERNETES_PROVIDER says"] : []),
  ].join("; ");
}

/**
 * The official way to get a plugin, tried once per run and for a minute at most. It needs the network beyond the
 * package registries, so a failure is no error.
 */
async function install(
  need: PluginNeed,
  pulumi: string,
  home: string,
  report?: (line: string) => void,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const version = wantedVersion(need);
  if (need.kind !== "resource" || !version) return undefined;
  report?.(`installing the official ${need.name} plugin ${version}`);
  try {
    const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    await run(pulumi, ["plugin", "install", "resource", need.name, `v${version}`], { env, timeout: 60_000, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    report?.(`the official ${need.name} plugin cannot be installed here`);
  }
  return officialPlugin(need, [], [home]);
}

/**
 * Backend and passphrase for a person who has chosen none: a file backend in the cache, and a passphrase made once
 * that only this user can read. Empty where they have a backend.
 */
function backendEnv(home: string): Record<string, string> {
  if (hasBackend(home)) return {};
  mkdirSync(pulumiState, { recursive: true, mode: 0o700 });
  const env: Record<string, string> = { PULUMI_BACKEND_URL: pathToFileURL(pulumiState).href };
  if (process.env.PULUMI_CONFIG_PASSPHRASE === undefined && !process.env.PULUMI_CONFIG_PASSPHRASE_FILE) {
    const file = join(pulumiState, "passphrase");
    onceGenerated(file, 32);
    env.PULUMI_CONFIG_PASSPHRASE_FILE = file;
  }
  return env;
}

/** Whether the person has chosen where the state is kept. */
function hasBackend(home: string): boolean {
  return Boolean(process.env.PULUMI_BACKEND_URL || process.env.PULUMI_ACCESS_TOKEN) || loggedIn(home);
}

function loggedIn(home: string): boolean {
  const file = join(home, "credentials.json");
  if (!existsSync(file)) return false;
  try {
    return Boolean((JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current);
  } catch {
    return false;
  }
}

/** The content of a file that only this user can read; made with this many random bytes if it is not there. */
function onceGenerated(file: string, bytes: number): string {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // `wx` fails where the file exists: two first runs at once agree on one content.
    writeFileSync(file, randomBytes(bytes).toString("hex"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8").trim();
}
