#!/usr/bin/env bash
# Writes a package that holds only some targets of this one (and what they depend on), over the same source files.
#
#   ops/scripts/light-package.sh FOLDER TARGET...
#
# Packages that no remaining target uses are dropped too, so that SwiftPM neither resolves nor builds them.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:?usage: light-package.sh FOLDER TARGET...}
shift
[ "$#" -gt 0 ] || { echo "light-package.sh: name at least one target" >&2; exit 64; }

mkdir -p "$folder"
for entry in Sources Tests Fuzz sql ops; do
  ln -sfn "$root/$entry" "$folder/$entry"
done

wanted=$(printf '"%s", ' "$@")
manifest=$(
  cat "$root/Package.swift"
  cat <<SWIFT

keepOnly([$wanted])

@MainActor func keepOnly(_ wanted: [String]) {
  var kept: Set<String> = []
  var usedPackages: Set<String> = []
  var open = wanted
  while let name = open.popLast() {
    guard kept.insert(name).inserted, let target = package.targets.first(where: { \$0.name == name }) else { continue }
    for dependency in target.dependencies {
      switch dependency {
      case .byNameItem(let name, _), .targetItem(let name, _): open.append(name)
      case .productItem(_, let package, _, _): usedPackages.formUnion(package.map { [\$0] } ?? [])
      @unknown default: break
      }
    }
  }
  package.targets.removeAll { !kept.contains(\$0.name) }
  package.products.removeAll { !kept.contains(\$0.name) }
  package.dependencies.removeAll { dependency in
    guard case .sourceControl(_, let location, _) = dependency.kind else { return false }
    return !usedPackages.contains { location.hasSuffix("/" + \$0) }
  }
}
SWIFT
)
# An untouched file keeps its time stamp, so that SwiftPM need not plan again.
if [ "$(cat "$folder/Package.swift" 2>/dev/null)" != "$manifest" ]; then
  printf '%s\n' "$manifest" >"$folder/Package.swift"
fi
