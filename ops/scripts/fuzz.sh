#!/usr/bin/env bash
# Coverage-guided fuzzing (libFuzzer) of everything that reads bytes we did not write.
#
#   ops/scripts/fuzz.sh [TARGET]...        (default: all of frames, json, events, replies, settings)
#   ops/scripts/fuzz.sh --replay FILE...   one input again, of the target that its name begins with
#   ops/scripts/fuzz.sh --keep [TARGET]... put what this machine has found since into the repository's corpus
#
# SECONDS_EACH bounds each target (default 60). Each starts from Fuzz/Corpus/TARGET and the recorded messages of the
# tests, and keeps what it learns in .build-fuzz/corpus/TARGET for the next run. A crash, a broken property, a time-out
# or a leak ends the run with exit code 1; the input is kept in .build-fuzz/findings and its path printed.
#
# libFuzzer and the address sanitizer come with the Swift toolchain. Everything is compiled and linked in .build-fuzz.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly TARGETS=(frames json events replies settings)
readonly SECONDS_EACH=${SECONDS_EACH:-60}
readonly INPUT_BYTES_MAX=8192       # the largest recorded message is 4 kB
readonly INPUT_SECONDS_MAX=10       # one input that takes longer is a finding: no reader may hang
readonly MEMORY_MEGABYTES_MAX=1500  # of the sanitized process; a bomb that grows beyond is a finding
readonly CORPUS_FILES_MAX=80        # kept in the repository for each target: a start, not an archive
readonly KEPT_BYTES_MAX=2048        # of each of them

root=$PWD
folder=$root/.build-fuzz
findings=$folder/findings
# With its backtracer on, a crashed process leaves a child that holds the output open.
export SWIFT_BACKTRACE=enable=no
export BACKSTOP_FUZZ=1
# What Foundation caches for the life of the process is no leak of ours.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}

module_of() {
  case "$1" in
    frames) echo FuzzFrames ;;
    json) echo FuzzJSON ;;
    events) echo FuzzEvents ;;
    replies) echo FuzzReplies ;;
    settings) echo FuzzSettings ;;
    *)
      echo "fuzz.sh: unknown target '$1' (${TARGETS[*]})" >&2
      exit 64
      ;;
  esac
}

# Messages recorded for the tests are the best seeds.
seeds_of() {
  case "$1" in
    json) echo Tests/BinanceTests/Fixtures ;;
    events) echo Tests/BinanceTests/Fixtures/Spot ;;
    replies) echo Tests/BinanceTests/Fixtures/Spot/Replies ;;
  esac
}

# SwiftPM gives every executable an entry point of its own and hands only one sanitizer to the linker, so it archives a
# target with all that it depends on, and we link that with libFuzzer's `main`.
build() {
  local package=$folder/package target log=$folder/build.log
  mkdir -p "$folder/bin" "$findings"
  ops/scripts/light-package.sh "$package" "${modules[@]}"
  echo "==> instrumented build (the first one takes a minute or two; output in ${log#"$root"/})"
  (cd "$package" && swift build -c release -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=address,fuzzer-no-link) \
    >"$log" 2>&1 || {
    grep -E 'error: ' "$log" | sort -u | head -n 20 >&2
    echo "==> the instrumented build FAILED; everything is in $log" >&2
    exit 1
  }
  for target in "${targets[@]}"; do
    swiftc -sanitize=fuzzer,address -o "$folder/bin/$target" -Xlinker --whole-archive \
      "$package/.build/release/lib$(module_of "$target").a" -Xlinker --no-whole-archive >>"$log" 2>&1 || {
      tail -n 5 "$log" >&2
      echo "==> $target could not be linked; everything is in $log" >&2
      exit 1
    }
  done
}

run_target() {
  local target=$1 log=$folder/$1.log corpus=$folder/corpus/$1 seeds started=$SECONDS result=0 executions
  mkdir -p "$corpus" "Fuzz/Corpus/$target"
  seeds=$(seeds_of "$target")
  local dictionary=()
  [ ! -f "Fuzz/Dictionaries/$target.dict" ] || dictionary=("-dict=Fuzz/Dictionaries/$target.dict")
  echo "==> $target: $SECONDS_EACH s (output in ${log#"$root"/})"
  "$folder/bin/$target" -max_total_time="$SECONDS_EACH" -timeout="$INPUT_SECONDS_MAX" -max_len="$INPUT_BYTES_MAX" \
    -rss_limit_mb="$MEMORY_MEGABYTES_MAX" -artifact_prefix="$findings/$target-" -print_final_stats=1 \
    "${dictionary[@]}" "$corpus" "Fuzz/Corpus/$target" ${seeds:+"$seeds"} >"$log" 2>&1 </dev/null || result=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if [ "$result" -ne 0 ]; then
    grep -E 'broken property|Fatal error|ERROR: |SUMMARY: ' "$log" | head -n 8 >&2
    echo "==> $target FOUND SOMETHING after $((SECONDS - started)) s: $(sed -n 's/.*written to //p' "$log" | tail -n 1)" >&2
    echo "    again: ops/scripts/fuzz.sh --replay FILE" >&2
    return 1
  fi
  echo "    no finding in ${executions:-?} executions; $(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1)"
}

# The inputs that together reach the most, the one that adds most first, as far as the repository has room for them.
keep() {
  local target=$1 merged=$folder/merged/$1 kept=Fuzz/Corpus/$1 seeds name room
  rm -rf "$merged"
  mkdir -p "$merged" "$kept"
  seeds=$(seeds_of "$target")
  "$folder/bin/$target" -set_cover_merge=1 -max_len="$KEPT_BYTES_MAX" "$merged" "$kept" "$folder/corpus/$target" \
    ${seeds:+"$seeds"} >"$folder/merge-$target.log" 2>&1
  room=$((CORPUS_FILES_MAX - $(find "$kept" -type f | wc -l)))
  # They were written in the order in which they were chosen.
  while read -r name && [ "$room" -gt 0 ]; do
    cp "$merged/$name" "$kept/${name:0:12}"
    room=$((room - 1))
  done < <(ls -tr "$merged")
  echo "    $target: $(find "$kept" -type f | wc -l) inputs in the corpus"
}

mode=run
case "${1:-}" in
  --replay | --keep)
    mode=${1#--}
    shift
    ;;
esac
if [ "$mode" = replay ]; then
  [ "$#" -gt 0 ] || { echo "fuzz.sh: --replay needs a file" >&2; exit 64; }
  for path in "$@"; do
    target=${path##*/}
    target=${target%%-*}
    targets=("$target") modules=("$(module_of "$target")")
    [ -x "$folder/bin/$target" ] || build
    "$folder/bin/$target" "$path"
  done
  exit 0
fi
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || targets=("${TARGETS[@]}")
modules=()
for target in "${targets[@]}"; do modules+=("$(module_of "$target")"); done
build
failed=0
for target in "${targets[@]}"; do
  if [ "$mode" = keep ]; then keep "$target"; else run_target "$target" || failed=1; fi
done
exit "$failed"
