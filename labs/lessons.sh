#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Refreshes the output in the lessons, or looks whether it is stale: lessons.sh [--check] [LAB...].
# In a block ```console of a README, a line "$ COMMAND" is run in the clone, and what follows it, up to the next such
# line or the end of the block, is its output. out/ in a command is the folder of the runs ($OUT); for a lesson that shows
# lines, which the plugin engine alone records, that of its runs, $OUT-plugin, if it is there: ENGINE=both makes the two.
# Looked at with --check, long numbers (times, sequence numbers), ephemeral ports, where in memory something is, the numbers of
# events over the columns of lines, how many calls more there are, and the width of columns do not count; nor does, in a table
# that begins with netns, the order between nodes, which run beside each other: what of it the kernel decides, expect states.
# A block ```console varies shows what hangs on when things come, as where an acknowledgement finds the sender: it is one run's, and
# need only be there.
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
		:'```console' | :'```console varies') in_block=1 ;;
		1:'```') in_block= ;;
		1:'$ '*)
			printf '%s\n' "$line"
			command=${line#'$ '}
			bash -c "${command//out\//$runs/}" </dev/null 2>&1 || status=2
			continue
			;;
		1:*) continue ;;
		esac
		printf '%s\n' "$line"
	done <"$1"
	return $status
}

# what is compared: of pointers which are the same, of two nodes' rows those of each
steady() {
	awk 'function node_by_node(	i) {
			for (i = 1; i <= nodes; i++) printf "%s", rows[order[i]]
			split("", rows)
			nodes = 0
		}
		/^```console varies$/ { varies = 1; said = 1 }
		varies && (/^```$/ || /^\$ /) { if (!said) print "nothing"; said = 0; varies = !/^```$/; print; next }
		varies && !/^```/ { said = 1; next }
		/^netns / { table = 1; print; next }
		table && NF && $1 !~ /^```/ {
			if (!($1 in rows)) {
				for (i = nodes++; i && order[i] > $1; i--) order[i + 1] = order[i]
				order[i + 1] = $1
			}
			rows[$1] = rows[$1] $0 "\n"
			next
		}
		table { node_by_node(); table = 0 }
		{ print }
		END { node_by_node() }' | awk '{ line = ""
		while (match($0, /0xffff[0-9a-f]+/)) {
			pointer = substr($0, RSTART, RLENGTH)
			if (!(pointer in name)) name[pointer] = "pointer" ++pointers
			line = line substr($0, 1, RSTART - 1) name[pointer]
			$0 = substr($0, RSTART + RLENGTH)
		}
		print line $0 }' |
		sed -E 's/[0-9]{6,}/N/g; s/\b(3[2-9]|[45][0-9]|60)[0-9]{3}\b/PORT/g; s/[[:space:]]+/ /g; s/ $//
			s/^(line differs source)[ 0-9]*$/\1/; s/^and [0-9]+ more calls/and N more calls/'
}

labs=("$@")
if [ ${#labs[@]} = 0 ]; then
	for lab in labs/*/README.md; do
		labs+=("$(basename "$(dirname "$lab")")")
	done
fi
worst=0
for lab in "${labs[@]}"; do
	for readme in "labs/$lab/README.md" "labs/$lab/README.zh.md"; do
		runs=$OUT needed=events.jsonl how=
		if grep -q '^\$ build/ktreport show lines' "$readme"; then
			needed=lines.bin how=' ENGINE=plugin'
			[ ! -d "$OUT-plugin/$lab" ] || runs=$OUT-plugin
		fi
		if [ ! -e "$runs/$lab/$needed" ]; then
			echo "lessons.sh: no run of '$lab' in '$runs' that has '$needed'; make lab LAB=$lab$how" >&2
			worst=2
			break
		fi
		fresh=$(render "$readme") || { echo "lessons.sh: $readme: a command failed" >&2; worst=2; continue; }
		if [ -z "$check" ]; then
			printf '%s\n' "$fresh" >"$readme"
		elif ! diff -u --label "$readme" --label "$runs/$lab" <(steady <"$readme") <(steady <<<"$fresh"); then
			worst=$((worst > 1 ? worst : 1))
		fi
	done
done
exit $worst
