#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes sure that this machine has what a verb needs: setup.sh lab|test|check|class.
# Missing packages are installed where that needs no question (root, or sudo without a password);
# otherwise the command is printed and nothing is changed. Exit status: 0 all there, 2 not.
set -euo pipefail

# no: print the command instead of running it
KTLAB_INSTALL=${KTLAB_INSTALL:-yes}
# the table of tools
KTLAB_TOOLS=${KTLAB_TOOLS:-$(dirname "$0")/tools}
# what apt-get says
log=build/setup.log
# where sbin is not in a user's PATH
PATH=$PATH:/usr/sbin:/sbin

# shellcheck source=setup/tools.sh
. "$(dirname "$0")/tools.sh"

verb=${1:?usage: setup.sh lab|test|check|class}
packages=()
names=()

find_missing() {
	local tool package verbs
	packages=()
	names=()
	while read -r tool package _ verbs _; do
		verb_needs "$verb" "$verbs" || continue
		tool_there "$tool" && continue
		packages+=("$package")
		names+=("$(tool_name "$tool" "$package")")
	done < <(tools)
}

# the command before apt-get that gives root rights without a question; 1 if there is none
root_prefix() {
	if [ "$(id -u)" = 0 ]; then
		printf 'env'
	elif sudo -n true 2>/dev/null; then
		printf 'sudo -n'
	else
		return 1
	fi
}

# what to type where this script may not do it
tell() {
	printf 'setup: missing for make %s: %s\n' "$verb" "${names[*]}"
	if command -v apt-get >/dev/null; then
		printf '  sudo apt-get update && sudo %s\n' "$(install_command "${packages[@]}")"
	else
		printf '  this is no Debian, and not tried: %s\n' "$(install_command "${packages[@]}")"
	fi
} >&2

install() {
	local prefix=$1
	printf 'setup: installing for make %s (a minute or two): %s\n' "$verb" "${packages[*]}" >&2
	mkdir -p "$(dirname "$log")"
	# no question is asked, and a package manager at work elsewhere is waited for
	local apt="$prefix DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120"
	$apt update >"$log" 2>&1 || printf 'setup: apt-get update failed; trying with the lists that are there\n' >&2
	$apt install --no-install-recommends "${packages[@]}" >>"$log" 2>&1
}

if reason=$(host_refused); then
	printf 'setup: %s\n' "$reason" >&2
	exit 2
fi
find_missing
[ ${#packages[@]} -gt 0 ] || exit 0
if [ "$KTLAB_INSTALL" != yes ] || ! command -v apt-get >/dev/null || ! prefix=$(root_prefix); then
	tell
	exit 2
fi
if ! install "$prefix"; then
	printf 'setup: apt-get could not install them; the end of %s:\n' "$log" >&2
	tail -n 5 "$log" | sed 's/^/  /' >&2
	tell
	exit 2
fi
find_missing
[ ${#packages[@]} -gt 0 ] || exit 0
printf 'setup: still missing after the installation: %s\n' "${names[*]}" >&2
exit 2
