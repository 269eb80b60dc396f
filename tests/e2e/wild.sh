#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that do with their sockets what programs may do, on wires and with settings that they may have, drawn by a seed:
# what is seen of them holds together, whatever it is. An even seed watches what labs/programs does, an odd one more; a seventh have
# both programs in one node.
# SEEDS="3 9 19": which; KERNEL, ENGINE as for make lab.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

SEEDS=${SEEDS:-3 9 19}
KERNEL=${KERNEL:-auto}
ENGINE=${ENGINE:-auto}
work=$(mktemp -d /tmp/ktlab-wild-XXXXXX)
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
[ -z "${KEEP:-}" ] || echo "# kept in $work"

more=$(sed 's/#.*//' labs/udp/points labs/ipv6/points tests/cases/points | sort -u | xargs)

# wild SEED: its programs, in two nodes
wild() {
	local points='' nodes=2
	[ $(($1 % 2)) = 0 ] || points=$more
	[ $(($1 % 7)) != 0 ] || nodes=1
	make -s lab NODES=$nodes POINTS="$points" CLIENT=tests/e2e/wild.c SERVER=tests/e2e/wild.c CLIENT_ARGS="client $1" SERVER_ARGS="server $1" \
		KERNEL="$KERNEL" ENGINE="$ENGINE" OUT="$work/$1" >"$work/$1.log" 2>&1 &&
		grep -q '^verdict: held' "$work/$1.log" ||
		{ sed -n '/^What they printed/,$p' "$work/$1.log"; false; }
}

for seed in $SEEDS; do
	it "what the programs of seed $seed do holds" wild "$seed"
done
tap_end
