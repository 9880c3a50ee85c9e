# shellcheck shell=bash
# Shared by the scripts in ops/: source it first. Sets root, the top of the source tree, and goes there.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1

say() { printf '%s\n' "$*"; }
die() { # message...: what happened and what to do
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}
usage_error() {
  printf '%s: %s (see --help)\n' "$(basename "$0")" "$*" >&2
  exit 2
}
# The comment block at the head of the script that runs, without its marks: every script's --help.
help_and_exit() {
  sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"
  exit 0
}
# Ours under version control (and new files that are not ignored), by suffix.
our_sources() { # suffix...
  local patterns=()
  local suffix
  for suffix in "$@"; do patterns+=("*.$suffix"); done
  git ls-files --cached --others --exclude-standard -- "${patterns[@]}" | while read -r file; do
    [ -f "$file" ] && printf '%s\n' "$file"
  done
}
