import { show } from "../../schema/fields";
import { keyName } from "../../schema/report";
import { bucketVariable, type NamedBucket } from "./buckets";
import { acceptedVariable, generatedVariable } from "./generated";
import { privateKeyVariable } from "./keys";
import type { Received } from "./receivers";

/** Where the settings of a declared app give variables, in this order. */
export interface GivenVariables {
  readonly buckets: Readonly<Record<string, NamedBucket>>;
  readonly env: Readonly<Record<string, unknown>>;
  readonly secretEnv: Readonly<Record<string, unknown>>;
  readonly generated: Readonly<
    Record<string, Received & { readonly file?: boolean | undefined; readonly overlap?: boolean | undefined }>
  >;
  readonly keys: Readonly<Record<string, Received>>;
  readonly secretFrom: Readonly<Record<string, unknown>>;
  readonly externalSecrets: Readonly<Record<string, unknown>>;
}

/** A variable that the settings of a declared app give. */
export interface GivenVariable {
  readonly group: keyof GivenVariables;
  readonly name: string;
  /** Where it is, below the app. */
  readonly path: readonly string[];
}

/** Every variable that the settings of a declared app give, by its group. */
export function givenVariables(app: GivenVariables): GivenVariable[] {
  const { env, secretEnv, generated, keys, secretFrom, externalSecrets } = app;
  return [
    ...Object.entries(app.buckets).map(
      ([bucket, settings]): GivenVariable => ({
        group: "buckets",
        name: bucketVariable(bucket, settings),
        path: ["buckets", bucket, ...(settings.variable === undefined ? [] : ["variable"])],
      }),
    ),
    ...named("env", env),
    ...named("secretEnv", secretEnv),
    ...named("generated", generated, generatedVariable),
    ...named(
      "generated",
      Object.fromEntries(Object.entries(generated).filter(([, { overlap }]) => overlap)),
      acceptedVariable,
    ),
    ...named("keys", keys, privateKeyVariable),
    ...named("secretFrom", secretFrom),
    ...named("externalSecrets", externalSecrets),
  ];
}

/** @param variable that of an entry. @default its name */
function named<T>(
  group: keyof GivenVariables,
  entries: Readonly<Record<string, T>>,
  variable: (name: string, entry: T) => string = (name) => name,
): GivenVariable[] {
  return Object.entries(entries).map(([name, entry]) => ({ group, name: variable(name, entry), path: [group, name] }));
}

/** The beginning of a sentence about a variable, below its app: its key has its name already, but for that of a bucket. */
export function aboutVariable({ path, name }: Pick<GivenVariable, "path" | "name">): string {
  return path.at(-1) === name ? "" : `${show(name)} `;
}

/** The beginning of a sentence about a variable. */
export function variableKey(app: string, variable: Pick<GivenVariable, "path" | "name">): string {
  return `${keyName(["apps", app, ...variable.path])}: ${aboutVariable(variable)}`;
}
