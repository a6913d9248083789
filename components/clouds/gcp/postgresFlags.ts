import type { CloudSqlPostgresSettings } from "./settings/postgres";

/** A database flag of Cloud SQL. */
export interface DatabaseFlag {
  readonly name: string;
  readonly value: string;
}

/**
 * The flags of the server, sorted by name: what the CIS benchmark for Google Cloud (3.0, section 6.2) and public scanners
 * ask of its logs, the same guard against forgotten transactions as in the cluster, and the settings' own, which win.
 *
 * No statement is logged for being slow, because its values would be in the log; Query Insights shows slow ones without
 * them. Errors are logged without their details, which hold the row in question (`terse` is stricter than the benchmark
 * asks for). `log_hostname` stays off: it asks the DNS for every connection.
 */
export function databaseFlags(
  settings: Pick<CloudSqlPostgresSettings, "maxConnections" | "parameters">,
): DatabaseFlag[] {
  const chosen: Record<string, string | number | boolean> = {
    "cloudsql.enable_pgaudit": true,
    log_checkpoints: true,
    log_connections: true,
    log_disconnections: true,
    log_error_verbosity: "terse",
    log_lock_waits: true,
    log_min_duration_statement: -1,
    log_min_error_statement: "error",
    log_min_messages: "warning",
    log_statement: "ddl",
    log_temp_files: 0,
    // Milliseconds.
    idle_in_transaction_session_timeout: 300_000,
    ...settings.parameters,
    max_connections: settings.maxConnections,
  };
  return Object.keys(chosen)
    .sort()
    .map((name) => ({ name, value: flagValue(chosen[name]!) }));
}

function flagValue(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return String(value);
}
