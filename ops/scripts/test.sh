#!/usr/bin/env bash
# Runs the tests that `build.sh tests` built, and prints what a person wants to read: failures in full, a line of
# progress now and then, and the runner's closing line.
#
#   ops/scripts/test.sh [swift test options, e.g. --filter WebSocketTests]
#
# VERBOSE=1 prints everything. The whole output is always in test.log of the build folder.
# BACKSTOP_TEST_SECONDS bounds the run: a test that blocks one of the two pool threads would hang it for ever.
# BACKSTOP_TEST_FOLDER and BACKSTOP_SANITIZE choose another build (see sanitize.sh).
# Exit codes: those of `swift test`; 124 when the time ran out; 70 when the runner ended without a closing line.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${BACKSTOP_TEST_SECONDS:-900}
folder=${BACKSTOP_TEST_FOLDER:-.build}
log=$PWD/$folder/test.log

command=(swift test --scratch-path "$folder" --disable-xctest --skip-build)
# Into a file `swift test` would hold its output back to the end, and lose it when it hangs. (`stdbuf` works by a
# preloaded library, which the sanitizers do not take.)
if [ -n "${BACKSTOP_SANITIZE:-}" ]; then
  command+=(--sanitize="$BACKSTOP_SANITIZE")
elif command -v stdbuf >/dev/null 2>&1; then
  command=(stdbuf -oL "${command[@]}")
fi

# A crash prints one stack, without asking questions; a backtracer that outlives its process would hold our pipe open.
export SWIFT_BACKTRACE=${SWIFT_BACKTRACE:-enable=yes,interactive=no,color=no,threads=crashed,images=none,registers=none,timeout=20s}

readable() {
  local line passed=0 within=""
  while IFS= read -r line; do
    # The announcement of a test case with a line break in an argument goes on until it says "started."
    case $line in
      *"Test case passing "*) within=yes ;;
    esac
    case $within$line in
      yes*" started.")
        within=""
        continue
        ;;
      yes*) continue ;;
    esac
    case $line in
      *"Test run with "*) ;;
      *" passed after "*" seconds.")
        case $line in *"Suite "*) continue ;; esac
        passed=$((passed + 1))
        [ $((passed % 100)) -ne 0 ] || echo "    ... $passed tests passed"
        continue
        ;;
      *" started." | "[0/1] Planning build" | "Building for debugging"* | "Build complete!"*) continue ;;
    esac
    printf '%s\n' "$line"
  done
}

# Killing `swift test` leaves the test process behind, in a process group of its own but in the same session.
end_session() {
  local entry fields
  for entry in /proc/[0-9]*/stat; do
    fields=$(cat "$entry" 2>/dev/null) || continue
    # After "pid (name)" come state, parent, group, session.
    read -r _ _ _ session _ <<<"${fields##*) }"
    if [ "$session" = "$1" ]; then
      kill -KILL "$(basename "$(dirname "$entry")")" 2>/dev/null || true
    fi
  done
}

show=readable
[ -z "${VERBOSE:-}" ] || show=cat

# Everything the tests make lies under here, so that what they leave behind can be found and ended.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/backstop-tests-XXXXXX")
chmod 711 "$scratch" # the PostgreSQL server runs as another user

# A PostgreSQL server lives in a session of its own, and outlives a test process that was killed.
end_servers() {
  local file server
  while IFS= read -r file; do
    server=$(head -n 1 "$file" 2>/dev/null) && kill -QUIT "$server" 2>/dev/null || true
  done < <(find "$scratch" -name postmaster.pid 2>/dev/null)
}

clean_up() {
  end_session "$runner"
  end_servers
  rm -rf "$scratch"
}

echo "==> tests (at most $seconds s; everything is in $log)"
started=$SECONDS
: >"$log"
# The output goes to a file and is followed there. A pipe would stay open as long as anything that a killed test left
# behind has it, and we would wait for that.
TMPDIR=$scratch setsid timeout -k 10 "$seconds" "${command[@]}" "$@" >"$log" 2>&1 </dev/null &
runner=$!
trap 'clean_up; exit 130' INT TERM
tail -n +1 -s 0.2 -f --pid="$runner" "$log" | "$show" &
reader=$!
result=0
wait "$runner" || result=$?
wait "$reader" || true
clean_up

if [ "$result" -eq 124 ] || [ "$result" -eq 137 ]; then
  echo "==> tests stopped after $seconds s: one of them hangs. Started but never ended:" >&2
  awk '/ started\.$/ { sub(/^[^ ]* /, ""); sub(/ started\.$/, ""); running[$0] = 1 }
       / (passed|failed) after / {
         sub(/^[^ ]* /, ""); sub(/ (passed|failed) after .*/, ""); sub(/ with [0-9]+ test cases?$/, "")
         delete running[$0]
       }
       END { for (name in running) if (name !~ /^(Test run|Suite |Test case )/) print "      " name }' "$log" |
    sort | head -n 20 >&2
  exit 124
fi
if [ "$result" -eq 0 ] && ! grep -q 'Test run with [1-9]' "$log"; then
  echo "==> the runner ended without saying that tests ran; see $log" >&2
  exit 70
fi
if [ "$result" -ne 0 ]; then
  echo "==> tests FAILED after $((SECONDS - started)) s" >&2
  exit "$result"
fi
echo "==> tests passed in $((SECONDS - started)) s"
