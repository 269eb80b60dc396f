#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/faults.md has the table of the faults that are done.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

page=docs/faults.md
as_done() { tests/faults/refresh --print | diff -u $page -; }
limit() { sed -n 's/.*"limit", "SECONDS", "LIMIT", "\([0-9]*\)".*/\1/p' ktrun/settings.c; }
mebibytes() { sed -n "s/.*$1 = \([0-9]*\) << 20.*/\1/p" ktrun/room.[ch]; }

it 'lists each fault with its sentence and status (tests/faults/refresh writes it anew)' as_done
it 'names the limit of a phase' grep -q "$(limit) s are a phase's limit" $page
it 'names the space that a run needs and keeps back' \
	grep -q "needs $(mebibytes ROOM_BYTES) MB free in OUT when it begins and keeps $(mebibytes RESERVED_BYTES) of them" $page
tap_end
