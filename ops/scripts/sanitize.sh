#!/usr/bin/env bash
# Tests of the modules that hold threads, C handles or untrusted bytes, under the thread and the address sanitizer.
#
#   ops/scripts/sanitize.sh [thread|address]...   (default: both)
#
# Each kind builds in a folder of its own, from a package that holds only these modules: without the HTTP server and
# NIO that takes half a minute instead of ten.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Leaves out everything that needs a server, NIO or PostgreSQL; those run in `make test`.
readonly MODULES=(TradingTests WebSocketTests EventLoopTests SigningTests VenueTests BinanceTests ReconcilerTests StreamClientTests)

kinds=("$@")
[ "${#kinds[@]}" -gt 0 ] || kinds=(thread address)

# Threads that live to the end of the process hold memory, which LeakSanitizer would report: leaks only when asked.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
export SWIFT_BACKTRACE=enable=no

root=$PWD
for kind in "${kinds[@]}"; do
  case "$kind" in
    thread) folder=$root/.build-tsan ;;
    address) folder=$root/.build-asan ;;
    *)
      echo "sanitize.sh: unknown sanitizer '$kind' (thread or address)" >&2
      exit 64
      ;;
  esac
  package=$folder/package
  ops/scripts/light-package.sh "$package" "${MODULES[@]}"
  (
    cd "$package"
    ops/scripts/build.sh "$kind"
    case "$kind" in thread) built=.build-tsan ;; *) built=.build-asan ;; esac
    BACKSTOP_TEST_FOLDER=$built BACKSTOP_SANITIZE=$kind ops/scripts/test.sh
  )
done
