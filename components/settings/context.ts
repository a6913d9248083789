/** What the settings are read against: the stack, this machine and the time. Given, so that the parser stays pure. */
export interface SettingsContext {
  readonly stack: string;
  readonly project: string;
  /** The repository's root: `source` folders and relative file paths start here. */
  readonly root: string;
  readonly home: string;
  /** `$KUBECONFIG`, if it is set. */
  readonly kubeconfig?: string;
  /** `$PATH`, where a kubeconfig's credential plugin is looked for. */
  readonly path: string;
  readonly now: Date;
  /** The layers that hold at least one value stored with `--secret`. */
  readonly secretLayers: ReadonlySet<string>;
  /** The values of `Pulumi.<stack>.yaml` as they are stored, where the file can be read: a secret is `{secure: …}`. */
  readonly stored?: Readonly<Record<string, unknown>>;
}

/** How the value at `path` is stored: encrypted, readable, or unknown because the stack's file is not there. */
export function storedAs(context: SettingsContext, path: readonly PropertyKey[]): "encrypted" | "plain" | "unknown" {
  const [layer, ...keys] = path;
  if (!context.secretLayers.has(String(layer))) return "plain";
  let value: unknown = context.stored?.[`${context.project}:${String(layer)}`];
  for (const key of keys) {
    if (isEncrypted(value)) return "encrypted";
    if (typeof value !== "object" || value === null) return "unknown";
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  if (value === undefined) return "unknown";
  return isEncrypted(value) ? "encrypted" : "plain";
}

function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
}
