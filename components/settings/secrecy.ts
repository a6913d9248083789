import { type SettingsContext, storedAs } from "../schema/context";
import { keyName } from "../schema/report";
import { Secret } from "../schema/secret";
import { isEncrypted } from "../schema/stackFile";
import { referencesIn } from "../schema/values/references";

type Path = readonly (string | number)[];

/**
 * Values that are stored with `--secret` where the program has no secret: they would be readable in the cluster, in the
 * state and in previews. A layer that is encrypted as a whole is another thing: nobody says of one value that it is
 * secret.
 *
 * @param parsed the layer as the parser gave it; undefined where something in it is wrong
 */
export function misplacedSecrets(layer: string, parsed: unknown, context: SettingsContext): string[] {
  if (!context.secretLayers.has(layer)) return [];
  const stored = context.stored?.config[`${context.project}:${layer}`];
  if (isEncrypted(stored)) return [];
  return encryptedIn(stored).flatMap((path) => {
    if (parsed === undefined ? mayBeSecret(path) : valueAt(parsed, path) instanceof Secret) return [];
    const name = keyName([layer, ...path]);
    const [group, variable] = path.slice(-2);
    if (group === "env" && variable !== undefined) {
      const right = keyName([layer, ...path.slice(0, -2), "secretEnv", variable]);
      return [
        `${name}: is stored with --secret, but everyone who may read the pods can read env. Use secretEnv: pulumi config set --secret --path ${right}, then pulumi config rm --path ${name}`,
      ];
    }
    if (isFile(path)) {
      const right = keyName([layer, ...path.slice(0, -1), "secret"]);
      return [
        `${name}: is stored with --secret, but everyone who may read the pods can read text. Use secret: pulumi config set --secret --path ${right}, then pulumi config rm --path ${name}`,
      ];
    }
    return [
      `${name}: is stored with --secret, but this setting is readable in the cluster, the state and previews. Store it in clear: pulumi config set --path ${name}`,
    ];
  });
}

/** Secrets that are written in clear in the stack's file, by the paths of the values that the parser made secrets of. */
export function clearSecrets(layer: string, parsed: unknown, raw: unknown, context: SettingsContext): string[] {
  return secretsIn(parsed).flatMap((path) => {
    // What is in a file is no setting.
    if (typeof valueAt(raw, path) !== "string" || storedAs(context, [layer, ...path]) !== "plain") return [];
    const name = keyName([layer, ...path]);
    return [
      `${name}: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path ${name}`,
    ];
  });
}

/** Whether a path is that of a file's content. */
function isFile(path: Path): boolean {
  return path.at(-3) === "files" && /^(text|secret)$/.test(String(path.at(-1)));
}

interface Variables {
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, Secret>>;
}

/**
 * Variables of a layer that holds a secret somewhere, of which the stack's file does not say that they are readable: they
 * came from an environment of Pulumi ESC, or the layer is encrypted as a whole. They are kept like those of `secretEnv`.
 * What is put together from other variables stays: Kubernetes resolves references in a pod alone. So does what a preset
 * filled in.
 *
 * @param given what the stack says itself
 */
export function withUnknownAsSecret<App extends Variables>(
  path: Path,
  app: App,
  given: Readonly<Record<string, unknown>>,
  context: SettingsContext,
): App {
  const hidden = Object.entries(app.env).flatMap(([name, value]) => {
    const at = [...path, "env", name];
    const isReadable = valueAt(given, at) === undefined || storedAs(context, at) === "plain";
    return isReadable || referencesIn(value).length > 0 ? [] : [name];
  });
  if (hidden.length === 0) return app;
  const secrets = hidden.map((name) => [name, new Secret(app.env[name]!)] as const);
  const env = Object.fromEntries(Object.entries(app.env).filter(([name]) => !hidden.includes(name)));
  return { ...app, env, secretEnv: { ...Object.fromEntries(secrets), ...app.secretEnv } };
}

function encryptedIn(value: unknown, path: Path = []): Path[] {
  if (isEncrypted(value)) return [path];
  return below(value).flatMap(([key, entry]) => encryptedIn(entry, [...path, key]));
}

function secretsIn(value: unknown, path: Path = []): Path[] {
  if (value instanceof Secret) return [path];
  return below(value).flatMap(([key, entry]) => secretsIn(entry, [...path, key]));
}

function below(value: unknown): [string | number, unknown][] {
  if (typeof value !== "object" || value === null) return [];
  return Array.isArray(value) ? [...value.entries()] : Object.entries(value);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === "object" && here !== null ? (here as Record<string | number, unknown>)[key] : undefined,
    value,
  );
}

/** Where the parser could not say, because another value of the layer is wrong. */
function mayBeSecret(path: Path): boolean {
  return (
    /^(secretEnv|basicAuth)$/.test(String(path.at(-2))) ||
    /^(key|password|token|secret|encryptionKey|accessKey|secretKey)$/.test(String(path.at(-1)))
  );
}
