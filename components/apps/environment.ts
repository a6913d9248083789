import { z } from "zod";
import { isTaken } from "../kubernetes/variables";
import { mapOf } from "../schema/fields";
import { Secret } from "../schema/secret";
import { referencesIn } from "../schema/values/references";
import { looksSecret } from "../schema/values/secretNames";
import { allChatVariables } from "./chat/variables";
import { allPanelVariables } from "./panel/variables";

const tables = { panel: allPanelVariables, chat: allChatVariables };
type App = keyof typeof tables;

/** What is wrong with a variable's name, if anything. */
function nameProblem(app: App, name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is not a variable name; use letters, digits and "_", not starting with a digit';
  }
  if (isTaken(tables[app], name)) return "is set by the platform; remove it or use another name";
  return undefined;
}

/** Readable variables of an app. */
export function plainVariables(app: App) {
  return mapOf(z.string(), (name, value) => {
    const exposed = looksSecret(name, value) ? secretAdvice(app, name) : undefined;
    return nameProblem(app, name) ?? exposed ?? referenceProblem(name, value);
  }).prefault({});
}

/** Kubernetes leaves a reference to the variable itself as it is written. */
function referenceProblem(name: string, value: unknown): string | undefined {
  if (typeof value !== "string" || !referencesIn(value).includes(name)) return undefined;
  return `refers to itself with $(${name}); refer to another variable, or write $$(${name}) for this text`;
}

function secretAdvice(app: App, name: string): string {
  return `looks like a secret, but everyone who may read the settings or the pods can read env. Use secretEnv with --secret: pulumi config set --secret --path ${app}.secretEnv.${name}`;
}

/** Secret variables of an app. */
export function secretVariables(app: App) {
  return mapOf(z.string(), (name) => nameProblem(app, name))
    .transform((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)])))
    .prefault({});
}
