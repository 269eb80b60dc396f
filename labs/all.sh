#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs every lab on the kernel KTLAB_KDIR and prints one table; the exit status is that of the worst.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

# what ktrun's exit status means
words=('as expected' 'an expectation failed' 'set-up' 'the run failed')
worst=0
table=

for lab in labs/*/guest.sh; do
	lab=$(dirname "$lab")
	start=$SECONDS
	status=0
	qemu-plugin/engine.sh "$lab" || status=$?
	((status <= worst)) || worst=$status
	printf -v row '%-16s %-24s %4d s\n' "${lab#labs/}" "${words[$status]:-status $status}" $((SECONDS - start))
	table+=$row
done
printf '\n%s' "$table"
exit $worst
