import { z } from "zod";
import { show } from "../fields";
import { Secret } from "../secret";

/** Variables that the platform sets on the panel, its workers and its jobs. */
const panelOwned =
  "PORT STAGE VERSION LOG_LEVEL PUBLIC_URL CHAT_URL PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGSSLMODE PGSSLROOTCERT PGPOOL_MAX REDIS_HOST REDIS_PORT REDIS_USERNAME REDIS_PASSWORD REDIS_TLS REDIS_CA SESSION_SECRET CHAT_TOKEN_KEY ADMIN_EMAIL ADMIN_PASSWORD JOB_CONCURRENCY JOB_TIMEOUT_SECONDS SHUTDOWN_SECONDS";
/** Variables that the platform sets on the chat. */
const chatOwned =
  "PORT STAGE VERSION LOG_LEVEL POD_IP CLUSTER_SERVICE DIST_PORT PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGSSLMODE PGSSLROOTCERT PGPOOL_MAX CHAT_TOKEN_KEY ALLOWED_ORIGINS DRAIN_SECONDS SCHEDULERS HOME RELEASE_TMP ERL_CRASH_DUMP";

const owned = { panel: new Set(panelOwned.split(" ")), chat: new Set(chatOwned.split(" ")) };
type App = keyof typeof owned;

/** What is wrong with a variable's name, if anything. */
function nameProblem(app: App, name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is not a variable name; use letters, digits and "_", not starting with a digit';
  }
  if (owned[app].has(name)) return `${name} is set by the platform; remove it or use another name`;
  return undefined;
}

/** Whether a value that anyone may read looks like one that nobody should. */
export function looksSecret(name: string, value: string): boolean {
  return (
    /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|KEY|CREDENTIALS?)$/i.test(name) ||
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value) ||
    /:\/\/[^/\s:@]+:[^/\s@]+@/.test(value)
  );
}

/** Readable variables of an app. */
export function plainVariables(app: App) {
  return z
    .record(z.string(), z.string({ error: (issue) => `${show(issue.input)} is not text; quote it: ${JSON.stringify(String(issue.input))}` }))
    .superRefine((variables, context) => {
      for (const [name, value] of Object.entries(variables)) {
        const looks = looksSecret(name, value) ? secretAdvice(app, name) : undefined;
        const message = nameProblem(app, name) ?? looks;
        if (message) context.addIssue({ code: "custom", path: [name], message });
      }
    })
    .prefault({});
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
  return z
    .record(z.string(), z.string({ error: "is not text; give it as text with --secret" }))
    .superRefine((variables, context) => {
      for (const name of Object.keys(variables)) {
        const message = nameProblem("panel", name);
        if (message) context.addIssue({ code: "custom", path: [name], message });
      }
    })
    .transform((variables) => Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, new Secret(value)])))
    .prefault({});
}
