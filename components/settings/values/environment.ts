import { z } from "zod";
import { allChatVariables } from "../../apps/chatVariables";
import { allPanelVariables } from "../../apps/panelVariables";
import { isTaken } from "../../apps/variables";
import { mapOf } from "../fields";
import { Secret } from "../secret";

const tables = { panel: allPanelVariables, chat: allChatVariables };
type App = keyof typeof tables;

/** What the scripts of an Elixir release and the chat's own set for the VM (`apps/chat/rel/env.sh.eex`, its Dockerfile). */
const ofTheRelease = /^(RELEASE_\w+|HOME|ERL_CRASH_DUMP|CHAT_COOKIE_FILE)$/;

/** What is wrong with a variable's name, if anything. */
function nameProblem(app: App, name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is not a variable name; use letters, digits and "_", not starting with a digit';
  }
  if (isTaken(tables[app], name) || (app === "chat" && ofTheRelease.test(name)))
    return "is set by the platform; remove it or use another name";
  return undefined;
}

/** Whether a variable's name or its value, which anyone may read, looks like one that nobody should read. */
export function looksSecret(name: string, value?: unknown): boolean {
  const text = typeof value === "string" ? value : "";
  return (
    /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|KEY|CREDENTIALS?)$/i.test(name) ||
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ||
    /:\/\/[^/\s:@]*:[^/\s@]+@/.test(text)
  );
}

/** Readable variables of an app. */
export function plainVariables(app: App) {
  return mapOf(z.string(), (name, value) => {
    const exposed = looksSecret(name, value) ? secretAdvice(app, name) : undefined;
    return nameProblem(app, name) ?? exposed;
  }).prefault({});
}

function secretAdvice(app: App, name: string): string {
  return `looks like a secret, and env is readable for everyone who may read the settings or the pods; use secretEnv with --secret: pulumi config set --secret --path ${app}.secretEnv.${name}`;
}

/** Secret variables of an app. */
export function secretVariables(app: App) {
  return mapOf(z.string(), (name) => nameProblem(app, name))
    .transform((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)])))
    .prefault({});
}
