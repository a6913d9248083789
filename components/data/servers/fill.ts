import type { InClusterPostgresSettings } from "../settings";

/**
 * What keeps a server that apps are to use from coming up empty because its number was mistyped. The first one, and one
 * that is filled by a copy, begin as new databases.
 *
 * @returns a script that refuses to make a data folder; undefined where a new one is meant
 */
export function refuseEmpty({ server, copy }: Pick<InClusterPostgresSettings, "server" | "copy">): string | undefined {
  if (server === 1 || copy) return undefined;
  return refusal(
    `Server ${server} has no data, and nothing says what it is filled with. Set postgres.server back, or give postgres.copy or postgres.backup.restore.`,
  );
}

/** Of a server that is only kept: its data is there, or it is the wrong number. */
export function refuseKept(server: number): string {
  return refusal(
    `Server ${server} has no data. It is kept for its data alone: correct postgres.beside.server, or remove postgres.beside.`,
  );
}

const refusal = (message: string) => `echo "${message}" >&2
exit 1
`;
