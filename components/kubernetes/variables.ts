import type { Input } from "@pulumi/pulumi";
import type { EnvironmentVariable, SecretRef } from "../contracts";

/** Where the value of a variable comes from. */
export type VariableSource =
  | { readonly value: Input<string> }
  | { readonly secret: SecretRef }
  | { readonly podField: string };

/**
 * The variables that the platform sets, by name, each with how it is made; undefined leaves it out. An app's variables
 * are made from such tables alone, and the settings refuse their names, so that neither can be forgotten for the other.
 */
export type VariableTable<T> = Readonly<Record<string, (from: T) => VariableSource | undefined>>;

/** The variables of a table, in its order. */
export function variablesOf<T>(table: VariableTable<T>, from: T): EnvironmentVariable[] {
  return Object.entries(table).flatMap(([name, make]) => {
    const source = make(from);
    return source ? [{ name, ...source }] : [];
  });
}

/**
 * What an Elixir release sets for its own VM, whichever app is one, and what the images of the reference apps set
 * (`apps/chat/rel/env.sh.eex`, the Dockerfiles): another value would break the start.
 */
const ofTheImage = /^(RELEASE_\w+|HOME|ERL_CRASH_DUMP|CHAT_COOKIE_FILE)$/;

/** Whether a name is the platform's in every app, or one of these tables', or stands for the same thing as one. */
export function isTaken(tables: readonly VariableTable<never>[], name: string): boolean {
  // An app that finds both `NAME` and `NAME_FILE` does not know which is meant.
  if (ofTheImage.test(name)) return true;
  const same = [name, `${name}_FILE`, name.replace(/_FILE$/, "")];
  return tables.some((table) => same.some((candidate) => Object.hasOwn(table, candidate)));
}
