/** An entry of a parameter group of RDS. */
export interface GroupParameter {
  readonly name: string;
  readonly value: string;
  /** `pending-reboot` is the only way for what Postgres reads once, when it starts. */
  readonly applyMethod: "immediate" | "pending-reboot";
}

/** Values that depend on the settings. */
export interface RdsParametersArgs {
  readonly maxConnections: number;
  readonly blueGreenUpdates: boolean;
  /** Further parameters; they win over the ones chosen here. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The parameter group: TLS for everyone, log-ins and slow statements in the log, nobody's password or message in it.
 * `log_statement` stays `none`: with `ddl` the statement that makes a log-in would be in the log with its password
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html).
 */
export function rdsParameters({ maxConnections, blueGreenUpdates, parameters }: RdsParametersArgs): GroupParameter[] {
  const chosen: Record<string, string | number | boolean> = {
    "rds.force_ssl": true,
    max_connections: maxConnections,
    log_connections: true,
    log_disconnections: true,
    log_statement: "none",
    log_min_duration_statement: 1000,
    // What people wrote is in the parameters of statements, and in the details of errors: "Failing row contains (…)".
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_error_verbosity: "terse",
    log_lock_waits: true,
    idle_in_transaction_session_timeout: 300_000,
    tcp_keepalives_idle: 60,
    // A copy of another major version follows by logical replication.
    ...(blueGreenUpdates ? { "rds.logical_replication": true } : {}),
    ...parameters,
  };
  return Object.keys(chosen)
    .sort()
    .map((name) => ({
      name,
      value: groupValue(chosen[name]!),
      applyMethod: readAtStart.has(name) ? "pending-reboot" : "immediate",
    }));
}

/** Parameter groups write yes and no as 1 and 0. */
function groupValue(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "1" : "0") : String(value);
}

/**
 * What Postgres 15 to 18 read when they start (`pg_settings.context` is `postmaster`) and parameter groups have, with
 * RDS' own. Amazon refuses `immediate` for them.
 */
const readAtStart: ReadonlySet<string> = new Set(
  `autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age autovacuum_worker_slots
  commit_timestamp_buffers hot_standby huge_pages io_max_combine_limit io_max_concurrency io_method
  max_active_replication_origins max_connections max_files_per_process max_locks_per_transaction
  max_logical_replication_workers max_pred_locks_per_transaction max_prepared_transactions max_replication_slots
  max_wal_senders max_worker_processes min_dynamic_shared_memory multixact_member_buffers multixact_offset_buffers
  notify_buffers old_snapshot_threshold pg_stat_statements.max rds.logical_replication
  rds.rds_superuser_reserved_connections reserved_connections serializable_buffers shared_buffers
  shared_preload_libraries subtransaction_buffers superuser_reserved_connections track_activity_query_size
  track_commit_timestamp transaction_buffers wal_buffers wal_decode_buffer_size`.split(/\s+/),
);
