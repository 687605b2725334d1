#!/usr/bin/env bash
# Line coverage of Sources/ and sql/, per file and in total.
#
#   ops/scripts/coverage.sh [swift test options]
#
# Builds in .build-coverage, since instrumented objects are of no use to the other builds.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=.build-coverage
echo "==> tests with coverage (the first build takes several minutes; output in $folder/test.log)"
mkdir -p "$folder"
timeout -k 10 1800 swift test --scratch-path "$folder" --disable-xctest --enable-code-coverage "$@" >"$folder/test.log" 2>&1 </dev/null || {
  grep -E 'error: |recorded an issue|Test run with' "$folder/test.log" | head -n 40
  echo "==> FAILED; see $folder/test.log" >&2
  exit 1
}
# The report format belongs to the toolchain's LLVM; the distribution's own, first on PATH, cannot read it.
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
tests=$(compgen -G "$folder/debug/*PackageTests.xctest" | head -n 1)
"$toolchain/llvm-cov" report "$tests" -instr-profile "$folder/debug/codecov/default.profdata" \
  -ignore-filename-regex='(\.build|Tests/|checkouts)' |
  awk 'NR <= 2 || /^TOTAL/ || NF >= 10 { print $1, $8, $9, $10 }' | column -t
