import { isTaken, type VariableTable } from "../../kubernetes/variables";
import { show } from "../../schema/fields";
import type { AppSpec } from "../shared/spec";
import { type GivenVariables, givenVariables, variableKey } from "./givenVariables";
import { type Knowing, type KnownApp, knownGroups } from "./known";
import { Unusable } from "./references";
import { resolveApp, usedAppVariables } from "./uses";

/** What the check of a declared app's `uses` reads. */
interface UsingApp extends GivenVariables {
  readonly uses: Knowing & { readonly apps: readonly string[] };
}

/** What an app may use and know. */
interface Others {
  readonly specs: readonly AppSpec[];
  /** Those that the stack's file declares. */
  readonly apps: Readonly<Record<string, KnownApp>>;
}

type Group = "apps" | keyof Knowing;

/** The variables that a reference gives, or what is wrong with it. */
function variablesOf(name: string, group: Group, reference: string, others: Others): readonly string[] | Unusable {
  if (group !== "apps") return knownGroups[group](reference, others.apps);
  const found = resolveApp(name, reference, others.specs);
  return found instanceof Unusable ? found : usedAppVariables(found).map((variable) => variable.name);
}

/** What is wrong with what a declared app uses and knows of others. */
export function usesProblems(
  name: string,
  app: UsingApp,
  others: Others,
  tables: readonly VariableTable<never>[],
): string[] {
  const given = givenVariables(app);
  const setBy = new Map<string, string>();
  return (["apps", "addresses", "schemas", "keys"] as const).flatMap((group) => {
    const references = app.uses[group];
    return references.flatMap((reference, index): string[] => {
      const key = `apps.${name}.uses.${group}[${index}]`;
      if (references.indexOf(reference) < index) return [`${key}: ${show(reference)} is there twice; keep one`];
      const found = variablesOf(name, group, reference, others);
      if (found instanceof Unusable) return [`${key}: ${show(reference)} ${found.message}`];
      return found.flatMap((variable): string[] => {
        const other = setBy.get(variable);
        setBy.set(variable, reference);
        if (other !== undefined)
          return [`${key}: ${show(reference)} sets ${variable}, and so does ${show(other)}; keep one of them`];
        if (isTaken(tables, variable))
          return [
            `${key}: ${show(reference)} would set ${variable}, which the platform sets; give that app another name`,
          ];
        return given
          .filter((one) => one.name === variable)
          .map(
            (one) =>
              `${variableKey(name, one)}is set by uses.${group} (${show(reference)}); remove it or use another name`,
          );
      });
    });
  });
}
