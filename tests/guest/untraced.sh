#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What live runs are compared with: an untraced run's lines, but for what tells time.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export KTLAB_CACHE="$work/cache with a space" KTLAB_KERNEL="$work/bzImage" KTLAB_INITRD="$work/initrd" KTLAB_LAB=handshake KTLAB_TALLY=7
echo a kernel >"$KTLAB_KERNEL"
echo programs >"$KTLAB_INITRD"

# untraced VERB CONSOLE: and what it has said to ktrun
untraced() {
	local status=0
	ktrun/untraced.sh "$@" 7>"$work/tally" || status=$?
	cat "$work/tally"
	return $status
}
console=$work/console.log
cat >"$console" <<'EOF'
Spectre V2 : Kernel not compiled with retpoline; no mitigation available!
== connect
server: accepted 10.0.0.1:52210 on 10.0.0.2:8080
client: connected 10.0.0.1:52210 to 10.0.0.2:8080
client: received 17 bytes: Hello from server
round-trip min/avg/max = 3.464/3.464/3.464 ms
== end
-- client: cat /proc/net/tcp
   0: 0100000A:CBF2 0200000A:1F90 06 00000000:00000000 03:00001765 00000000     0        0 0 3 000000006be50764
-- client program name=client-1 status=0 lines=3
-- client counters TcpActiveOpens=1 TcpInSegs=4
-- client neighbour ip=10.0.0.2 dev=eth0 nud=REACHABLE
EOF

# but SED-SCRIPT: the console but for that
but() { sed -E "$1" "$console" >"$work/other"; }
as_untraced() { but "$1" && says '8 of 8 lines' untraced compare "$work/other"; }
not_known() { says 'left out: untraced: not known' env "$@" bash -c 'ktrun/untraced.sh compare "$0" 7>"$0.tally"; cat "$0.tally"' "$console"; }

it 'knows none before one was kept' says 'left out: untraced: not known' untraced compare "$console"
it 'keeps one' says '1 of 1 runs' untraced keep "$console"
it 'finds the same one the same' as_untraced ''
it 'passes over the ports that the kernel chose' as_untraced 's/52210/33001/; s/CBF2/80E9/'
it 'passes over lengths of time' as_untraced 's/3\.464/15.22/g'
it 'passes over what the kernel has counted and keeps' as_untraced 's/InSegs=4/InSegs=5/; s/REACHABLE/STALE/; s/1765/1766/'
it 'passes over the order of two programs' as_untraced '3{h;d};4G'

# each line of a program, of the lab and of the kernel itself, in one way after the other
each() {
	local line way
	for line in 1 2 3 4 5 7 10; do
		for way in d p 's/[a-z]/&x/' 's/.$/7x/'; do
			but "${line}$way"
			untraced compare "$work/other" >"$work/said" && { echo "line $line, $way: not found"; return 1; }
			grep -qE "^untraced its programs said|^traced its programs said" "$work/said" || return
		done
	done
}
it 'finds each line that is missing, there twice, or other' each
it 'finds another exit status' fails 1 "said '-- client program name=client-1 status=0 lines=3', traced they did not" \
	eval "but 's/status=0/status=1/'; untraced compare '$work/other'"

echo another >"$work/another"
for setting in KTLAB_KERNEL="$work/another" KTLAB_INITRD="$work/another" KTLAB_LAB=close KTLAB_EXERCISE=1 KTLAB_COUNT=2 \
	KTLAB_TOPOLOGY=client-router-server KTLAB_MEM=256 KTLAB_SHIFT=7; do
	it "does not take one with another ${setting%%=*} for it" not_known "$setting"
done
it 'takes one of another QEMU' says '8 of 8 lines' env QEMU=qemu-of-mine bash -c 'ktrun/untraced.sh compare "$0" 7>"$0.tally"; cat "$0.tally"' "$console"
KTLAB_CACHE=/dev/null/cache
it 'needs no cache that it may write to' says '1 of 1 runs' untraced keep "$console"
it 'knows none, and keeps none, where there is no home' not_known -u HOME -u KTLAB_CACHE -u XDG_CACHE_HOME
it 'keeps none there, and says that it is done' env -u HOME -u KTLAB_CACHE -u XDG_CACHE_HOME \
	bash -c 'ktrun/untraced.sh keep "$0" 7>/dev/null' "$console"
tap_end
