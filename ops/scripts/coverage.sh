#!/usr/bin/env bash
# Line and region coverage of Sources/ and sql/, per file and per module.
#
#   ops/scripts/coverage.sh [--pure] [swift test options]
#
# --pure runs the tests of the modules without I/O only, from a package that holds nothing else: two minutes instead of
# twenty. These modules decide about orders, so they must reach PURE_LINES_MIN percent of their lines: otherwise the
# exit code is 1. (A region is a stretch of code that runs as a whole: both sides of a condition are two.)
# Builds in .build-coverage, since instrumented objects are of no use to the other builds.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly PURE=(Trading WebSocket Venue Binance Reconciler PaperVenue)
readonly PURE_LINES_MIN=95

folder=$PWD/.build-coverage
mkdir -p "$folder"
log=$folder/test.log
package=$PWD scratch=$folder shown=all
if [ "${1:-}" = --pure ]; then
  shift
  package=$folder/package scratch=$folder/package/.build shown=pure
  ops/scripts/light-package.sh "$package" "${PURE[@]/%/Tests}"
fi

echo "==> tests with coverage (the first build takes several minutes; output in ${log#"$PWD"/})"
(cd "$package" && timeout -k 10 1800 \
  swift test --scratch-path "$scratch" --disable-xctest --enable-code-coverage "$@") >"$log" 2>&1 </dev/null || {
  grep -E 'error: |recorded an issue|Test run with' "$log" | head -n 40
  echo "==> FAILED; see $log" >&2
  exit 1
}

# The report format belongs to the toolchain's LLVM; the distribution's own, first on PATH, cannot read it.
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
tests=$(compgen -G "$scratch/debug/*PackageTests.xctest" | head -n 1)
"$toolchain/llvm-cov" report "$tests" -instr-profile "$scratch/debug/codecov/default.profdata" \
  -ignore-filename-regex='(/\.build/|/checkouts/|/Tests/|\.derived/|/DerivedSources/)' >"$folder/report.txt"

# Columns of the report: name, regions, missed, %, functions, missed, %, lines, missed, %.
awk -v pure="${PURE[*]}" -v shown="$shown" -v least="$PURE_LINES_MIN" '
  function percent(missed, all) { return all ? sprintf("%.1f%%", 100 * (all - missed) / all) : "-" }
  function row(name, lines, lost, regions, gone) {
    printf "%-58s %7s %6d/%-6d %7s %6d/%-6d\n", name, percent(lost, lines), lines - lost, lines,
      percent(gone, regions), regions - gone, regions
  }
  BEGIN { printf "%-58s %7s %13s %7s %13s\n", "file", "lines", "", "regions", "" }
  NF >= 10 && $1 ~ /\.swift$/ {
    name = $1
    sub(/^.*Sources\//, "", name)
    module = name
    sub(/\/.*/, "", module)
    # What the pure modules are tested with is not what is looked at.
    if (shown == "pure" && index(" " pure " ", " " module " ") == 0) next
    row(name, $8, $9, $2, $3)
    if (!(module in lines)) order[++modules] = module
    lines[module] += $8; lost[module] += $9; regions[module] += $2; gone[module] += $3
    all += $8; allLost += $9; allRegions += $2; allGone += $3
  }
  END {
    printf "\n%-58s %7s %13s %7s\n", "module", "lines", "", "regions"
    for (i = 1; i <= modules; i++)
      row(order[i], lines[order[i]], lost[order[i]], regions[order[i]], gone[order[i]])
    row("all of them", all, allLost, allRegions, allGone)
    printf "\n"
    count = split(pure, names, " ")
    for (i = 1; i <= count; i++) {
      share = lines[names[i]] ? 100 * (lines[names[i]] - lost[names[i]]) / lines[names[i]] : 0
      verdict = share >= least ? "reaches" : "MISSES"
      if (share < least) failed = 1
      printf "%-12s %5.1f%% of lines: %s %d%%\n", names[i], share, verdict, least
    }
    exit failed
  }' "$folder/report.txt"
