import { aclPath } from "./redisAcl";

/**
 * `redis.conf`: every write goes to the append-only file and is on disk within a second; a full memory refuses writes
 * visibly instead of dropping sessions and jobs. Users come from the ACL file only.
 *
 * @param maxMemory in Redis' own spelling, e.g. `48mb`
 * @param certificates folder with the server's `tls.crt` and `tls.key`, which then speaks TLS alone; without one it
 *   speaks in clear, as on a machine of its own
 */
export function redisConf(maxMemory: string, certificates?: string): string {
  return [
    "bind * -::*",
    ...(certificates ? tlsLines(certificates) : ["port 6379"]),
    "protected-mode yes",
    "dir /data",
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    `maxmemory ${maxMemory}`,
    "maxmemory-policy noeviction",
    `aclfile ${aclPath}`,
    'logfile ""',
    "tcp-keepalive 60",
    "",
  ].join("\n");
}

/** Clients prove themselves by passwords, not by certificates. */
function tlsLines(certificates: string): string[] {
  return [
    "port 0",
    "tls-port 6379",
    `tls-cert-file ${certificates}/tls.crt`,
    `tls-key-file ${certificates}/tls.key`,
    "tls-auth-clients no",
    'tls-protocols "TLSv1.2 TLSv1.3"',
  ];
}

/** `48Mi` in Redis' spelling: its `mb` is 1024 × 1024 bytes (https://redis.io/docs/latest/operate/oss_and_stack/management/config/). */
export function redisMemory(binaryQuantity: string): string {
  return binaryQuantity.replace(
    /^(\d+)([KMG])i$/,
    (_whole, amount: string, unit: string) => `${amount}${unit.toLowerCase()}b`,
  );
}

/**
 * The Pulumi name of an app's password: that of the panel has the server's, because it was once the only one.
 *
 * @param server the name of the server's component
 */
export function passwordName(server: string, user: string): string {
  return user === firstUser ? server : `${server}-${user}`;
}

const firstUser = "panel";
