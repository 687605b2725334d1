#!/usr/bin/env bash
# The Autobahn test suite (RFC 6455) against our WebSocket client, over ws and over wss.
#
#   ops/scripts/conformance.sh [ws|wss]...    (default: both; the release build must be there)
#
# The suite plays the server; `backstop ws-echo` is the client under test. Compression (12.*, 13.*) is left out: we do
# not offer it. That leaves 301 cases; each must behave OK, NON-STRICT never, INFORMATIONAL at worst, and close cleanly.
# The suite is Python 2 code. Without a CPython 2.7 this prints so and skips (exit 0), or fails when
# BACKSTOP_CONFORMANCE=required. The first run sets up a virtual environment in .build-conformance (about half a minute).
# Reports: .build-conformance/reports-ws/index.html and reports-wss/index.html. Exit code 1: a case is worse.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly CASES_EXPECTED=301
readonly RUN_SECONDS_MAX=600
folder=$PWD/.build-conformance
environment=$folder/python
client=.build-release/release/backstop
modes=("$@")
[ "${#modes[@]}" -gt 0 ] || modes=(ws wss)

find_python2() {
  local candidate
  for candidate in python2.7 python2 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/2.7*/bin/python2.7; do
    # A pyenv shim exists without working, so each is asked.
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (2, 7))' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
}

install_suite() {
  [ ! -x "$environment/bin/wstest" ] || return 0
  echo "==> setting up the Autobahn suite (about half a minute, once)"
  mkdir -p "$folder"
  {
    "$1" -m pip install --quiet --target "$folder/bootstrap" 'virtualenv==20.15.1' &&
      PYTHONPATH=$folder/bootstrap "$1" -m virtualenv --quiet "$environment" &&
      "$environment/bin/pip" install --quiet 'autobahntestsuite==25.10.1'
  } >"$folder/install.log" 2>&1 || {
    tail -n 5 "$folder/install.log" >&2
    echo "==> the Autobahn suite could not be installed; see $folder/install.log" >&2
    return 1
  }
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null ||
    "$python2" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

make_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=localhost" \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
    -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
}

wait_for_port() {
  local tries=0
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] && kill -0 "$server" 2>/dev/null || return 1
    sleep 0.1
  done
}

run_mode() {
  local mode=$1 port reports specification trust=() host=127.0.0.1
  port=$(free_port)
  reports=$folder/reports-$mode
  rm -rf "$reports"
  specification=$folder/specification-$mode.json
  if [ "$mode" = wss ]; then
    make_certificate
    host=localhost
    trust=(--ca "$folder/cert.pem")
    tls="\"key\": \"$folder/key.pem\", \"cert\": \"$folder/cert.pem\","
  else
    tls=""
  fi
  cat >"$specification" <<JSON
{ "url": "$mode://$host:$port", $tls "outdir": "$reports",
  "cases": ["*"], "exclude-cases": ["12.*", "13.*"], "exclude-agent-cases": {} }
JSON

  echo "==> Autobahn over $mode ($CASES_EXPECTED cases, about half a minute)"
  "$environment/bin/wstest" -m fuzzingserver -s "$specification" -u 0 >"$folder/server-$mode.log" 2>&1 </dev/null &
  server=$!
  trap 'kill "$server" 2>/dev/null || true' EXIT
  wait_for_port "$port" || {
    tail -n 5 "$folder/server-$mode.log" >&2
    echo "==> the suite's server did not start; see $folder/server-$mode.log" >&2
    return 1
  }
  local result=0
  timeout -k 10 "$RUN_SECONDS_MAX" "$client" ws-echo --url "$mode://$host:$port" --agent backstop "${trust[@]}" \
    >"$folder/client-$mode.log" 2>&1 || result=$?
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  if [ "$result" -ne 0 ]; then
    tail -n 5 "$folder/client-$mode.log" >&2
    echo "==> the client ended with exit code $result; see $folder/client-$mode.log" >&2
    return 1
  fi
  "$python2" ops/scripts/conformance_verdict.py "$reports/index.json" "$CASES_EXPECTED" "$mode"
}

python2=$(find_python2)
if [ -z "$python2" ]; then
  echo "==> conformance: skipped. The Autobahn suite is Python 2 code and no CPython 2.7 was found."
  [ "${BACKSTOP_CONFORMANCE:-}" != required ] || exit 1
  exit 0
fi
[ -x "$client" ] || { echo "==> no $client: run 'make conformance', or 'make build-release' first" >&2; exit 1; }
install_suite "$python2"
failed=0
for mode in "${modes[@]}"; do
  run_mode "$mode" || failed=1
done
exit "$failed"
