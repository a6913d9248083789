import { kubectl } from "./system";

/** Runs SQL as the administrator in the server's own pod, and gives its rows, columns parted by `|`. @throws when it fails */
export async function askPostgres(sql: string, database = "switchboard"): Promise<string[]> {
  const answer = await inPostgres(
    `PGPASSWORD="$(cat /run/secrets/postgres/password)" psql --host=127.0.0.1 --username=postgres --dbname=${database} ` +
      `--tuples-only --no-align --set=ON_ERROR_STOP=1 --command="${sql}"`,
  );
  return answer.trim().split("\n").filter(Boolean);
}

/** Runs a script in the server's container. @throws when it fails */
export function inPostgres(script: string): Promise<string> {
  return kubectl("exec", "postgres-0", "--container=server", "--", "sh", "-ec", script);
}
