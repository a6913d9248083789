import { createHash } from "node:crypto";
import type { RedisUser } from "../contracts";
import { untilUnused } from "./untilUnused";

/** Where the server keeps its users: on its volume, so that it can be given others while it runs. */
export const aclPath = "/data/users.acl";
/** Where the users of a first start are. */
export const firstUsersFolder = "/run/secrets/redis";

/** Who gives the server its users. Its log-in is used by Jobs alone. */
export const administrator = "platform_admin";
/** Who may only ping, without a password: for the probes. */
export const probe = "probe";

/** The log-in of one generation of passwords. The first has the app's own name, because it was once the only one. */
export function loginName(user: string, generation: number): string {
  return generation === 1 ? user : `${user}-g${generation}`;
}

/** Variable that holds the password of an app's user while it is made. */
export function passwordVariable(user: string): string {
  return `${user.toUpperCase().replaceAll("-", "_")}_PASSWORD`;
}

/**
 * What an app may: everything but to manage the server or to empty it, with keys and channels of its own. An app that has
 * a prefix may not list what others have.
 */
export function userRights(prefix: string): string {
  const own = prefix === "" ? "" : " -keys -randomkey";
  return `~${prefix}* &${prefix}* +@all -@admin -flushall -flushdb -swapdb${own}`;
}

/** A log-in, for the users of a first start. */
export interface FirstUser {
  readonly login: string;
  readonly prefix: string;
  readonly password: string;
}

/**
 * The ACL file of a first start: nobody without a user, a user for the probes, the administrator, and the apps' users.
 * Only digests of the passwords are in it.
 */
export function firstUsers(administratorPassword: string, users: readonly FirstUser[]): string {
  const digest = (password: string) => createHash("sha256").update(password).digest("hex");
  return [
    // Redis reads its append-only file as this user, who must be able to do what is in it; nobody can log in as it.
    "user default off resetpass ~* &* +@all",
    `user ${probe} on nopass -@all +ping`,
    `user ${administrator} on #${digest(administratorPassword)} -@all +acl +client|list +ping`,
    ...users.map(({ login, prefix, password }) => `user ${login} on #${digest(password)} ${userRights(prefix)}`),
    "",
  ].join("\n");
}

/**
 * Brings the users to a volume that has none, before the server starts. Later ones come by `usersScript`, so another
 * password restarts nothing; and a volume that was lost begins with those of today.
 */
export const prepareUsersScript = `set -eu
[ -s ${aclPath} ] && exit 0
cp ${firstUsersFolder}/users.acl ${aclPath}.new
mv ${aclPath}.new ${aclPath}
`;

/** Variable with the administrator's password of the generation before, for the script that gives it the next. */
export const formerPasswordVariable = "FORMER_PASSWORD";

/**
 * How the scripts call the server: the administrator's password comes in a variable that no process list shows. The
 * first of these variables counts whose password the server takes.
 */
const clientWith = (...passwords: readonly string[]) => `redis() {
  redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" --tls --cacert "$REDIS_CA" --user "$REDIS_USERNAME" --no-auth-warning "$@"
}
answers() {
  export REDISCLI_AUTH="$1"
  said="$(redis PING 2>&1)"
  [ "$said" = PONG ]
}
end=$(($(date +%s) + 240))
until ${passwords.map((variable) => `answers "$${variable}"`).join(" || ")}; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "Redis does not answer: $said" >&2; exit 1; fi
  sleep 1; done`;
const client = clientWith("REDIS_PASSWORD");

/** Sends commands, one a line, and fails unless each was done. Only digests are in them, so a refusal can be shown. */
const commands = (lines: readonly string[]) => `said="$(redis <<COMMANDS
${[...lines, "ACL SAVE"].join("\n")}
COMMANDS
)"
refused="$(printf '%s\\n' "$said" | grep -vxE 'OK|[0-9]+' || true)"
[ -z "$refused" ] || { echo "Redis has refused: $refused" >&2; exit 1; }`;

/** The digest of a variable's password, as ACL commands take it. */
const digest = (variable: string) => `#$(printf %s "$${variable}" | sha256sum | cut -c 1-64)`;

/** Lets the administrator log in with its present password too, beside the former. Run again it changes nothing. */
export const administratorScript = `set -eu
${clientWith("REDIS_PASSWORD", formerPasswordVariable)}
${commands([`ACL SETUSER ${administrator} ${digest("REDIS_PASSWORD")}`])}
`;

/**
 * Gives the server the log-ins of this generation, beside those of the one before, and keeps them over restarts. Run
 * again it changes nothing.
 */
export function usersScript(users: readonly RedisUser[], generation: number): string {
  return `set -eu
${client}
${commands(
  users.map(
    ({ name, prefix }) =>
      `ACL SETUSER ${loginName(name, generation)} reset on ${digest(passwordVariable(name))} ${userRights(prefix)}`,
  ),
)}
`;
}

/**
 * Waits until no log-in but those of this generation is used, then takes the others away. Where there is no other, as at a
 * first `up`, it waits for nothing. Only Jobs before it are the administrator, whose former password goes at once.
 *
 * @param administratorGeneration that of the administrator's password. @default 1
 */
export function retireUsersScript(
  users: readonly RedisUser[],
  generation: number,
  administratorGeneration = 1,
): string {
  const kept = ["default", probe, administrator, ...users.map(({ name }) => loginName(name, generation))];
  return `set -eu
${client}
# The administrator's password is of generation ${administratorGeneration}.
${commands([`ACL SETUSER ${administrator} resetpass ${digest("REDIS_PASSWORD")}`])}
others() { redis ACL USERS | grep -vxE '${kept.join("|")}' || true; }
open="$(others | grep -c . || true)"
${untilUnused(`  # A server that restarts meanwhile has told nothing.
  if clients="$(redis CLIENT LIST)"; then
    used=""
    for user in $(others); do
      count="$(printf '%s\\n' "$clients" | grep -c " user=$user " || true)"
      if [ "$count" != 0 ]; then used="\${used:+$used, }$user ($count)"; fi
    done
  else used="unknown, the server does not answer"; fi`)}
[ "$open" = 0 ] && exit 0
${commands([`ACL DELUSER $(others | tr '\\n' ' ')`])}
`;
}
