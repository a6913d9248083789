import { isEncrypted, type StackFile } from "./stackFile";

/** What the settings are read against: the stack, this machine and the time. Given, so that the parser stays pure. */
export interface SettingsContext {
  readonly stack: string;
  readonly project: string;
  /** The repository's root: `source` folders and relative file paths start here. */
  readonly root: string;
  readonly home: string;
  /** `$KUBECONFIG`, if it is set. */
  readonly kubeconfig?: string | undefined;
  /** `$PATH`, where a kubeconfig's credential plugin is looked for. */
  readonly path: string;
  /** URL of the API server of the cluster that this process runs in, as a pod. */
  readonly ownApiServer?: string | undefined;
  readonly now: Date;
  /** The layers that hold at least one value stored with `--secret`. */
  readonly secretLayers: ReadonlySet<string>;
  /** `Pulumi.<stack>.yaml` as it is stored, where the file can be read: a secret is `{secure: …}`. */
  readonly stored?: Pick<StackFile, "config"> & Partial<Pick<StackFile, "written">>;
  /** Keys of the configuration that are not this project's, e.g. `aws:region`. */
  readonly others?: readonly string[];
}

/** How the value at `path` is stored: encrypted, readable, or unknown because the stack's file is not there. */
export function storedAs(context: SettingsContext, path: readonly PropertyKey[]): "encrypted" | "plain" | "unknown" {
  const [layer, ...keys] = path;
  if (!context.secretLayers.has(String(layer))) return "plain";
  let value: unknown = context.stored?.config[`${context.project}:${String(layer)}`];
  for (const key of keys) {
    if (isEncrypted(value)) return "encrypted";
    if (typeof value !== "object" || value === null) return "unknown";
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  if (value === undefined) return "unknown";
  return isEncrypted(value) ? "encrypted" : "plain";
}

/** A number, a date or a word for true or false as the stack's file has it, where that is known: `7.20` for 7.2. */
export function writtenAs(context: SettingsContext, [layer, ...keys]: readonly PropertyKey[]): string | undefined {
  const path = [`${context.project}:${String(layer)}`, ...keys.filter((key) => typeof key !== "symbol")];
  return context.stored?.written?.(path);
}
