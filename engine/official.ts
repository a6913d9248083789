import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cache, repository } from "../lib/paths";
import { UserError } from "../lib/userError";
import { ensureGoTool, type GoTool } from "./goTool";

const run = promisify(execFile);

/** The release that `engine/official/go.mod` pins: the newest that the Go module proxy serves. */
export const officialVersion = "4.25.0";

const source = join(repository, "engine/official");
const provider = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** The official Kubernetes provider as a Go tool of this repository. */
export const officialProvider: GoTool = {
  module: source,
  package: ".",
  name: "official-kubernetes-provider",
  ldflags: `-s -w -X ${provider}/pkg/version.Version=${officialVersion}`,
  overlay: embedded,
};

/** What `SWITCHBOARD_KUBERNETES_PROVIDER` may say. */
export const kubernetesProviders = ["official", "local"] as const;
export type KubernetesProviderChoice = (typeof kubernetesProviders)[number];

/**
 * Which Kubernetes provider the person asked for: `official` is the installed one, else the one built from its Go module;
 * `local` is this repository's stand-in. A stack whose cluster is made in a cloud always has the installed official one.
 * @returns undefined where nothing was said: what is installed, else the stand-in
 * @throws UserError for any other word
 */
export function chosenProvider(
  word = process.env.SWITCHBOARD_KUBERNETES_PROVIDER,
): KubernetesProviderChoice | undefined {
  const found = kubernetesProviders.find((one) => one === word);
  if (found || !word) return found;
  throw new UserError(
    `SWITCHBOARD_KUBERNETES_PROVIDER is ${JSON.stringify(word)}; it can be ${kubernetesProviders.join(" or ")}`,
    "correct it, or unset it: then the official provider is used where it is installed, else the local stand-in",
  );
}

/**
 * Builds the official Kubernetes provider from its Go module unless the cache has it: about 15 minutes of two cores and
 * 3 GB of memory the first time.
 * @returns a folder for PATH with nothing but this plugin
 * @throws UserError when Go is missing or too old, or the build fails
 */
export async function ensureOfficialProvider(report?: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const binary = await ensureGoTool({ ...officialProvider, report, signal });
  const folder = join(cache, "plugins/official-kubernetes");
  const link = join(folder, "pulumi-resource-kubernetes");
  mkdirSync(folder, { recursive: true });
  if (existsSync(link) && readlinkSync(link) === binary) return folder;
  symlinkSync(binary, `${link}.${process.pid}`);
  renameSync(`${link}.${process.pid}`, link);
  return folder;
}

/**
 * The two files that the provider's command embeds. The module's zip has their sources; as the official release does, the
 * schema is given the version.
 */
async function embedded(go: string): Promise<Record<string, string>> {
  const { stdout } = await run(go, ["mod", "download", "-json", provider], {
    cwd: source,
    env: { ...process.env, GOWORK: "off" },
  });
  const files = join((JSON.parse(stdout) as { Dir: string }).Dir, "cmd/pulumi-resource-kubernetes");
  const folder = join(cache, "sources/official-kubernetes-provider");
  mkdirSync(folder, { recursive: true });
  const schema = JSON.parse(readFileSync(join(files, "schema.json"), "utf8")) as object;
  writeFileSync(join(folder, "schema.json"), JSON.stringify({ ...schema, version: officialVersion }));
  writeFileSync(join(folder, "terraform-mapping.json"), readFileSync(join(files, "terraform-mapping.json")));
  return Object.fromEntries(["schema.json", "terraform-mapping.json"].map((name) => [name, join(folder, name)]));
}
