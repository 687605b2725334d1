#!/usr/bin/env bash
# Tests of the modules that hold threads, C handles or untrusted bytes, under the thread and the address sanitizer.
#
#   ops/scripts/sanitize.sh [thread|address]...   (default: both)
#
# Each kind builds in a folder of its own, from a package that holds only these modules: without the HTTP server and
# NIO that takes half a minute instead of ten.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Only what needs no HTTP server, NIO or PostgreSQL; the rest runs in `make test`. (Pure modules have no threads, and
# Swift 6.3 crashes in the thread sanitizer on parametrized tests over 128-bit integers.)
readonly THREADED=(EventLoopTests SigningTests TelemetryTests StreamClientTests RESTClientTests)
readonly CLOSE_TO_MEMORY=(WebSocketTests BinanceTests EventLoopTests SigningTests StreamClientTests RESTClientTests)

kinds=("$@")
[ "${#kinds[@]}" -gt 0 ] || kinds=(thread address)

# Threads that live to the end of the process hold memory, which LeakSanitizer would report: leaks only when asked.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
# A resolver is told to stop but not waited for: its look-up may take seconds. That is no race.
export TSAN_OPTIONS=${TSAN_OPTIONS:-report_thread_leaks=0}
export SWIFT_BACKTRACE=enable=no

root=$PWD
for kind in "${kinds[@]}"; do
  case "$kind" in
    thread) built=.build-tsan modules=("${THREADED[@]}") ;;
    address) built=.build-asan modules=("${CLOSE_TO_MEMORY[@]}") ;;
    *)
      echo "sanitize.sh: unknown sanitizer '$kind' (thread or address)" >&2
      exit 64
      ;;
  esac
  package=$root/$built/package
  ops/scripts/light-package.sh "$package" "${modules[@]}"
  (
    cd "$package"
    ops/scripts/build.sh "$kind"
    BACKSTOP_TEST_FOLDER=$built BACKSTOP_SANITIZE=$kind ops/scripts/test.sh
  )
done
