# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# TAP for shell tests. Source it, call `it` and `skip`, and end with `tap_end`.
#
#   it 'refuses a folder' command args…          passes if the command's exit status is 0
#   it 'refuses a folder' fails 2 'no Linux' command…   passes if it fails so and says so
#   skip 'boots 5.4' 'no 5.4 sources here'

tap_count=0
tap_failed=0

# it NAME COMMAND…: what the command printed is shown when it fails
it() {
	tap_count=$((tap_count + 1))
	tap_name=$1
	shift
	if tap_said=$("$@" 2>&1); then
		printf 'ok %d - %s\n' "$tap_count" "$tap_name"
	else
		printf 'not ok %d - %s\n' "$tap_count" "$tap_name"
		printf '%s\n' "$tap_said" | sed 's/^/#   /'
		tap_failed=$((tap_failed + 1))
	fi
}

skip() {
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

# fails STATUS TEXT COMMAND…: it ends with STATUS and says TEXT
fails() {
	fails_status=$1
	fails_text=$2
	shift 2
	fails_found=0
	fails_said=$("$@" 2>&1) || fails_found=$?
	printf 'exit status %s, wanted %s; it said:\n%s\n' "$fails_found" "$fails_status" "$fails_said"
	[ "$fails_found" = "$fails_status" ] && says "$fails_text" printf '%s' "$fails_said" >/dev/null
}

# says TEXT COMMAND…: the command succeeds and its output contains TEXT
says() {
	says_text=$1
	shift
	says_said=$("$@" 2>&1) || { printf '%s\n' "$says_said"; return 1; }
	printf "wanted '%s'; it said:\n%s\n" "$says_text" "$says_said"
	case $says_said in
	*"$says_text"*) ;;
	*) return 1 ;;
	esac
}

tap_end() {
	printf '1..%d\n' "$tap_count"
	[ "$tap_failed" = 0 ]
}
