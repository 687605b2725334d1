#!/usr/bin/env bash
# Builds with SwiftPM and says what is going on: how long it will take, and, when it fails, only what matters.
#
#   ops/scripts/build.sh debug|tests|release|thread|address [swift build options...]
#
# Each configuration has its own build folder: switching between two in one folder re-plans for half a minute.
# On a terminal SwiftPM shows its own progress. Elsewhere (CI, a pipe) the full output goes to build.log in the build
# folder, and this script prints a line a minute, then warnings and errors if there are any.
set -euo pipefail
cd "$(dirname "$0")/../.."

configuration=${1:?usage: build.sh debug|tests|release|thread|address [swift build options...]}
shift
case "$configuration" in
  debug) folder=.build options=() what="debug build" first="4 to 8 minutes" ;;
  tests) folder=.build options=(--build-tests) what="debug build with tests" first="5 to 10 minutes" ;;
  release) folder=.build-release options=(-c release) what="release build" first="5 to 10 minutes" ;;
  thread) folder=.build-tsan options=(--build-tests --sanitize=thread) what="build for the thread sanitizer" first="a few minutes" ;;
  address) folder=.build-asan options=(--build-tests --sanitize=address) what="build for the address sanitizer" first="a few minutes" ;;
  *)
    echo "build.sh: unknown configuration '$configuration'" >&2
    exit 64
    ;;
esac

command=(swift build --scratch-path "$folder" "${options[@]}" "$@")
if compgen -G "$folder/*/*/*.build" >/dev/null; then
  echo "==> $what (only what changed)"
else
  echo "==> $what (the first one compiles the libraries too: $first on two cores)"
fi

started=$SECONDS
if [ -t 1 ]; then
  "${command[@]}"
else
  mkdir -p "$folder"
  log=$PWD/$folder/build.log
  "${command[@]}" >"$log" 2>&1 &
  builder=$!
  trap 'kill "$builder" 2>/dev/null' INT TERM
  reported=$SECONDS
  while kill -0 "$builder" 2>/dev/null; do
    sleep 1
    if [ $((SECONDS - reported)) -ge 60 ]; then
      reported=$SECONDS
      echo "    ... $((SECONDS - started)) s: $(tail -n 1 "$log" | cut -c 1-90)"
    fi
  done
  result=0
  wait "$builder" || result=$?
  if [ "$result" -ne 0 ]; then
    grep -E '^(/[^ ]*: )?(error|warning): ' "$log" | sort -u | head -n 60 || true
    echo "==> $what FAILED after $((SECONDS - started)) s; everything is in $log" >&2
    exit "$result"
  fi
fi
echo "==> $what done in $((SECONDS - started)) s"
