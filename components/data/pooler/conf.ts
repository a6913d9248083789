import type { Input } from "@pulumi/pulumi";
import { interpolate, type Output } from "@pulumi/pulumi";

/** What `pgbouncer.ini` is made of. */
export interface PoolerConfArgs {
  readonly server: {
    readonly host: Input<string>;
    readonly port: number;
    readonly database: string;
    readonly tls: { readonly mode: "disable" | "verify-ca" | "verify-full"; readonly authority?: string };
  };
  readonly port: number;
  readonly mode: "transaction" | "session";
  readonly poolSize: number;
  readonly maxClients: number;
  /** Folder with its own `tls.crt` and `tls.key`. */
  readonly certificates: string;
  /** Folder that the start writes to: the users, and what a stop changes. */
  readonly writable: string;
}

/** Seconds without a use after which a connection to the server is closed, as the apps' own pools do. */
const idleSeconds = 30;

/**
 * `pgbouncer.ini`. Clients come by TLS and prove the passwords of their own roles, with which it then logs in to the
 * server: it has no role of its own and no console. Settings that clients send for their sessions are left out, because a
 * connection is not theirs alone (https://www.pgbouncer.org/config.html).
 */
export function poolerConf(args: PoolerConfArgs): Output<string> {
  const { server, writable } = args;
  const { mode, authority } = server.tls;
  const lines = [
    "[pgbouncer]",
    "listen_addr = *",
    `listen_port = ${args.port}`,
    "unix_socket_dir =",
    "auth_type = scram-sha-256",
    `auth_file = ${writable}/users.txt`,
    `pool_mode = ${args.mode}`,
    `default_pool_size = ${args.poolSize}`,
    `max_client_conn = ${args.maxClients}`,
    `server_idle_timeout = ${idleSeconds}`,
    // A client that waits this long for a connection is told, instead of hanging for two minutes.
    "query_wait_timeout = 30",
    "idle_transaction_timeout = 300",
    "server_login_retry = 1",
    "tcp_keepidle = 60",
    "client_tls_sslmode = require",
    `client_tls_cert_file = ${args.certificates}/tls.crt`,
    `client_tls_key_file = ${args.certificates}/tls.key`,
    // It asks no client for a certificate, but does not start without a file of authorities, and not every image has one.
    `client_tls_ca_file = ${args.certificates}/tls.crt`,
    "client_tls_protocols = secure",
    `server_tls_sslmode = ${mode}`,
    ...(authority === undefined ? [] : [`server_tls_ca_file = ${authority}`]),
    `ignore_startup_parameters = ${ignored.join(",")}`,
    "log_connections = 0",
    "log_disconnections = 0",
    "stats_period = 600",
    `%include ${writable}/stop.ini`,
    "",
  ];
  return interpolate`[databases]
${server.database} = host=${server.host} port=${String(server.port)} dbname=${server.database}
${lines.join("\n")}`;
}

/** Settings of a session that drivers send when they connect. */
const ignored = [
  "extra_float_digits",
  "statement_timeout",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "options",
];

/** The variables with the user and the password of a log-in. */
export const logInVariables = (index: number) => ({ user: `USER_${index}`, password: `PASSWORD_${index}` });

/** Writes the users, whose passwords are in variables, and starts: nothing of them is in an argument or a ConfigMap. */
export function startScript(logIns: number, writable: string, conf: string): string {
  const users = Array.from({ length: logIns }, (_none, index) => {
    const { user, password } = logInVariables(index);
    return `printf '"%s" "%s"\\n' "$${user}" "$${password}"`;
  });
  return `set -eu
umask 077
: > ${writable}/stop.ini
{
${users.join("\n")}
} > ${writable}/users.txt
exec pgbouncer ${conf}
`;
}

/** Seconds that a stop takes at most, one after the other. */
export const stopTimes = {
  /** Until nobody is sent to this pod any more. */
  unlisted: 10,
  /** In which clients are closed once they are idle, and connect to another pod. */
  moving: 30,
  /** For transactions that still run. */
  ending: 60,
} as const;

/**
 * Empties a pod before it stops. First the Service forgets it. Then each client is closed as soon as it is idle, as a
 * server may always do: its pool connects again, and gets another pod. Then PgBouncer waits for the transactions that
 * still run, and ends (SIGINT, in every version; SIGTERM would cut them before 1.23).
 *
 * @param process whose end it is: the container's first
 */
export function stopScript(
  writable: string,
  process = "1",
  times: Readonly<Record<keyof typeof stopTimes, number>> = stopTimes,
): string {
  return `sleep ${times.unlisted}
echo 'client_idle_timeout = 1' > ${writable}/stop.ini
kill -HUP ${process}
sleep ${times.moving}
kill -INT ${process}
end=$(($(date +%s) + ${times.ending}))
while kill -0 ${process} 2>/dev/null && [ "$(date +%s)" -lt "$end" ]; do sleep 1; done
`;
}
