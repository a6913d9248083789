import { secretKey } from "./plan";

/** Empty values that say something, by the type of the resource and where they stand: a provider keeps them. */
const meant: readonly (readonly [type: RegExp, path: RegExp])[] = [
  // A kind of volume with its defaults: the API server keeps it, because without it there is no volume.
  [/^kubernetes:(apps|batch)\//, /\.volumes\[\]\.emptyDir$/],
  // "Every pod of the namespace"; the field is required.
  [/^kubernetes:networking/, /^spec\.podSelector$/],
  // "No rule at all": here AWS' provider tells an empty list from one that is not given, and takes all rules away.
  [/^aws:ec2\/defaultSecurityGroup:/, /^(ingress|egress)$/],
];

/**
 * Where inside the inputs of a resource there is an empty map, an empty list or a null that says nothing. Providers leave those out
 * of what they remember, some only when every value is known, so they can be a difference that never ends.
 */
export function emptyValues(type: string, inputs: unknown): string[] {
  return found(withSecrets(inputs), "").filter(
    (path) => !meant.some(([types, paths]) => types.test(type) && paths.test(path)),
  );
}

/** The inputs with every secret in its place; one whose values are not known yet counts as filled. */
export function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return withSecrets(value[secretKey]);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withSecrets(entry)]));
}

function found(value: unknown, path: string): string[] {
  if (value === null) return [path];
  if (typeof value !== "object") return [];
  const entries = Array.isArray(value)
    ? value.map((entry) => [`${path}[]`, entry] as const)
    : Object.entries(value).map(([key, entry]) => [path ? `${path}.${key}` : key, entry] as const);
  return entries.length > 0 || path === "" ? entries.flatMap(([where, entry]) => found(entry, where)) : [path];
}
