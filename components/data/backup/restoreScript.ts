import { serverName } from "../servers/names";
import { requirePgBackRest } from "./scripts";
import type { BackupSettings } from "./settings";
import { onRestored, startAlone } from "./startAlone";

/** Which backup is restored, and up to when. */
export type Restore = NonNullable<BackupSettings["restore"]>;

/**
 * Fills an empty data folder from the repository instead of making a new database: up to a second, the end of a backup,
 * or as far as the archive goes. The server then comes up once alone, on a new timeline that the archive takes, and its
 * administrator gets the password of this stack, which may be another one. A restore that was interrupted begins anew: a
 * file beside the folder says so.
 */
export function restoreScript(restore: Restore): string {
  return `${requirePgBackRest}
touch "$PGDATA.restoring"
rm -rf "$PGDATA"
mkdir -m 700 "$PGDATA"
if ! pgbackrest restore --log-level-console=info ${words(restore).join(" ")}; then
  echo "Nothing was restored: postgres.backup.restore says what was asked for, and switchboard backups what there is." >&2
  exit 1
fi
work="$(mktemp -d)"
${onRestored}
${startAlone('"$PGDATA"')}
IFS= read -r password < /run/secrets/postgres/password || [ -n "$password" ]
printf '%s\\n%s\\n' "$password" "$password" | on_restored psql --no-psqlrc --quiet --dbname=postgres --command='\\password postgres'
kill -INT "$server"
wait "$server"
printf '%s\\n' '${restoredFrom(restore)}' > "$PGDATA.restored"
rm -rf "$work" "$PGDATA.restoring"
echo "The database was restored."
`;
}

/** What a restored volume says of where it came from, so that it is not taken for another restore. */
export const restoredFrom = (restore: Restore) => words(restore).join(" ") || "all";

/** Checked texts of the settings, which the shell takes as they are. */
function words({ backup, time, of }: Restore): string[] {
  const set = [
    ...(of === undefined ? [] : [`--stanza=${serverName(of)}`]),
    ...(backup === undefined ? [] : [`--set=${backup}`]),
  ];
  // Without a target Postgres replays all there is and opens the database then.
  const target = (what: string[]) => [...what, "--target-action=promote"];
  if (time !== undefined) return [...set, ...target(["--type=time", `--target="${time}"`])];
  return backup === undefined ? set : [...set, ...target(["--type=immediate"])];
}
