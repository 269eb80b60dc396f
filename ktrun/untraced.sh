#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What an untraced run's programs said, kept for the live runs of the same inputs: untraced.sh keep CONSOLE, and
# untraced.sh compare CONSOLE, which says in one line what a traced run's programs said otherwise.
# The inputs are the kernel, the initramfs with its programs and labs, and the machine, as run-qemu.sh would start it.
# Exit status: 0 kept, or nothing differs, or there is nothing to compare with, 1 something differs, 2 usage.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

# where kernels are kept, too; nowhere without a home
home=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
KTLAB_CACHE=${KTLAB_CACHE:-${home:+$home/ktlab}}
# of the run that is or was made, as run-qemu.sh takes them
export KTLAB_KERNEL KTLAB_INITRD

# to ktrun (ktrun/tally.h)
tally() { [ -z "${KTLAB_TALLY:-}" ] || echo "$1" >&"$KTLAB_TALLY"; }

# inputs: the sum of all that decides what programs do. Which QEMU emulates the machine, and whether one records, does not
inputs() {
	{
		sha256sum <"$KTLAB_KERNEL"
		sha256sum <"$KTLAB_INITRD"
		KTLAB_MODE=live KTLAB_RUN=run KTLAB_GDB='' KTLAB_PLAN='' QEMU=qemu "$here/run-qemu.sh" --dry-run | grep -v -e -kernel -e -initrd
	} | sha256sum | cut -d ' ' -f 1
}

# said CONSOLE: its lines, in an order that does not tell when each came, without what stops of GDB, which move the
# guest's time, may change although every program does the same:
# - lengths of time, and the kernel's time before its own lines (printk.time)
# - ports that the kernel chose, which hang on time and on random numbers (secure_ipv4_port_ephemeral() in
#   net/core/secure_seq.c: siphash; inet_hash_connect()): of 32768 to 60999 (ip_local_port_range)
# - what the kernel has counted or keeps at that moment: tables and counters of rootfs/lib.sh's witnesses. A neighbour ages
#   (net/core/neighbour.c), a delayed acknowledgement comes earlier or later; `expect` and the ledger judge those in each run
said() {
	tr -d '\r' <"$1" | awk '
		/^-- [^ ]+: / { table = 1 }
		/^== / || /^-- [^ ]+ / && !/^-- [^ ]+: / { table = 0 }
		!table && !/^-- [^ ]+ (counters|socket|neighbour|filter) /' | LC_ALL=C sed -E '
		s/^\[ *[0-9]+\.[0-9]+\] //
		s/\b[0-9][0-9.\/]* ?(ns|us|ms|s|seconds)\b/TIME/g
		s/\b([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+):[3-6][0-9]{4}\b/\1:PORT/g' | LC_ALL=C sort
}

[ $# = 2 ] || { echo 'usage: untraced.sh keep|compare CONSOLE' >&2; exit 2; }
kept=${KTLAB_CACHE:+$KTLAB_CACHE/untraced/$(inputs)}
case $1 in
keep)
	new=''
	trap 'rm -f ${new:+"$new"}' EXIT
	trap 'exit 3' INT TERM HUP
	# a cache that cannot be written keeps nothing, and later runs say so
	if [ -n "$kept" ] && mkdir -p "${kept%/*}" 2>/dev/null && new=$(mktemp "$kept.XXXXXX" 2>/dev/null); then
		said "$2" >"$new"
		mv "$new" "$kept"
	fi
	tally '1 of 1 runs'
	;;
compare)
	[ -r "$kept" ] || { tally 'left out: untraced: not known'; exit 0; }
	lines=$(wc -l <"$kept")
	differs=$(diff "$kept" <(said "$2") | grep -m 1 '^[<>]' || :)
	case $differs in
	'<'*) echo "untraced its programs said '${differs#< }', traced they did not" ;;
	'>'*) echo "traced its programs said '${differs#> }', untraced they did not" ;;
	esac
	tally "$lines of $lines lines"
	[ -z "$differs" ]
	;;
*) echo "untraced.sh: unknown verb '$1'" >&2; exit 2 ;;
esac
