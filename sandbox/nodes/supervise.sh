# Runs a service and starts it again whenever it ends, until this shell is told to end (SIGTERM).
#   sh supervise.sh NAME PAUSES STEADY COMMAND…
# PAUSES are the seconds before each new start, the last for all further ones, for example "0 1 2 4 8".
# A service that lived for STEADY seconds begins with the first pause again. What happens goes to the output.
name=$1 pauses=$2 steady=$3
shift 3
stopping='' child='' first=yes left=$pauses

trap 'stopping=yes; end_child' TERM

end_child() {
  [ -n "$child" ] || return
  # Until it runs its program, the child is a copy of this shell, and a signal that it gets then may be lost.
  while cmp -s "/proc/$$/cmdline" "/proc/$child/cmdline"; do sleep 0.01; done
  kill "$child" 2>/dev/null
}

say() {
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) supervisor: $*"
}

# Runs a command until it has ended, also when a signal comes in between. Leaves its exit code in $code.
run() {
  "$@" &
  child=$!
  # The signal may have come before the child had a number.
  [ -z "$stopping" ] || end_child
  wait "$child"
  code=$?
  # A signal interrupts the wait, and the child may need time to end.
  while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
  done
  child=''
}

how() {
  if [ "$1" -gt 128 ]; then echo "by signal $(($1 - 128))"; else echo "with exit code $1"; fi
}

while [ -z "$stopping" ]; do
  began=$(date +%s)
  run "$@"
  ended=$code
  lived=$(($(date +%s) - began))
  if [ -n "$stopping" ]; then
    say "$name was stopped"
    break
  fi
  # What cannot be run at all now will not be runnable later: whoever starts it gets to know.
  case $first$ended in yes126 | yes127) exit "$ended" ;; esac
  first=''
  [ "$lived" -lt "$steady" ] || left=$pauses
  pause=${left%% *}
  left=${left#* }
  say "$name ended $(how "$ended") after $lived s, and is started again in $pause s"
  run sleep "$pause"
done
