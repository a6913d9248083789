import { psql, waitForServer } from "../postgresConf";
import { censusFunctions, comparison } from "./census";
import { quiet } from "./scripts";
import { onRestored, startAlone } from "./startAlone";

/** Where a drill puts the restored server. */
export const restoredFolder = "/var/lib/postgresql/restored";

/**
 * Restores the newest backup up to a point that is set a moment before, in a pod of its own, and compares what comes up
 * with the live server, which goes on. The verdict is a line of JSON in the log and a note at the backup.
 *
 * The restored server archives nothing and listens on no network. Nobody can log in to it but this script.
 */
export const drillScript = `set -eu
${quiet}
begun="$(date +%s)"
work="$(mktemp -d)"
${censusFunctions}
${onRestored}
end() {
  status=$?
  trap - EXIT
  if [ -n "\${server:-}" ]; then kill -INT "$server" 2>/dev/null || true; wait "$server" || true; fi
  if [ -n "\${label:-}" ]; then note; fi
  # No copy of the data stays behind.
  rm -rf ${restoredFolder}/data "$work"
  exit "$status"
}
note() {
  pgbackrest annotate $quiet --set="$label" --annotation=drill="$verdict" --annotation=drill-at="$(date -u +%Y-%m-%dT%H:%M:%SZ)" \\
    --annotation=drill-seconds="$(($(date +%s) - begun))" || echo "The verdict could not be noted at the backup $label." >&2
}
verdict=failed
trap end EXIT

${waitForServer}
census before
point="drill_$begun"
file="$(${psql} --tuples-only --no-align --command="SELECT pg_walfile_name(pg_create_restore_point('$point'))")"
${psql} --tuples-only --no-align --command='SELECT pg_switch_wal()' >/dev/null
census after
until [ "$(${psql} --tuples-only --no-align --command="SELECT coalesce(last_archived_wal, '') >= '$file' FROM pg_stat_archiver")" = t ]; do
  if [ $(($(date +%s) - begun)) -ge 900 ]; then
    echo "The server has not archived $file, so nothing of now could be restored: switchboard status says why." >&2
    exit 1
  fi
  sleep 1
done

label="$(pgbackrest info --output=json $quiet | grep -o '"label":"[^"]*"' | tail -n 1 | cut -d '"' -f 4)"
if [ -z "$label" ]; then echo "There is no backup to restore." >&2; exit 1; fi
rm -rf ${restoredFolder}/data
mkdir -m 700 -p ${restoredFolder}/data
restoring="$(date +%s)"
pgbackrest restore --log-level-console=warn --set="$label" --type=name --target="$point" --target-action=promote --archive-mode=off
${startAlone(`${restoredFolder}/data`, "-c archive_mode=off")}
restored="$(date +%s)"

on_restored census restored
movement late
cat > "$work/comparison.sql" <<'SQL'
${comparison}SQL
found="$(on_restored ${psql} --tuples-only --no-align --dbname=postgres --file="$work/comparison.sql" < "$work/census")"
checked=true
on_restored pg_amcheck --all --install-missing || checked=false
kill -INT "$server"
wait "$server" || true
server=
if pg_controldata ${restoredFolder}/data | grep -q '^Data page checksum version: *[1-9]'; then
  pg_checksums --check --pgdata=${restoredFolder}/data || checked=false
fi
case "$found" in *'"different" : 0,'*) if [ "$checked" = true ]; then verdict=passed; fi ;; esac
bytes="$(du -sk ${restoredFolder}/data | cut -f 1)"
printf '{"message":"drill","verdict":"%s","backup":"%s","point":"%s","seconds":%s,"restoreSeconds":%s,"bytes":%s,"sound":%s,"compared":%s}\\n' \\
  "$verdict" "$label" "$point" "$(($(date +%s) - begun))" "$((restored - restoring))" "$((bytes * 1024))" "$checked" "$found"
if [ "$verdict" != passed ]; then exit 1; fi
`;
