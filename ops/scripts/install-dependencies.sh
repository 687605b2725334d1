#!/usr/bin/env bash
# Makes sure that what Backstop is built from is on this machine.
#
#   ops/scripts/install-dependencies.sh          install what is missing, when we may
#   ops/scripts/install-dependencies.sh --check  only look; change nothing
#
# It looks for what the build needs (headers, a server binary), not for package names, so a machine that has
# them from elsewhere passes too. Only when something is missing does it speak: as root, or with a sudo that asks
# for no password, it installs; otherwise it prints the exact command and stops.
#
# Exit codes: 0 all there, 64 unknown option, 69 something is missing (the text says what to type).
# BACKSTOP_INSTALL=never makes a plain run behave like --check.
set -euo pipefail

readonly SWIFT_OLDEST=6.2       # the package manifest needs tools version 6.2 (warnings as errors per target)
readonly POSTGRESQL_OLDEST=15   # oldest server that the tests run against
readonly MISSING=69             # EX_UNAVAILABLE of sysexits.h

may_install=yes
case "${1:-}" in
  "") ;;
  --check) may_install=no ;;
  -h | --help)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"
    exit 0
    ;;
  *)
    echo "install-dependencies: unknown option '$1' (try --help)" >&2
    exit 64
    ;;
esac
[ "${BACKSTOP_INSTALL:-}" != never ] || may_install=no

say() { printf 'dependencies: %s\n' "$*" >&2; }

# True when the dotted version $1 is at least $2.
version_at_least() {
  [ "$1" = "$2" ] || [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

# --- Swift: never installed by us, so it is checked first and explained.

swift_is_usable() {
  local version
  if ! command -v swift >/dev/null 2>&1; then
    say "no 'swift' on PATH. Install Swift $SWIFT_OLDEST or newer from https://www.swift.org/install/linux/ and try again."
    return 1
  fi
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  if [ -z "$version" ]; then
    say "'swift --version' did not answer with a version. Repair the Swift installation at $(command -v swift)."
    return 1
  fi
  if ! version_at_least "$version" "$SWIFT_OLDEST"; then
    say "Swift $version is too old; $SWIFT_OLDEST or newer is needed: https://www.swift.org/install/linux/"
    return 1
  fi
}

# --- Debian packages, each by what it has to provide.

has_library() { command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$1"; }

has_header() { [ -n "$(compgen -G "/usr/include/$1")" ] || [ -n "$(compgen -G "/usr/include/*-linux-gnu/$1")" ]; }

newest_postgresql() {
  local path
  { for path in /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$path" ] && basename "${path%/bin/postgres}"
  done; } | sort -n | tail -n 1
}

has_postgresql() {
  local version
  version=$(newest_postgresql)
  if [ -z "$version" ] && command -v postgres >/dev/null 2>&1 && command -v initdb >/dev/null 2>&1; then
    version=$(postgres --version | sed -n 's/.* \([0-9][0-9]*\)[.0-9a-z]*.*/\1/p')
  fi
  [ -n "$version" ] && [ "$version" -ge "$POSTGRESQL_OLDEST" ]
}

missing_packages() {
  command -v pkg-config >/dev/null 2>&1 || echo pkg-config
  has_library openssl || echo libssl-dev
  has_library libcurl || echo libcurl4-openssl-dev
  has_library libpq || echo libpq-dev
  has_header zlib.h || echo zlib1g-dev
  [ -n "$(compgen -G '/usr/include/c++/*')" ] || echo g++
  has_postgresql || echo postgresql
  [ -s /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
}

install_packages() {
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  # An old package list names versions that the mirror no longer has, so it is read anew first.
  "${as_root[@]}" apt-get update -q >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

explain() {
  say "missing: $*"
  if command -v apt-get >/dev/null 2>&1; then
    say "install with:"
    printf '\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n\n' "$*" >&2
  else
    say "this is not a Debian or Ubuntu machine; install what corresponds to these packages, then run this again."
  fi
}

swift_is_usable || exit "$MISSING"

mapfile -t missing < <(missing_packages)
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$may_install" = no ] || ! command -v apt-get >/dev/null 2>&1; then
  explain "${missing[@]}"
  exit "$MISSING"
fi
if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
  explain "${missing[@]}"
  exit "$MISSING"
fi

say "installing ${missing[*]} (about half a minute)"
if ! install_packages "${missing[@]}"; then
  say "apt-get could not install them; its message is above."
  explain "${missing[@]}"
  exit "$MISSING"
fi

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -gt 0 ]; then
  say "installed, but these still do not serve: ${missing[*]}"
  say "(this release may only offer older versions; PostgreSQL $POSTGRESQL_OLDEST or newer is needed)"
  exit "$MISSING"
fi
