import { memoryParameters, usualParameters } from "../postgresConf";

/**
 * Parameters that the operator sets or refuses (pkg/postgres/configuration.go of CloudNativePG), but for those that no
 * kind lets anybody set. It loads libraries by what is set of them.
 */
const owned = new Set(
  `allow_system_table_mods archive_cleanup_command archive_command archive_mode bonjour bonjour_name cluster_name
  data_sync_retry event_source hot_standby jit_provider log_directory log_file_mode log_filename log_rotation_age
  log_rotation_size log_truncate_on_rotation pg_failover_slots.primary_dsn pg_failover_slots.standby_slot_names
  primary_conninfo primary_slot_name promote_trigger_file recovery_end_command recovery_min_apply_delay recovery_target
  recovery_target_action recovery_target_inclusive recovery_target_lsn recovery_target_name recovery_target_time
  recovery_target_timeline recovery_target_xid restart_after_crash restore_command shared_preload_libraries
  stats_temp_directory synchronized_standby_slots syslog_facility syslog_ident syslog_sequence_numbers
  syslog_split_messages temp_tablespaces unix_socket_group unix_socket_permissions`.split(/\s+/),
);

/** What is wrong with a parameter of a server that the operator runs, if anything. */
export function ownedByOperator(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (lower === "synchronous_standby_names") return "is set by the operator; set postgres.synchronous";
  return owned.has(lower) ? "is set by the operator; remove it" : undefined;
}

/** What the parameters are made of. */
export interface ParameterArgs {
  readonly maxConnections: number;
  /** Of a pod, in bytes. The operator refuses shared buffers above what is asked for. */
  readonly memory: { readonly requests: number; readonly limits: number };
  /** Further parameters; they win over the ones chosen here. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/** `spec.postgresql.parameters`: the same as in the cluster's other kind. Every value is text, sorted by name. */
export function clusterParameters({ maxConnections, memory, parameters }: ParameterArgs): Record<string, string> {
  const chosen: Record<string, string | number | boolean> = {
    ...usualParameters,
    ...memoryParameters(Math.min(memory.limits, 4 * memory.requests)),
    max_connections: maxConnections,
    ...parameters,
  };
  return Object.fromEntries(
    Object.keys(chosen)
      .sort()
      .map((name) => [name, textOf(chosen[name]!)]),
  );
}

function textOf(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return String(value);
}
