import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fromText, isEncrypted, type StackFile } from "../../components/schema/stackFile";
import { repository } from "../../lib/paths";
import { presentCli } from "../cli";
import { parseStackFile } from "./stackFileText";

type Config = Readonly<Record<string, unknown>>;

/** A stack's configuration as far as it can be known here. */
export interface KnownConfig {
  /** As `StackFile.config`; what is secret is `{ secure: text }`, wherever it came from. */
  readonly config: Config;
  /** What is not in it and why, one sentence each. */
  readonly notes: readonly string[];
  readonly file: StackFile;
}

const asked = new Map<string, KnownConfig>();

/**
 * The configuration of the stack whose file this is. Where the file does not hold all of it (environments of Pulumi ESC,
 * layers that are encrypted as a whole) the Pulumi CLI is asked, once for each text of the file: without secrets, and
 * with them for layers that it gives no other way. Those are kept from everything that prints.
 *
 * @param path of a `Pulumi.<stack>.yaml`
 * @throws UserError where the CLI would not read the file
 */
export function knownConfig(path: string): KnownConfig {
  const text = readFileSync(path, "utf8");
  const file = parseStackFile(text, path);
  if (!file.hasEnvironment && !Object.values(file.config).some(isEncrypted))
    return { config: file.config, notes: [], file };
  const key = JSON.stringify([path, text]);
  const known = asked.get(key) ?? ask(path, file);
  asked.set(key, known);
  return known;
}

function ask(path: string, file: StackFile): KnownConfig {
  const why = file.hasEnvironment ? "environments of Pulumi ESC" : "layers that are encrypted as a whole";
  const answer = tell(path, []);
  if ("problem" in answer) {
    const note = `${basename(path)} has ${why}, which the Pulumi CLI could not tell: ${answer.problem}`;
    return { config: file.config, notes: [note], file };
  }
  // What the file says in full is taken from it, so that its encrypted values stay encrypted.
  const isWhole = (name: string) => !file.hasEnvironment && name in file.config && !isEncrypted(file.config[name]);
  const hidden = Object.keys(answer.values).filter(
    (name) => answer.values[name]!.value === undefined && !isWhole(name),
  );
  const secrets = hidden.length > 0 ? tell(path, ["--show-secrets"]) : { values: {} };
  const notes =
    "problem" in secrets
      ? [`${hidden.join(", ")}: hold secrets, and the Pulumi CLI could not tell the rest of them: ${secrets.problem}`]
      : [];
  const config = Object.entries({ ...file.config, ...answer.values }).map(([name]) => {
    if (isWhole(name)) return [name, file.config[name]];
    const open = answer.values[name]?.value;
    if (open !== undefined) return [name, fromText(open)];
    const secret = "values" in secrets ? secrets.values[name]?.value : undefined;
    return [name, secret === undefined ? file.config[name] : withoutSecrets(fromText(secret))];
  });
  return { config: Object.fromEntries(config), notes, file };
}

type Told = { readonly values: Readonly<Record<string, { readonly value?: string }>> } | { readonly problem: string };

function tell(path: string, flags: readonly string[]): Told {
  const pulumi = presentCli()?.executable;
  if (!pulumi) return { problem: "there is none on this machine" };
  const stack = /^Pulumi\.(.+)\.yaml$/.exec(basename(path))?.[1] ?? "";
  const args = ["config", "--json", ...flags, "--stack", stack, "--config-file", path, "--non-interactive"];
  const { status, stdout, stderr, error } = spawnSync(pulumi, args, {
    ...{ cwd: repository, encoding: "utf8", timeout: 60_000, stdio: ["ignore", "pipe", "pipe"] },
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  if (status === 0) {
    try {
      return { values: JSON.parse(stdout) };
    } catch {
      return { problem: "it answered with something that is no JSON" };
    }
  }
  return { problem: error?.message ?? ((stderr ?? "").trim().split("\n").at(-1) || "it gave no reason") };
}

/** Groups and keys whose texts are somebody's secret when the layer holds one; the rest of a layer is shown anyway. */
const secretGroups = /^(env|secretEnv)$/;
const secretNames = /(key|password|token|secret)$/i;

function withoutSecrets(value: unknown, inside = false): unknown {
  if (typeof value === "string" && inside) return { secure: "" };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, inside));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      withoutSecrets(entry, inside || secretGroups.test(key) || (typeof entry === "string" && secretNames.test(key))),
    ]),
  );
}
