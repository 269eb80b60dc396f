#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The page's files: all of them are joined.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh

page=report/forms/page
make -s build/page.html >&2

# each file is in the page once, but for the one that names the others
joins_all() {
	sed -n 's/^@include //p' $page/page.html | sort >"$dir/joined"
	find $page -type f ! -name page.html -printf "%f\n" | sort | diff - "$dir/joined"
	! grep '^@include' build/page.html
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
it 'joins each file of the page once' joins_all
tap_end
