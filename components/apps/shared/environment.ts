import { z } from "zod";
import { isTaken, type VariableTable } from "../../kubernetes/variables";
import { mapOf } from "../../schema/fields";
import { Secret } from "../../schema/secret";
import { referencesIn } from "../../schema/values/references";
import { looksSecret } from "../../schema/values/secretNames";

/** Whose variables they are: the layer of the settings, and every table of variables that the platform sets. */
export interface VariableOwner {
  readonly layer: string;
  readonly tables: readonly VariableTable<never>[];
}

/** What is wrong with a variable's name, if anything. */
export function variableNameProblem({ tables }: Pick<VariableOwner, "tables">, name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is not a variable name; use letters, digits and "_", not starting with a digit';
  }
  if (isTaken(tables, name)) return "is set by the platform; remove it or use another name";
  return undefined;
}

/** Readable variables of an app. */
export function plainVariables(owner: VariableOwner) {
  return mapOf(z.string(), (name, value) => {
    return plainVariableProblem(owner, name, value);
  }).prefault({});
}

/** What is wrong with a readable variable, if anything. */
export function plainVariableProblem(owner: VariableOwner, name: string, value: unknown): string | undefined {
  const exposed = looksSecret(name, value) ? secretAdvice(owner, name) : undefined;
  return variableNameProblem(owner, name) ?? exposed ?? referenceProblem(name, value);
}

/** Kubernetes leaves a reference to the variable itself as it is written. */
function referenceProblem(name: string, value: unknown): string | undefined {
  if (typeof value !== "string" || !referencesIn(value).includes(name)) return undefined;
  return `refers to itself with $(${name}); refer to another variable, or write $$(${name}) for this text`;
}

function secretAdvice({ layer }: VariableOwner, name: string): string {
  return `looks like a secret, but everyone who may read the settings or the pods can read env. Use secretEnv with --secret: pulumi config set --secret --path ${layer}.secretEnv.${name}`;
}

/** Secret variables of an app. */
export function secretVariables(owner: VariableOwner) {
  return mapOf(z.string(), (name) => variableNameProblem(owner, name))
    .transform((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)])))
    .prefault({});
}
