#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Refreshes the output in the lessons, or looks whether it is stale: lessons.sh [--check] [LAB...].
# In a block ```console of a README, a line "$ COMMAND" is run in the clone, and what follows it, up to the next such
# line or the end of the block, is its output. out/ in a command is the folder of the runs ($OUT).
# Looked at with --check, long numbers (times, sequence numbers), ephemeral ports and the width of columns do not count.
# Exit status: 0 all fresh, 1 some are stale, 2 a command failed or a run is missing.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

# where the runs are
OUT=${OUT:-out}
check=
[ "${1:-}" != --check ] || { check=1; shift; }

# render README: the same text with fresh output
render() {
	local line in_block='' command status=0
	while IFS= read -r line || [ -n "$line" ]; do
		case $in_block:$line in
		:'```console') in_block=1 ;;
		1:'```') in_block= ;;
		1:'$ '*)
			printf '%s\n' "$line"
			command=${line#'$ '}
			bash -c "${command//out\//$OUT/}" </dev/null 2>&1 || status=2
			continue
			;;
		1:*) continue ;;
		esac
		printf '%s\n' "$line"
	done <"$1"
	return $status
}

# what is compared
steady() { sed -E 's/[0-9]{6,}/N/g; s/:(3[2-9]|[4-6][0-9])[0-9]{3}\b/:PORT/g; s/[[:space:]]+/ /g; s/ $//'; }

labs=("$@")
if [ ${#labs[@]} = 0 ]; then
	for lab in labs/*/README.md; do
		labs+=("$(basename "$(dirname "$lab")")")
	done
fi
worst=0
for lab in "${labs[@]}"; do
	for readme in "labs/$lab/README.md" "labs/$lab/README.zh.md"; do
		if [ ! -e "$OUT/$lab/events.jsonl" ]; then
			echo "lessons.sh: no run of '$lab' in '$OUT'; make lab LAB=$lab" >&2
			worst=2
			break
		fi
		fresh=$(render "$readme") || { echo "lessons.sh: $readme: a command failed" >&2; worst=2; continue; }
		if [ -z "$check" ]; then
			printf '%s\n' "$fresh" >"$readme"
		elif ! diff -u --label "$readme" --label "$OUT/$lab" <(steady <"$readme") <(steady <<<"$fresh"); then
			worst=$((worst > 1 ? worst : 1))
		fi
	done
done
exit $worst
