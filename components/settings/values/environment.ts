import { z } from "zod";
import { mapOf } from "../fields";
import { Secret } from "../secret";

/** Variables that the platform sets on the panel, its workers and its jobs. */
const panelOwned =
  "PORT STAGE VERSION LOG_LEVEL POD_NAME PUBLIC_URL CHAT_URL PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGSSLMODE PGSSLROOTCERT PG_POOL_SIZE REDIS_HOST REDIS_PORT REDIS_USERNAME REDIS_PASSWORD REDIS_TLS REDIS_TLS_MODE REDIS_CA SESSION_SECRET CHAT_TOKEN_KEY ADMIN_EMAIL ADMIN_PASSWORD JOB_CONCURRENCY JOB_TIMEOUT_SECONDS SHUTDOWN_SECONDS";
/** Variables that the platform sets on the chat. */
const chatOwned =
  "PORT STAGE VERSION LOG_LEVEL POD_IP POD_NAME CLUSTER_SERVICE DIST_PORT PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGSSLMODE PGSSLROOTCERT PG_POOL_SIZE CHAT_TOKEN_KEY ALLOWED_ORIGINS DRAIN_SECONDS SCHEDULERS HOME RELEASE_TMP ERL_CRASH_DUMP";

const owned = { panel: new Set(panelOwned.split(" ")), chat: new Set(chatOwned.split(" ")) };
type App = keyof typeof owned;

/** What is wrong with a variable's name, if anything. */
function nameProblem(app: App, name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is not a variable name; use letters, digits and "_", not starting with a digit';
  }
  if (owned[app].has(name)) return "is set by the platform; remove it or use another name";
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
  const where =
    app === "panel"
      ? `use secretEnv with --secret: pulumi config set --secret --path panel.secretEnv.${name}`
      : "the chat takes no secrets of its own; remove it";
  return `looks like a secret, and env is readable for everyone who may read the settings or the pods; ${where}`;
}

/** Secret variables of the panel. */
export function secretVariables() {
  return mapOf(z.string(), (name) => nameProblem("panel", name))
    .transform((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)])))
    .prefault({});
}
