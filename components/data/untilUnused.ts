/** Variable with the seconds that the last pod of an earlier generation may take to end. */
export const longestWaitVariable = "LONGEST_WAIT_SECONDS";

/**
 * Seconds without any session of an earlier log-in after which nobody has it any more. Pods of the apps ask their servers
 * every few seconds for as long as they live, and keep a session for 30 s after a question (apps/panel/src/db.js), the
 * chat for ever: twice that is no pause of theirs.
 */
export const quietSeconds = 60;

/**
 * Longer than the script's own bound at its most: a rollout and a job of an hour each, a minute to be sure, four minutes
 * for the server. The same for every stack, because a Job with another one would run again.
 */
export const retireDeadlineSeconds = 7800;

/**
 * Shell that waits while `$open` is not 0 until no earlier log-in is used. A rollout may be called done while pods of
 * before still serve or drain, and those must be able to open sessions until their end: so none is refused while any was
 * seen within the last minute.
 *
 * Bounded by `LONGEST_WAIT_SECONDS`: a log-in that is used for longer belongs to a rollout that failed or to a console,
 * and then nothing is refused, the script fails and says who it is, and the next `up` tries again.
 *
 * @param used lines that set `$used` to who has sessions, to nothing where nobody has, or to why that is not known
 */
export function untilUnused(used: string): string {
  return `begun="$(date +%s)"
used_at="$begun"
while [ "$open" != 0 ]; do
${used}
  now="$(date +%s)"
  if [ -n "$used" ]; then used_at="$now"; fi
  if [ $((now - used_at)) -ge ${quietSeconds} ]; then break; fi
  if [ -n "$used" ] && [ $((now - begun)) -ge "$${longestWaitVariable}" ]; then
    echo "Log-ins of earlier passwords are still used after $${longestWaitVariable} s: $used. None was refused. A rollout that is not done uses them, or a console (switchboard status); then run up again." >&2
    exit 1
  fi
  sleep 1
done`;
}
