import { createHash } from "node:crypto";

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
    "aclfile /run/secrets/redis/users.acl",
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
 * The ACL file: nobody without a user, a user for the probes that may only ping, and the app's user without the
 * commands that manage the server or empty it. Only a digest of the password is in it.
 */
export function aclFile(user: string, password: string): string {
  const digest = createHash("sha256").update(password).digest("hex");
  return [
    "user default off",
    "user probe on nopass -@all +ping",
    `user ${user} on #${digest} ~* &* +@all -@admin -flushall -flushdb -swapdb`,
    "",
  ].join("\n");
}
