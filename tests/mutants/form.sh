#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of broken variants: every row still fits the sources. `make mutants` breaks them.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

rows() { grep -c '^[a-z]' tests/mutants/table.tsv; }

it 'has sixty rows or more' sh -c "[ $(rows) -ge 60 ]"
it 'finds what each row breaks, once' python3 -B tests/mutants/mutants.py -n
# of ROW…: mutants.py with a table of these rows
of() {
	mkdir -p build/tests
	printf '%b\n' "$@" >build/tests/mutants.tsv
	TABLE=build/tests/mutants.tsv python3 -B tests/mutants/mutants.py
}

it 'says of a row that fits nothing where it is' fails 2 "table.tsv:1: 'no such text' stands 0 times in report" \
	of 'report\tno such text\t\ttests/mutants/form.sh'
constants='gdb-scripts/ktlab/kernel.py\tTCP_LISTEN = \tTCP_LISTEN'
decoders=tests/collector/decode.sh
it 'tells a variant that is found from one that is not' fails 1 '1 of 2 caught' \
	of "$constants, other = \\t$decoders" "$constants  = \\t$decoders"
tap_end
