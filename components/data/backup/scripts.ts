/** The kinds of backup, as pgBackRest calls them: everything, or what has changed since the last full one. */
export type BackupType = "full" | "diff";

/** A variable of the scripts: what makes a command print its answer alone, and what is wrong on the other stream. */
export const quiet = 'quiet="--log-level-console=off --log-level-stderr=warn"';

/** How every script begins: what goes wrong is said in the words of the settings, and nothing is overwritten. */
const begin = `set -eu
${quiet}
explain() {
  case "$1" in
    28|51|103) echo "The repository holds the backups of another database, and was left as it is. If this server is a new one, give postgres.backup.repository.prefix another folder; if the other database is wanted, restore it into an empty volume (postgres.backup.restore)." ;;
    29|95) echo "The repository cannot be read with postgres.backup.encryptionKey, and was left as it is. Give the key that it was made with, or give postgres.backup.repository.prefix another folder." ;;
    50) echo "Another backup of this server runs. Wait for its end." ;;
    82) echo "The server has not archived its log in time: switchboard status says why." ;;
  esac >&2
}
run() {
  status=0
  pgbackrest "$@" || status=$?
  if [ "$status" != 0 ]; then explain "$status"; exit "$status"; fi
}`;

/**
 * Reads the whole repository again. pgBackRest 2.45 ends with 0 whatever it finds, so its words decide; and it only tells the
 * ranges of the log, so a second range of one timeline is a gap that no restore gets over. What is whole is noted at
 * each backup.
 */
const verify = `verify() {
  found="$(pgbackrest verify --output=text --verbose --log-level-console=detail)"
  gaps="$(printf '%s\\n' "$found" | sed -n 's/.*archiveId: \\([^,]*\\), wal start: \\([0-9A-F]\\{8\\}\\).*/\\1 \\2/p' | sort | uniq -d)"
  valid="$(printf '%s\\n' "$found" | sed -n 's/^ *backup: \\([^,]*\\), status: valid.*/\\1/p' | sort -u)"
  # Each line comes twice: as the command's output and in its log.
  if ! printf '%s\\n' "$found" | grep -q '^status: ok$' || [ -n "$gaps" ] || [ -z "$valid" ]; then
    printf '%s\\n' "$found" >&2
    if [ -n "$gaps" ]; then echo "The archive lacks segments of the log between others (archive and timeline: $gaps)." >&2; fi
    echo "The repository is damaged: what is named above cannot be restored. A full backup makes a new beginning: switchboard backup --type full." >&2
    exit 1
  fi
  at="$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  for label in $valid; do pgbackrest annotate $quiet --set="$label" --annotation=verified="$at"; done
}`;

/** Prints one line of JSON: every backup, and the newest segment of the log with the time at which it came. */
const list = `list() {
  info="$(pgbackrest info --output=json $quiet)"
  newest="$(printf '%s' "$info" | sed -n 's/.*"id":"\\([^"]*\\)","max":"\\([0-9A-F]\\{24\\}\\)".*/\\1 \\2/p')"
  segment="{}"
  if [ -n "$newest" ]; then
    name="\${newest#* }"
    segment="$(pgbackrest repo-ls --output=json $quiet "archive/$PGBACKREST_STANZA/\${newest% *}/\${name%????????}" --filter="^$name-")"
  fi
  printf '{"message":"backups","info":%s,"newest":%s}\\n' "$info" "$segment"
}`;

/** Makes the repository ready for the server, tries the way of the log into it, and makes the first backup. */
export const setUpScript = `${begin}
${verify}
run stanza-create
run check
case "$(pgbackrest info --output=json $quiet)" in
  *'"label":'*) echo "There are backups already." ;;
  *) run --type=full backup; verify ;;
esac
`;

/** Makes a backup, forgets those that are no longer kept, reads everything again and says what there is. */
export function backupScript(type: BackupType): string {
  return `${begin}
${verify}
${list}
run --type=${type} backup
verify
list
`;
}

/** Says what there is. */
export const listScript = `${begin}
${list}
list
`;

/** What keeps an image without pgBackRest from being taken for one with it. */
export const requirePgBackRest = `command -v pgbackrest >/dev/null || {
  echo "postgres.image has no pgbackrest, which postgres.backup needs: use {repository: …, source: apps/postgres}, or an image that has it" >&2
  exit 1
}`;

/** pgBackRest's server, by which jobs reach this server's files. */
export const serveScript = `set -eu
${requirePgBackRest}
exec pgbackrest server
`;
