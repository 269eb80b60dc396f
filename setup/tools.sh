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
	lab:lab | test:lab | test:test | check:lab | check:check) ;;
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
