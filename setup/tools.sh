# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The table of tools, read.

# TOOL PACKAGE VERSION VERB PURPOSE… of every row
tools() {
	grep -v -e '^#' -e '^$' "${KTLAB_TOOLS:?}"
}

# verb_needs VERB ROW_VERB: whether VERB needs what the row is for; test needs all that lab needs
verb_needs() {
	case $1:$2 in
	lab:lab | test:lab | test:test | check:lab | check:check | class:class) ;;
	*) return 1 ;;
	esac
}

# a command, or a file
tool_there() {
	case $1 in
	/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# what to call it: a file is called after its package
tool_name() {
	case $1 in
	/*) printf '%s' "$2" ;;
	*) printf '%s' "$1" ;;
	esac
}

# install_command PACKAGE…: what installs these Debian packages here; Fedora and Arch have names of their own for them
install_command() {
	if command -v apt-get >/dev/null; then
		printf 'apt-get install -y --no-install-recommends %s' "$*"
	elif command -v dnf >/dev/null; then
		printf 'dnf install %s' "$(package_names 2 "$@")"
	elif command -v pacman >/dev/null; then
		printf 'pacman -S --needed %s' "$(package_names 3 "$@")"
	else
		printf 'install what this distribution calls %s' "$*"
	fi
}

# package_names COLUMN PACKAGE…: their names in that column of the table `packages`
package_names() {
	local column=$1
	shift
	printf '%s\n' "$@" | awk -v column="$column" '
		FNR == NR { if (!/^#/) name[$1] = $column; next }
		{ $0 = $0 in name ? name[$0] : $0 }
		$0 != "-" && !seen[$0]++' "$(dirname "${BASH_SOURCE[0]}")/packages" - | paste -s -d ' '
}

# host_refused: the reason why this machine's C library and GDB are too old, or 1
host_refused() {
	local libc
	libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || return 1
	[ "$(printf '%s\n' 2.32 "${libc#glibc }" | sort -V | head -n 1)" = 2.32 ] && return 1
	printf '%s is too old: Debian 12 or a relative of it is needed (of Debian 11, glibc lacks sigabbrev_np and GDB hardware breakpoints from Python)' "$libc"
}
