#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A file that grows beyond this says more than one thing: it is parted by meaning.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh

# within LINES FILE…: none has more
within() {
	most=$1
	shift
	wc -l "$@" | awk -v most="$most" '$2 != "total" && $1 > most { print $2 " has " $1 " lines"; bad = 1 } END { exit bad }'
}

it 'has no file of C with more than 400 lines' within 400 apps/*.[ch] ktrun/*.[ch] qemu-plugin/*.[ch] report/*.[ch] report/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch]
it 'has no file of Python with more than 300 lines' within 300 gdb-scripts/*/*.py gdb-scripts/*/*/*.py tests/*/*.py tests/*/*/*.py
it 'has no file of the page with more than 400 lines' within 400 report/forms/page/*
it 'would find one that is longer' fails 1 'tap.sh has' within 1 tests/tap.sh tests/run
tap_end
