import { serverIdentity, serverName } from "../../../components/data/servers/names";
import { kubectlIn, namespace } from "./system";

const ask =
  'PGPASSWORD="$(cat /run/secrets/postgres/password)" psql --no-psqlrc --quiet --host=127.0.0.1 --username=postgres ' +
  '--dbname=switchboard --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$0"';

/**
 * Runs SQL as the administrator in the server's own pod, and gives its rows, columns parted by `|`.
 *
 * @param where the namespace of the stack
 * @param number of the server
 * @throws when it fails
 */
export async function askPostgres(sql: string, where = namespace, number = 1): Promise<string[]> {
  const answer = await inPostgres(ask, [sql], where, number);
  return answer.trim().split("\n").filter(Boolean);
}

/** Runs a script in the server's container. @throws when it fails */
export function inPostgres(
  script: string,
  args: readonly string[] = [],
  where = namespace,
  number = 1,
): Promise<string> {
  const container = serverIdentity(number).component;
  return kubectlIn(
    where,
    "exec",
    `${serverName(number)}-0`,
    `--container=${container}`,
    "--",
    "sh",
    "-ec",
    script,
    ...args,
  );
}
